public import Inflow
internal import Postgres
internal import SQLFiles

/// Removes a connection: its reader, its records and what Inflow knows of it, in batches, the connection itself at
/// last.
///
/// Every table of Inflow's that has a `connection_id` is gone through, so that none is forgotten; those that refer to
/// the connection go with it. Interrupted at any point it leaves a connection that is not read any more and can be
/// removed again.
public struct ConnectionRemoval: Sendable {
    /// How far one table is.
    public struct Step: Sendable, Hashable {
        /// The table whose rows are being deleted.
        public let table: String
        /// Rows deleted so far.
        public let deleted: Int
        /// Rows there were of the connection.
        public let total: Int
    }

    private let warehouse: Warehouse
    private let connection: Connection
    private let keepsData: Bool
    private let tables: [String]
    private let batch: Int

    /// A removal; `tables` are those of the records, which stay with `keepingData`.
    public init(_ warehouse: Warehouse, _ connection: Connection, keepingData: Bool, tables: [String]) {
        self.init(warehouse, connection, keepingData: keepingData, tables: tables, batch: 10_000)
    }

    init(_ warehouse: Warehouse, _ connection: Connection, keepingData: Bool, tables: [String], batch: Int) {
        self.warehouse = warehouse
        self.connection = connection
        keepsData = keepingData
        self.tables = tables
        self.batch = batch
    }

    /// Removes it and calls `progress` after each batch; waits for a run that goes on, as a run would.
    ///
    /// - Returns: SQL for the administrator, where the connection's reader could be emptied of all it may do but the
    ///   role itself could not be dropped by this role; else `nil`.
    /// - Throws: `busy` while a run reads the connection.
    public func run(
        onWait: (String) -> Void = { _ in }, progress: @escaping @Sendable (Step) -> Void = { _ in }
    ) async throws(WarehouseError) -> String? {
        let lock = try await RunLock.take(warehouse, for: connection, onWait: onWait)
        do throws(WarehouseError) {
            let left = try await remove(progress)
            await lock.release()
            return left
        } catch {
            await lock.release()
            throw error
        }
    }

    private func remove(_ progress: @escaping @Sendable (Step) -> Void) async throws(WarehouseError) -> String? {
        // First of all it is not read any more, by a run or by its reader: what is deleted stays deleted.
        _ = try await warehouse.query(
            "update inflow.connection set removal_began_at = coalesce(removal_began_at, now()) where id = $1",
            [.int64(connection.id)], purpose: "connection remove", doing: "removing connection \(connection.name)")
        let left = try await ReaderRoles(warehouse).drop(connection)
        try await warehouse.withSession("connection remove") { session throws(WarehouseError) in
            try await lifting("removing connection \(connection.name)") { () async throws(PostgresError) in
                let own = try await session.query(Statements.removalTables).texts("name")
                // Archived answers are of no use without the connection.
                let archive = own.filter { $0.hasPrefix("inflow.archive") }
                for table in keepsData ? archive : own + tables { try await empty(table, session, progress) }
                try await session.query("delete from inflow.connection where id = $1", [.int64(connection.id)])
            }
        }
        return left
    }

    /// Deletes the connection's rows of a table, a batch a transaction.
    private func empty(
        _ table: String, _ session: PostgresConnection, _ progress: @escaping @Sendable (Step) -> Void
    ) async throws(PostgresError) {
        let name = quoted(table)
        let id = PostgresParameter.int64(connection.id)
        let total =
            try await session.query(
                "select count(*) as rows from \(name) where connection_id = $1", [id])[0].int("rows")
        // Pieces of the archive are large: few are enough for a transaction.
        let most = PostgresParameter.int(table == "inflow.archive_piece" ? min(batch, 500) : batch)
        var deleted = 0
        while deleted < total {
            let now = try await session.query(
                """
                delete from \(name)
                where connection_id = $1
                    and ctid = any (array(select ctid from \(name) where connection_id = $1 limit $2))
                """, [id, most]
            ).affectedRows
            deleted += now
            progress(Step(table: table, deleted: deleted, total: total))
            Failpoint.pass(.removalBatch)
            if now == 0 { return }
        }
    }
}
