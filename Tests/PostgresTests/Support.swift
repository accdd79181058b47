import Postgres
import TestSupport

/// A connection to the running test's database.
func connect(_ settings: [String: String] = [:]) async throws -> PostgresConnection {
    try await PostgresConnection.connect(
        to: try TestDatabase.current.url, applicationName: "inflow tests", settings: settings)
}

/// The PostgresError some work throws; nil if it throws none.
func failure<T>(_ work: () async throws -> T) async -> PostgresError? {
    do {
        _ = try await work()
        return nil
    } catch {
        return error as? PostgresError
    }
}

/// The code of the PostgresError some work throws.
func code<T>(_ work: () async throws -> T) async -> PostgresError.Code? {
    await failure(work)?.code
}
