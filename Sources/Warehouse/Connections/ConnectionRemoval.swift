public import Inflow
internal import Postgres
internal import SQLFiles

/// Removes a connection: its reader, its records and what Inflow knows of it, in batches, the connection itself at
/// last.
///
/// First no run begins any more, then runs under way are asked to stop, then the locks of runs and of backfills are
/// taken, and what is still marked as running under them is closed: from then on no process can commit an answer of the
/// connection, also one that lost its lock without noticing.
///
/// Every table of Inflow's that has a `connection_id` is gone through, so that none is forgotten; those that refer to
/// the connection go with it. At the end all of them are looked through again, and "removed" is said only when none
/// holds the connection's number. Interrupted at any point it leaves a connection that is not read any more and can be
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
    private let seconds: Int

    /// A removal; `tables` are those of the records, which stay with `keepingData`.
    public init(_ warehouse: Warehouse, _ connection: Connection, keepingData: Bool, tables: [String]) {
        self.init(warehouse, connection, keepingData: keepingData, tables: tables, batch: 10_000)
    }

    init(
        _ warehouse: Warehouse, _ connection: Connection, keepingData: Bool, tables: [String], batch: Int,
        waiting seconds: Int = 60
    ) {
        self.warehouse = warehouse
        self.connection = connection
        keepsData = keepingData
        self.tables = tables
        self.batch = batch
        self.seconds = seconds
    }

    /// Removes it and calls `progress` after each batch; stops what runs and waits for it to end.
    ///
    /// - Returns: SQL for the administrator, where the connection's reader could be emptied of all it may do but the
    ///   role itself could not be dropped by this role; else `nil`.
    /// - Throws: `busy` while a run or a backfill does not stop; nothing of the records was removed then. `busy` too
    ///   where another process writes rows of the connection while they are removed.
    public func run(
        onWait: (String) -> Void = { _ in }, progress: @escaping @Sendable (Step) -> Void = { _ in }
    ) async throws(WarehouseError) -> String? {
        try await stopRuns()
        let lock = try await RunLock.take(warehouse, for: connection, .run, waiting: seconds, onWait: onWait)
        do throws(WarehouseError) {
            let other = try await RunLock.take(warehouse, for: connection, .backfill, waiting: seconds, onWait: onWait)
            do throws(WarehouseError) {
                let left = try await remove(progress)
                await other.release()
                await lock.release()
                return left
            } catch {
                await other.release()
                throw error
            }
        } catch {
            await lock.release()
            throw error
        }
    }

    /// Marks the connection as being removed, so that no run begins, and asks those under way to stop.
    private func stopRuns() async throws(WarehouseError) {
        let id = connection.id
        try await warehouse.transaction(
            purpose: "connection remove", doing: "stopping what reads \(connection.name)"
        ) { session throws(PostgresError) in
            try session.query(
                "update inflow.connection set removal_began_at = coalesce(removal_began_at, now()) where id = $1",
                [.int64(id)])
            try session.query(
                """
                update inflow.run set cancel_by = coalesce(cancel_by, $2),
                    cancel_at = coalesce(cancel_at, clock_timestamp())
                where connection_id = $1 and status = 'running'
                """, [.int64(id), .text("inflow connection remove (\(ProcessIdentity.current))")])
        }
    }

    private func remove(_ progress: @escaping @Sendable (Step) -> Void) async throws(WarehouseError) -> String? {
        let id = connection.id
        try await warehouse.transaction(
            purpose: "connection remove", doing: "closing the runs of \(connection.name)"
        ) { session throws(PostgresError) in try RunLog.closeDead(id, session) }
        let left = try await ReaderRoles(warehouse).drop(connection)
        try await CustomFieldViews(warehouse, connection).drop()
        // No run comes after which they would be.
        if keepsData { try await KeptSums(warehouse, connection).keep() }
        try await warehouse.withSession("connection remove") { session throws(WarehouseError) in
            let found = try await lifting("removing connection \(connection.name)") {
                () async throws(PostgresError) -> [String] in
                let own = try await session.query(Statements.removalTables).texts("name")
                // Archived answers are of no use without the connection.
                let archive = own.filter { $0.hasPrefix("inflow.archive") }
                // While records go, triggers mark the sums that they were part of: these are emptied last.
                let all = own.filter { !KeptSums.tables.contains($0) } + tables + own.filter(KeptSums.tables.contains)
                for table in keepsData ? archive : all { try await empty(table, session, progress) }
                return try await finish(session, keepsData ? archive : all)
            }
            guard found.isEmpty else { throw stillHeld(found) }
        }
        return left
    }

    /// Looks through the tables once more, and deletes the connection if none of them holds its number.
    ///
    /// Tables that refer to the connection need no look: their rows cannot outlive it. Its row is locked first, so that
    /// no further row can begin to refer to it.
    /// - Returns: the tables that hold the number; then the connection stays, and can be removed again.
    private func finish(_ session: PostgresConnection, _ emptied: [String]) async throws(PostgresError) -> [String] {
        let id = PostgresParameter.int64(connection.id)
        return try await session.transaction { session throws(PostgresError) in
            try session.query("select from inflow.connection where id = $1 for update", [id])
            var found: [String] = []
            for table in emptied {
                let rows = try session.query(
                    "select exists (select from \(quoted(table)) where connection_id = $1) as is_held", [id])
                if try rows[0].bool("is_held") { found.append(table) }
            }
            if found.isEmpty { try session.query("delete from inflow.connection where id = $1", [id]) }
            return found
        }
    }

    private func stillHeld(_ tables: [String]) -> WarehouseError {
        WarehouseError(
            .busy, subject: connection.name,
            message:
                "Rows of \"\(connection.name)\" were written while they were removed, in \(tables.joined(separator: ", ")). "
                + "The connection is still there, and no run reads it. End the command that writes them, then run "
                + "\"inflow connection remove \(connection.name.shellWord)\" again.")
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
