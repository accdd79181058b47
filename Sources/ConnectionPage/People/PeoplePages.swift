internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow

/// Users of the page and the audit log: for administrators of the whole server.
struct PeoplePages: Sendable {
    let services: PageServices
    let pages: Pages
    let now: Now

    private static let most = 100

    private struct Users {
        let users: [User]
        let sessions: [Session]
        let isEmpty: Bool
        let connections: [String]
        let error: String?
    }

    private struct User {
        let name: String
        let role: String
        let roles: [Choice]
        let connections: [Choice]
        let scope: String
        let signedIn: String
        let isEnabled: Bool
        let isSignedIn: Bool
        let address: String
    }

    private struct Session {
        let who: String
        let since: String
        let used: String
        let from: String
        let browser: String
        let isOwn: Bool
        let address: String
    }

    private struct Choice {
        let value: String
        let isChosen: Bool
    }

    private struct Audit {
        let lines: [Line]
        let isEmpty: Bool
        let earlier: String?
    }

    private struct Line {
        let at: String
        let who: String
        let address: String
        let action: String
        let connection: String
        let subject: String
    }

    func register(_ routes: PageRoutes) {
        routes.get("users", .administer) { asked in try await users(asked, error: nil) }
        routes.post("users", .administer) { asked, form in
            try await acted(asked, .added) {
                try await services.people.add(
                    form["name"] ?? "", password: form.raw("password") ?? "", role: role(form),
                    connections: form.all("connection"), by: asked.doer)
            }
        }
        routes.post("users/:user/role", .administer) { asked, form in
            try await acted(asked, .saved) {
                try await services.people.setRole(
                    role(form), connections: form.all("connection"), of: try asked.part("user"), by: asked.doer)
            }
        }
        routes.post("users/:user/password", .administer) { asked, form in
            try await acted(asked, .saved) {
                try await services.people.setPassword(
                    form.raw("password") ?? "", of: try asked.part("user"), by: asked.doer)
            }
        }
        routes.post("users/:user/disable", .administer) { asked, _ in
            try await acted(asked, .saved) {
                try await services.people.setEnabled(false, of: try asked.part("user"), by: asked.doer)
            }
        }
        routes.post("users/:user/enable", .administer) { asked, _ in
            try await acted(asked, .saved) {
                try await services.people.setEnabled(true, of: try asked.part("user"), by: asked.doer)
            }
        }
        routes.post("users/:user/remove", .administer) { asked, _ in
            try await acted(asked, .removed) {
                try await services.people.remove(try asked.part("user"), by: asked.doer)
            }
        }
        routes.post("users/:user/sign-out", .administer) { asked, _ in
            try await acted(asked, .signedOut) {
                try await services.people.endSessions(of: try asked.part("user"), by: asked.doer)
            }
        }
        routes.post("sessions/:session/end", .administer) { asked, _ in
            try await acted(asked, .signedOut) {
                try await services.people.endSession(try asked.number("session"), by: asked.doer)
            }
        }
        routes.get("audit", .administer) { asked in
            let before = asked.question["before"].flatMap { Int64($0) }
            let lines = try await services.people.audit(before: before, limit: Self.most)
            let content = Audit(
                lines: lines.map {
                    Line(
                        at: $0.at.named(in: .gmt), who: $0.who, address: $0.address, action: $0.action,
                        connection: $0.connection, subject: $0.subject)
                }, isEmpty: lines.isEmpty,
                earlier: lines.count == Self.most ? lines.last.map { "/audit?before=\($0.id)" } : nil)
            return try pages.page("audit", title: "Audit log", content, for: asked)
        }
    }

    private func role(_ form: Form) -> PageRole { form["role"].flatMap { PageRole(rawValue: $0) } ?? .viewer }

    private func acted(
        _ asked: PageRequest, _ notice: Notice, _ body: () async throws -> Void
    ) async throws -> Response {
        do {
            try await body()
        } catch let problem as PageProblem where problem.kind == .invalid || problem.kind == .conflict {
            return try await users(asked, error: problem.words)
        }
        return .seeOther("/users", notice)
    }

    private func view(_ session: SessionFacts, _ asked: PageRequest) -> Session {
        Session(
            who: session.userName ?? "one-time link", since: session.createdAt.named(in: .gmt),
            used: session.usedAt.named(in: .gmt), from: session.client.address, browser: session.client.browser,
            isOwn: session.number == asked.visitor.session, address: "/sessions/\(session.number)/end")
    }

    private func users(_ asked: PageRequest, error: String?) async throws -> Response {
        let names = try await services.connections.cards(now: now()).map(\.name)
        let users = try await services.people.users()
        let sessions = try await services.people.sessions()
        let content = Users(
            users: users.map { user in
                User(
                    name: user.name, role: user.role.rawValue,
                    roles: PageRole.allCases.map { Choice(value: $0.rawValue, isChosen: $0 == user.role) },
                    connections: names.map { Choice(value: $0, isChosen: user.connections.contains($0)) },
                    scope: user.connections.isEmpty ? "all connections" : user.connections.joined(separator: ", "),
                    signedIn: user.signedInAt?.named(in: .gmt) ?? "never", isEnabled: user.isEnabled,
                    isSignedIn: sessions.contains { $0.userName == user.name },
                    address: "/users/\(Address.part(user.name))")
            }, sessions: sessions.map { view($0, asked) }, isEmpty: users.isEmpty, connections: names, error: error)
        return try pages.page(
            "users", title: "Users", content, for: asked, status: error == nil ? .ok : .unprocessableContent)
    }
}
