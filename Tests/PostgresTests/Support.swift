import Postgres
import TestSupport
import Testing

/// A connection to the running test's database.
func connect(_ settings: [String: String] = [:]) async throws -> PostgresConnection {
    try await PostgresConnection.connect(
        to: try TestDatabase.current.url, applicationName: "inflow tests", settings: settings)
}

/// The PostgresError some work throws; nil if it throws none.
func failure<T>(_ work: () async throws -> T) async -> PostgresError? {
    await thrownError(by: work)
}

/// The code of the PostgresError some work throws.
func code<T>(_ work: () async throws -> T) async -> PostgresError.Code? {
    await failure(work)?.code
}
