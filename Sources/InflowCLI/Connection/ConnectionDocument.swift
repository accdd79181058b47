import Foundation
import Inflow
import Warehouse

/// A connection with its settings, as a JSON document; without secrets.
struct ConnectionDocument: Encodable {
    let name: String
    /// Label of its group; null where it is in none.
    let group: OrNull<String>
    let settings: [String: String]
    let pausedAt: Date?
    let removalBeganAt: Date?
    let tokens: TokenDocument?

    init(_ connection: Connection, tokens: TokenDocument?, group: String?) {
        self.group = OrNull(group)
        self.tokens = tokens
        name = connection.name
        (pausedAt, removalBeganAt) = (connection.pausedAt, connection.removalBeganAt)
        settings = Dictionary(
            uniqueKeysWithValues: ConnectionSetting.all.map { ($0.name, $0.print(connection.settings)) })
    }
}
