public import Postgres

extension PostgresConnection {
    /// The rows that a statement answers with, on a session of its own.
    ///
    /// - Parameters:
    ///   - url: where the database is.
    ///   - sql: the statement.
    ///   - parameters: its parameters in order.
    /// - Returns: the rows.
    /// - Throws: what the session or the statement throws.
    public static func rows(
        at url: String, _ sql: String, _ parameters: [PostgresParameter] = []
    ) async throws -> PostgresResult {
        let session = try await PostgresConnection.connect(to: url, applicationName: "inflow tests")
        do {
            let rows = try await session.query(sql, parameters)
            await session.close()
            return rows
        } catch {
            await session.close()
            throw error
        }
    }
}
