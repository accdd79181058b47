internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow
internal import NIOCore

/// Where pages register their addresses: each with the right that a visitor needs.
///
/// A page that is asked for without a session leads to the way in. Whatever changes something is a POST with the form
/// token of the session, from a page of this server.
struct PageRoutes {
    let router: Router<PageContext>
    let gate: Gate
    /// How often a living page looks.
    var pause: Duration = .seconds(1)

    private static let mostBytes = 1 << 20

    /// A page that only shows.
    func get(
        _ path: RouterPath, _ right: PageRight = .view,
        _ body: @escaping @Sendable (PageRequest) async throws -> Response
    ) {
        router.get(path) { [gate] request, context in
            guard let visitor = try await gate.visitor(request) else { return Gate.wayIn(request) }
            return try await body(try gate.checked(request, context, visitor, right))
        }
    }

    /// Parts of a page while a browser looks at it: until the session ends, which each round looks up.
    func live(
        _ path: RouterPath, _ parts: @escaping @Sendable (PageRequest) async throws -> [EventStream.Part]
    ) {
        get(path) { [gate, pause] asked in
            EventStream.response(every: pause) {
                guard let visitor = try await gate.visitor(asked.request),
                    visitor.may(.view, with: asked.connection)
                else { throw PageProblem.ended }
                return try await parts(asked)
            }
        }
    }

    /// Something that changes: it needs the form token of the session.
    func post(
        _ path: RouterPath, _ right: PageRight,
        _ body: @escaping @Sendable (PageRequest, Form) async throws -> Response
    ) {
        router.post(path) { [gate] request, context in
            guard let visitor = try await gate.visitor(request) else { throw PageProblem.ended }
            try Gate.checkOrigin(request)
            var request = request
            let sent = try await request.collectBody(upTo: PageRoutes.mostBytes)
            let form = Form(Data(sent.readableBytesView), type: request.headers[.contentType])
            guard let token = form.raw("form_token"), isSame(token, visitor.formToken) else {
                throw PageProblem(
                    .forbidden, "This form is not from a page of your session",
                    "Inflow did nothing. Open the page again and press the button there.")
            }
            return try await body(try gate.checked(request, context, visitor, right), form)
        }
    }

    /// Something that anyone may ask for, such as signing in.
    func open(
        _ method: HTTPRequest.Method, _ path: RouterPath,
        _ body: @escaping @Sendable (Request, Client) async throws -> Response
    ) {
        router.on(path, method: method) { [gate] request, context in
            if method != .get { try Gate.checkOrigin(request) }
            return try await body(request, gate.client(request, context))
        }
    }

    /// The fields of a form that was sent without a session.
    static func form(_ request: Request) async throws -> Form {
        var request = request
        return Form(String(buffer: try await request.collectBody(upTo: 16 << 10)))
    }
}

extension PageProblem {
    /// The session has ended.
    static let ended = PageProblem(
        .forbidden, "Your session has ended", "Inflow did nothing. Sign in, and press the button again.",
        remedy: .init("Sign in", "/sign-in"))

    static func notAllowed(_ right: PageRight, _ visitor: Visitor) -> PageProblem {
        let needed = right == .administer ? "an administrator" : "an operator"
        return PageProblem(
            .forbidden, "This needs \(needed)",
            "You are \(visitor.name), with the role \(visitor.role). Inflow did nothing. Ask \(needed), or have an "
                + "administrator change your role with \"inflow user role\".")
    }
}
