import Postgres

extension InflowFixture {
    /// Runs a test whose commands read as readers, and drops the roles that they made.
    static func runWithReaders(_ body: (InflowFixture) async throws -> Void) async throws {
        try await run { fixture in
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(fixture)) } catch { outcome = .failure(error) }
            let session = try await PostgresConnection.connect(to: fixture.url, applicationName: "test")
            let roles = try await session.query(
                "select rolname as name from pg_roles where starts_with(rolname, current_database() || '_reader_')")
            for name in try roles.texts("name").sorted().reversed() {
                let role = PostgresConnection.quoted(name)
                try await session.execute("drop owned by \(role); drop role \(role)")
            }
            await session.close()
            try outcome.get()
        }
    }
}
