internal import Postgres

/// One session for the short statements that come with every request of the page.
///
/// A session of its own for each would cost twenty times what the statement does (6 ms against 0.3 ms, measured). A
/// statement here must be one that may be done twice: where the session turns out to be lost, it is done again on a new
/// one.
actor KeptSession {
    private let warehouse: Warehouse
    private let purpose: String
    private var kept: PostgresConnection?

    /// Opens nothing before the first statement.
    init(_ warehouse: Warehouse, _ purpose: String) {
        self.warehouse = warehouse
        self.purpose = purpose
    }

    /// Runs a statement and reads each row of its answer as a value.
    func query<T: Sendable>(
        _ sql: String, _ parameters: [PostgresParameter], doing: String,
        read: @Sendable (PostgresResult.Row) throws(PostgresError) -> T
    ) async throws(WarehouseError) -> [T] {
        do throws(WarehouseError) {
            return try await once(sql, parameters, doing, read)
        } catch {
            guard error.code == .connectionLost, !Task.isCancelled else { throw error }
            return try await once(sql, parameters, doing, read)
        }
    }

    private func once<T: Sendable>(
        _ sql: String, _ parameters: [PostgresParameter], _ doing: String,
        _ read: (PostgresResult.Row) throws(PostgresError) -> T
    ) async throws(WarehouseError) -> [T] {
        let session = try await warehouse.session(keeping: kept, purpose)
        kept = session
        let rows = try await lifting(doing) { () async throws(PostgresError) in
            try await session.query(sql, parameters)
        }
        return try lifting(doing) { () throws(PostgresError) in try rows.read(read) }
    }
}
