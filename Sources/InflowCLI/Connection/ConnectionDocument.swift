import Foundation
import Inflow
import Warehouse

/// A connection with its settings, as a JSON document; without secrets.
struct ConnectionDocument: Encodable {
    let name: String
    let settings: [String: String]
    let pausedAt: Date?
    let removalBeganAt: Date?
    let tokens: TokenDocument?

    init(_ connection: Connection, tokens: TokenDocument?) {
        self.tokens = tokens
        name = connection.name
        (pausedAt, removalBeganAt) = (connection.pausedAt, connection.removalBeganAt)
        settings = Dictionary(
            uniqueKeysWithValues: ConnectionSetting.all.map { ($0.name, $0.print(connection.settings)) })
    }
}
