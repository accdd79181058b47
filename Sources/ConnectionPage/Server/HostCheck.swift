internal import HTTPTypes
internal import Hummingbird

/// Refuses requests whose `Host` is none of the server's names.
struct HostCheck: RouterMiddleware {
    typealias Context = PageContext

    let doors: Doors

    func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        guard doors.admits(request.head.authority) else {
            throw PageProblem(
                .forbidden, "This is not one of the server's names",
                "The request named the host \"\((request.head.authority ?? "").prefix(100))\". Inflow answers only to "
                    + "names it knows, so that no web page elsewhere can reach it. An administrator adds a name with "
                    + "\"inflow serve --host NAME\".")
        }
        return try await next(request, context)
    }
}
