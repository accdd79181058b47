import ConnectionPage
import Foundation
import Inflow

/// The way in, until it lies in the warehouse: one link for each process.
actor PageEntry: EntryService {
    private var link: String?
    private var sessions: [String: Visitor] = [:]

    func newLink() -> String {
        let link = UUID().uuidString
        self.link = link
        return link
    }

    func enter(link: String, from client: Client) async throws -> String? {
        guard link == self.link else { return nil }
        self.link = nil
        let secret = UUID().uuidString
        sessions[secret] = Visitor(
            session: "1", name: "whoever has the link", role: .admin, connections: nil,
            formToken: UUID().uuidString, isUser: false)
        return secret
    }
    func signIn(name: String, password: String, from client: Client) async throws -> SignInOutcome { .refused }
    func visitor(session secret: String) async throws -> Visitor? { sessions[secret] }
    func signOut(_ visitor: Visitor, from client: Client) async throws {
        sessions = sessions.filter { $0.value != visitor }
    }
    func hasUsers() async throws -> Bool { false }
}
