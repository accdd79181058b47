internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

/// What a program gets in place of what it asked for: `application/problem+json`.
struct APIProblem: Error, Sendable {
    let status: HTTPResponse.Status
    let title: String
    /// What happened, what Inflow did, and what can be done.
    let detail: String
    var headers: [(HTTPField.Name, String)] = []

    init(
        _ status: HTTPResponse.Status, _ title: String, _ detail: String, _ headers: [(HTTPField.Name, String)] = []
    ) {
        (self.status, self.title, self.detail, self.headers) = (status, title, detail, headers)
    }

    init(_ problem: PageProblem) {
        self.init(problem.kind.status, problem.title, problem.words)
    }

    func response() throws -> Response {
        var fields: HTTPFields = [.contentType: "application/problem+json"]
        for (name, value) in headers { fields[name] = value }
        let text = try APIDocuments.problem.document(self).encoded()
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    // MARK: the problems of every route

    /// The address leads nowhere.
    static let noSuchAddress = APIProblem(
        .notFound, "There is no such address",
        "The address leads nowhere. Nothing was changed. /api/v1/openapi.json lists all addresses.")

    /// A connection that does not exist, or that the token is not for; the answer does not say which.
    static let noSuchConnection = APIProblem(
        .notFound, "There is no such connection",
        "The token is for no connection of this name. Nothing was changed. GET /api/v1/connections lists those it is for."
    )

    static let noToken = APIProblem(
        .unauthorized, "A token is needed",
        "Send \"Authorization: Bearer TOKEN\". \"inflow api-token add\" makes a token. Inflow did nothing.",
        [(.wwwAuthenticate, "Bearer realm=\"Inflow\"")])

    static let badToken = APIProblem(
        .unauthorized, "The token is not good",
        "Nobody made it, or it was revoked or has expired. Inflow did nothing. \"inflow api-token list\" shows the tokens.",
        [(.wwwAuthenticate, "Bearer realm=\"Inflow\", error=\"invalid_token\"")])

    static func tooMany(until end: Date) -> APIProblem {
        let seconds = max(1, Int(end.timeIntervalSinceNow.rounded(.up)))
        return APIProblem(
            .tooManyRequests, "Too many tokens that are not good",
            "Too many came from this address. Inflow did nothing. Send a good token, which is taken at any time, or wait "
                + "\(seconds) seconds.", [(.retryAfter, "\(seconds)")])
    }

    static let onlyReads = APIProblem(
        .forbidden, "The token may only read",
        "This needs a token of scope operate. Inflow did nothing. \"inflow api-token add NAME --scope operate\" makes one.",
        [(.wwwAuthenticate, "Bearer realm=\"Inflow\", error=\"insufficient_scope\"")])

    static func invalid(_ title: String, _ detail: String) -> APIProblem {
        APIProblem(.unprocessableContent, title, detail)
    }
}

/// Turns whatever an address below `/api` throws into a problem document; pages are left alone.
struct APIProblems: RouterMiddleware {
    typealias Context = PageContext

    let routes: [APIRoute]

    func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        guard path == "/api" || path.hasPrefix("/api/") else { return try await next(request, context) }
        do {
            return try await next(request, context)
        } catch let problem as APIProblem {
            return try problem.response()
        } catch let problem as PageProblem {
            return try APIProblem(problem).response()
        } catch let error as HTTPError where error.status == .notFound {
            return try unknown(request.method, path).response()
        } catch let error as any HTTPResponseError {
            return try APIProblem(
                error.status, "The request cannot be read", "Inflow did nothing. The status says why."
            ).response()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error("the API failed", metadata: ["path": "\(path)", "error": "\(error)"])
            return try APIProblem(
                .internalServerError, "Inflow could not answer",
                "It is a fault of Inflow. The log of \"inflow serve\" has the details."
            ).response()
        }
    }

    /// An address that does not exist, or that has other methods.
    private func unknown(_ method: HTTPRequest.Method, _ path: String) -> APIProblem {
        let methods = Set(routes.filter { $0.matches(path) }.map(\.method.rawValue))
        guard !methods.isEmpty, !methods.contains(method.rawValue) else { return .noSuchAddress }
        let allowed = methods.sorted().joined(separator: ", ")
        return APIProblem(
            .methodNotAllowed, "This address has another method",
            "It takes \(allowed), not \(method.rawValue.prefix(20)). Nothing was changed.", [(.allow, allowed)])
    }
}
