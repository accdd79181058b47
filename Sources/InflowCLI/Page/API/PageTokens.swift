import ConnectionPage
import Inflow
import Warehouse

/// The way in to the API: tokens, which the warehouse keeps.
struct PageTokens: APIEntryService {
    let warehouse: Warehouse

    func enter(token text: String, from client: Client) async throws -> APIEntry {
        try await forPage {
            switch try await APITokenStore(warehouse).authenticate(text, from: client.address) {
            case .refused: return .refused
            case .locked(let end): return .locked(until: end)
            case .fits(let token):
                // A token goes with its connection; one whose connection has no name is for none.
                let names = token.connectionID == nil ? nil : Set([token.connection].compactMap(\.self))
                return .entered(
                    Visitor(
                        session: 0, actor: token.actor, name: token.name, rights: token.access.rights,
                        connections: names, formToken: "", isUser: false))
            }
        }
    }
}
