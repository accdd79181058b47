internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow

/// The way in and out: the one-time link, signing in, signing out.
struct EntryPages: Sendable {
    let entry: any EntryService
    let pages: Pages

    private struct Content {
        let hasUsers: Bool
        let next: String
        let name: String
        let error: String?
    }

    func register(_ routes: PageRoutes) {
        let gate = routes.gate
        routes.open(.get, "enter") { request, client in try await enter(gate, request, client) }
        routes.open(.get, "sign-in") { request, _ in
            let question = Form(request.uri.query ?? "")
            return try await page(next: question["next"] ?? "/")
        }
        routes.open(.post, "sign-in") { request, client in try await signIn(gate, request, client) }
        routes.post("sign-out", .view) { asked, _ in
            if let secret = gate.secret(asked.request) {
                try await entry.signOut(session: secret, from: asked.client)
            }
            var response = Response.redirect(to: "/sign-in", type: .normal)
            response.setCookie(gate.endedCookie())
            return response
        }
    }

    /// Opens the one-time link: the first browser gets a session, any later one is told how to get a new link.
    private func enter(_ gate: Gate, _ request: Request, _ client: Client) async throws -> Response {
        let link = Form(request.uri.query ?? "")["link"] ?? ""
        guard let secret = try await entry.enter(link: link, from: client) else {
            // The same browser may open its link again.
            if try await gate.visitor(request) != nil { return .redirect(to: "/", type: .normal) }
            throw PageProblem(
                .forbidden, "This link is no longer good",
                "A link opens Inflow in one browser, once, within its hour, and only until a user exists. "
                    + "\"inflow page link\" prints a new one.", remedy: .init("Sign in", "/sign-in"))
        }
        return entered(gate, secret, next: "/")
    }

    private func signIn(_ gate: Gate, _ request: Request, _ client: Client) async throws -> Response {
        let form = try await PageRoutes.form(request)
        let (name, next) = (form["name"] ?? "", form["next"] ?? "/")
        let before = gate.secret(request)
        switch try await entry.signIn(
            name: name, password: form.raw("password") ?? "", from: client, replacing: before)
        {
        case .entered(let secret): return entered(gate, secret, next: next)
        case .refused:
            return try await page(
                next: next, name: name, error: "The name or the password is wrong, or the user is switched off.")
        case .busy:
            return try await page(
                next: next, name: name, error: "Too many people sign in at this moment. Try again in a few seconds.")
        case .locked(let until):
            let seconds = max(1, Int(until.timeIntervalSinceNow.rounded(.up)))
            let wait = seconds < 120 ? "\(seconds) seconds" : "\((seconds + 59) / 60) minutes"
            return try await page(
                next: next, name: name,
                error: "There were too many attempts. Inflow compares no password for the next \(wait).")
        }
    }

    /// A new session gets a new secret always, so that nobody can hand one to a browser beforehand.
    private func entered(_ gate: Gate, _ secret: String, next: String) -> Response {
        var response = Response.redirect(to: Address.isLocal(next) ? next : "/", type: .normal)
        response.setCookie(gate.sessionCookie(secret))
        return response
    }

    private func page(next: String, name: String = "", error: String? = nil) async throws -> Response {
        let content = Content(
            hasUsers: try await entry.hasUsers(), next: Address.isLocal(next) ? next : "/", name: name, error: error)
        return try pages.page(
            "sign-in", title: "Sign in", content, status: error == nil ? .ok : .unauthorized)
    }
}
