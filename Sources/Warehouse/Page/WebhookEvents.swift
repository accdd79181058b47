public import Inflow
internal import Postgres
internal import SQLFiles

/// What runs did, told to the programs that subscribed to it.
///
/// Events go through the outbox as alerts do: signed, at least once, and under the same delivery id in every try.
public struct WebhookEvents: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The events of a connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Writes the events of runs that have ended and were not told yet into the outbox.
    public func write() async throws(WarehouseError) {
        _ = try await warehouse.query(
            Statements.webhookEvents, [.int64(connection.id)], purpose: "webhooks", doing: "writing events of webhooks")
    }
}
