public import Inflow
internal import Postgres

/// What the warehouse holds of a connection: counts, for people to look at.
public struct RowCounts: Sendable {
    let warehouse: Warehouse
    let connection: Connection

    /// What is held of a connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Rows of one table.
    public struct Count: Sendable, Encodable {
        /// The table, with schema.
        public let table: String
        /// Rows in it, marked ones not counted.
        public let rows: Int
        /// Rows marked as no longer listed.
        public let markedDeleted: Int
    }

    /// Counts of all tables of these entities, in their order, children after their parent.
    public func counts(_ entities: [EntityDefinition]) async throws(WarehouseError) -> [Count] {
        let id = connection.id
        return try await warehouse.withSession("counts") { session throws(WarehouseError) in
            var counts: [Count] = []
            for (table, isParent) in entities.flatMap({ [($0.table, true)] + $0.children.map { ($0.table, false) } }) {
                let (alive, marked) = try await lifting("counting \(table)") { () async throws(PostgresError) in
                    let row = try await session.query(
                        isParent
                            ? """
                            select count(*) filter (where deleted_at is null) as alive,
                                count(*) filter (where deleted_at is not null) as marked
                            from \(quoted(table)) where connection_id = $1
                            """
                            : "select count(*) as alive, 0 as marked from \(quoted(table)) where connection_id = $1",
                        [.int64(id)])[0]
                    return (try row.int("alive"), try row.int("marked"))
                }
                counts.append(
                    Count(table: table, rows: alive, markedDeleted: marked))
            }
            return counts
        }
    }
}
