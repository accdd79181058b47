internal import Inflow
internal import Postgres
internal import SQLFiles

/// What people have made of their own under a name that this Inflow is to use for the first time.
extension Migrator {
    /// Refuses a database that has such a schema or view, before anything is changed.
    ///
    /// What Inflow made is noted in `inflow_migration`, in the transaction that made it. An empty schema is none of a
    /// person's own: an administrator makes such schemas for a role that may not.
    /// - Throws: `schema_differs` with what to rename.
    func refuseNamesakes(
        of pending: [Migration], _ session: PostgresConnection
    ) async throws(WarehouseError) {
        let schemas = pending.flatMap { Migrator.schemas(madeIn: $0.text) }
        let found = try await lifting("looking for names that are taken") { () async throws(PostgresError) in
            try await session.query(
                Statements.migrationNamesakes, [.textArray(schemas), .textArray(reports.map(\.name))]
            )
            .read { row throws(PostgresError) in (try row.text("kind"), try row.text("name")) }
        }
        guard let (kind, name) = found.first else { return }
        let all = found.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        throw WarehouseError(
            .schemaDiffers, subject: name,
            message:
                "The database has \(all), which Inflow did not make, and this Inflow needs the name. Nothing was changed. "
                + "Rename yours (\"alter \(kind) \(name) rename to …\"; what is built on it follows), then run "
                + "\"inflow migrate\" again.")
    }

    /// The schemas that a migration makes.
    static func schemas(madeIn text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /create schema ([a-z_]+);/).map { String($0.1) }
        }
    }
}
