internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Turns whatever a page throws into an answer in words, and logs what is Inflow's own fault.
struct ProblemPages: RouterMiddleware {
    typealias Context = PageContext

    let pages: Pages

    func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as PageProblem {
            return try pages.problem(problem, request)
        } catch let error as HTTPError where error.status == .notFound {
            return try pages.problem(
                PageProblem(
                    .notFound, "There is no such page", "The address leads nowhere. Nothing was changed.",
                    remedy: .init("All connections", "/")), request)
        } catch let error as any HTTPResponseError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error(
                "a page failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return try pages.problem(
                PageProblem(
                    .fault, "Inflow could not make this page",
                    "It is a fault of Inflow. Nothing was changed. The log of \"inflow serve\" has the details."),
                request)
        }
    }
}
