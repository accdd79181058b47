public import Foundation
public import Inflow
internal import Postgres

/// From when on each entity with a modified-since filter is asked for changes.
///
/// A watermark is the start of the last complete pull by the platform's own clock, less the connection's overlap. It
/// moves forward only: a slow run that ends after a faster one cannot move it back.
public struct WatermarkStore: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The watermarks of one connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Moves an entity's watermark to `pulledAt` less the connection's overlap hours; an earlier moment changes
    /// nothing.
    public func setWatermark(
        _ entity: EntityDefinition, pulledAt: Instant, run: Int64
    ) async throws(WarehouseError) {
        _ = try await warehouse.query(
            """
            insert into inflow.watermark as w (connection_id, entity, since, run_id)
            values ($1, $2, $3::timestamptz - make_interval(hours => $4::integer), $5)
            on conflict (connection_id, entity) do update set
                since = excluded.since, run_id = excluded.run_id, set_at = now()
            where w.since < excluded.since
            """,
            of: connection,
            [.text(entity.name), .timestamp(pulledAt), .int(connection.settings.overlapHours), .int64(run)],
            purpose: "coverage", doing: "setting the watermark of \(entity.name)")
    }
}
