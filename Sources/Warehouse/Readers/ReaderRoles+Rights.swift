internal import Inflow
internal import Postgres
internal import SQLFiles

/// What all readers may see: row-level security, policies and grants, brought to what they should be.
extension ReaderRoles {
    /// Makes row-level security, policies and grants what they should be for all tables and readers there are.
    ///
    /// Done after each migration, so that readers see new tables and views too, and in them their own rows only.
    public func refresh() async throws(WarehouseError) {
        try await withTurn { session throws(WarehouseError) in try await ReaderRoles.refresh(session) }
    }

    static func refresh(_ session: PostgresConnection) async throws(WarehouseError) {
        let isThere = try await lifting("looking for readers") { () async throws(PostgresError) in
            try await session.query("select to_regclass('inflow.reader') is not null")[0, 0].bool == true
        }
        guard isThere else { return }
        let isDue = try await lifting("looking at the readers") { () async throws(PostgresError) in
            for query in dueQueries where try await !session.query(query).isEmpty { return true }
            return false
        }
        guard isDue else { return }
        try await waitForTurn(session)
        for query in dueQueries { try await runEach(query, [], session) }
    }

    /// What ``refresh()`` would do, as SQL; empty when all is as it should be.
    public func outstanding() async throws(WarehouseError) -> [String] {
        try await warehouse.withSession("readers") { session throws(WarehouseError) in
            try await lifting("looking at the readers") { () async throws(PostgresError) in
                var due: [String] = []
                for query in ReaderRoles.dueQueries { due += try await session.query(query).texts("sql") }
                return due
            }
        }
    }

    /// The queries that answer with what is due, in the order in which it is done.
    private static let dueQueries = [Statements.readersDue, Statements.customRights]

    /// Runs the statements that a query answers with, each for itself.
    ///
    /// Some take a table's strongest lock, for which they wait until running merges end. Holding one table at
    /// a time they block others only briefly, and none can be part of a deadlock.
    static func runEach(
        _ query: String, _ parameters: [PostgresParameter], _ session: PostgresConnection
    ) async throws(WarehouseError) {
        let statements = try await lifting("looking at the readers") { () async throws(PostgresError) in
            try await session.query(query, parameters).texts("sql")
        }
        for statement in statements {
            for attempt in 1...10 {
                do throws(PostgresError) {
                    try await session.execute(statement)
                    break
                } catch {
                    guard error.code == .lockTimeout, attempt < 10 else {
                        throw WarehouseError(error, doing: "setting what readers may see: \(statement)")
                    }
                }
            }
        }
    }
}
