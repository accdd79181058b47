import ConnectionPage
import Foundation
import Inflow
import Warehouse

/// The way in to the page: sessions, users and one-time links, which the warehouse keeps.
struct PageEntry: EntryService {
    let warehouse: Warehouse

    func enter(link: String, from client: Client) async throws -> String? {
        try await forPage {
            try await OneTimeLinkStore(warehouse).use(
                link, address: client.address, userAgent: client.browser)?.token
        }
    }

    func signIn(
        name: String, password: String, from client: Client, replacing secret: String?
    ) async throws -> EntryOutcome {
        try await forPage {
            switch try await UserStore(warehouse).authenticate(name: name, password: password, from: client.address) {
            case .refused: return .refused
            case .busy: return .busy
            case .locked(let until): return .locked(until: until)
            case .fits(let user):
                let session = try await PageSessionStore(warehouse).begin(
                    for: user, address: client.address, userAgent: client.browser, replacing: secret)
                return session.map { .entered($0.token) } ?? .refused
            }
        }
    }

    func visitor(session secret: String) async throws -> Visitor? {
        try await forPage {
            guard let session = try await PageSessionStore(warehouse).session(secret) else { return nil }
            return Visitor(
                session: session.id, actor: session.actor, name: session.userName ?? "whoever opened the link",
                rights: session.access.rights, connections: try await names(session.access.scope),
                formToken: session.formSecret, isUser: session.userName != nil)
        }
    }

    func signOut(session secret: String, from client: Client) async throws {
        try await forPage {
            let store = PageSessionStore(warehouse)
            guard let session = try await store.session(secret) else { return }
            try await store.end(session, from: client.address)
        }
    }

    func hasUsers() async throws -> Bool {
        try await forPage { try await UserStore(warehouse).isAnyThere() }
    }

    /// The names of the connections of a scope; `nil` for all.
    private func names(_ scope: PageScope) async throws -> Set<String>? {
        switch scope {
        case .all: return nil
        case .only(let ids):
            let connections = try await ConnectionStore(warehouse).list().readable
            return Set(connections.filter { ids.contains($0.id) }.map(\.name))
        }
    }
}
