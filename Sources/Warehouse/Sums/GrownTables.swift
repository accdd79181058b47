internal import Postgres
internal import SQLFiles

/// Tables that a run has filled, or more than doubled, since PostgreSQL last looked at what is in them.
public struct GrownTables: Sendable {
    private let warehouse: Warehouse

    /// Those of a warehouse.
    public init(_ warehouse: Warehouse) { self.warehouse = warehouse }

    /// Has PostgreSQL look at them, so that the first report after a first load is planned for what is there.
    ///
    /// A table that PostgreSQL looks at by itself just then is left to it.
    public func analyze() async throws(WarehouseError) {
        try await warehouse.withSession("analyze") { session throws(WarehouseError) in
            try await lifting("looking at tables that have grown") { () async throws(PostgresError) in
                for name in try await session.query(Statements.tablesGrown).texts("name") {
                    try await session.execute("analyze (skip_locked) \(name)")
                }
            }
        }
    }
}
