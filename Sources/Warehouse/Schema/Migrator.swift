internal import Crypto
internal import Inflow
internal import Postgres
internal import SQLFiles

/// Brings the warehouse's schema up to this binary's: forward only, each migration in a transaction, with its
/// checksum.
///
/// `sql/migrations` is history: a file that was released never changes, and the checksum that the database keeps of
/// each proves it. `sql/reports` and `sql/bi` are the present: views and functions, made again whenever their text changes, and
/// after every migration, since a migration may have changed the tables under them. `sql/schema.sql` shows what all
/// of them come to.
///
/// Migrations run one after the other, each in a transaction of its own with the row that says so, so that one that
/// fails leaves the warehouse at the one before. Readers' rights on new tables come last, and are noted last, so that
/// a run that was interrupted is made up by the next. Before anything else is done, a warehouse of a newer Inflow, or
/// one with another text of an applied migration, is refused.
public struct Migrator: Sendable {
    private let warehouse: Warehouse
    private let migrations: [Migration]
    let reports: [SQLFile]

    struct Migration: Sendable {
        let version: Int
        let name: String
        let text: String
        let checksum: String
    }

    /// What a migration did.
    public struct Outcome: Sendable {
        /// Names of the migrations applied now, in order.
        public var applied: [String] = []
        /// Names of the report files applied now.
        public var reports: [String] = []
    }

    /// A migrator of a warehouse to this binary's schema.
    public init(_ warehouse: Warehouse) {
        self.init(warehouse, files: SQLFile.all(in: "migrations"), reports: SQLFile.views)
    }

    init(_ warehouse: Warehouse, files: [SQLFile], reports: [SQLFile]) {
        self.warehouse = warehouse
        self.reports = reports
        migrations = files.enumerated().map { index, file in
            Migration(version: index + 1, name: file.name, text: file.text, checksum: Migrator.checksum(file.text))
        }
    }

    private static func checksum(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).hexadecimal
    }

    /// A text of SQL without the lines that create schemas which an administrator has made, and which are empty.
    ///
    /// A role may own its schemas and not have the right to create any. What a schema holds that is not ours is left
    /// alone: the line stays, and PostgreSQL refuses it.
    private static func withoutOwnSchemas(
        _ text: String, _ session: PostgresConnection
    ) async throws(PostgresError) -> String {
        let empty = try await session.query(
            """
            select n.nspname as name from pg_namespace n
            where n.nspname in ('inflow_migration', 'inflow', 'wfm', 'setting', 'report', 'bi')
                and pg_has_role(n.nspowner, 'usage')
                and not exists (select from pg_class c where c.relnamespace = n.oid)
                and not exists (select from pg_proc p where p.pronamespace = n.oid)
            """
        ).texts("name")
        let lines = Set(empty.map { "create schema \($0);" })
        guard !lines.isEmpty else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !lines.contains(String($0)) }
            .joined(separator: "\n")
    }

    /// Applies what is missing; does nothing on a warehouse that is up to date.
    ///
    /// An advisory lock serialises concurrent migrations. A table lock in the way is waited for 3 s, up to ten times.
    /// - Throws: `newer_schema` where a newer Inflow was here, `changed_migration` where an applied file is not ours,
    ///   `schema_differs` where a person has a schema or view of the name of a new one,
    ///   `unfit_server` where the database is not of UTF-8, `not_allowed` with the SQL for an administrator.
    public func migrate() async throws(WarehouseError) -> Outcome {
        let session = try await warehouse.session("migrate", lockTimeout: "3s")
        do throws(WarehouseError) {
            let outcome = try await migrate(session)
            await session.close()
            return outcome
        } catch {
            let explained = await explained(error, session)
            await session.close()
            throw explained
        }
    }

    /// The same error; where the role may not do what a migration needs, with the SQL that an administrator runs.
    private func explained(_ error: WarehouseError, _ session: PostgresConnection) async -> WarehouseError {
        guard error.code == .notAllowed else { return error }
        // A text of several statements may have left its transaction open.
        try? await session.execute("rollback")
        guard let rights = try? await session.query(Statements.migrationRights).texts("sql"), !rights.isEmpty else {
            return error
        }
        return WarehouseError(
            .notAllowed, subject: error.subject,
            message:
                "\(error.message): \(error.detail ?? ""). Migrations before it are applied, this one is undone. An "
                + "administrator of the database can run:\n  " + rights.joined(separator: "\n  ")
                + "\nThen run \"inflow migrate\" again.")
    }

    /// Says whether the warehouse is at this binary's schema, without changing it.
    ///
    /// - Throws: `older_schema`, `newer_schema` or `changed_migration` where it is not.
    public func check() async throws(WarehouseError) {
        try await warehouse.withSession("check of migrations") { session throws(WarehouseError) in
            let pending = try await pending(session)
            guard pending.isEmpty else {
                throw WarehouseError(
                    .olderSchema, subject: "warehouse",
                    message:
                        "The warehouse lacks \(pending.count) migration(s) of this Inflow. Nothing was changed. "
                        + "Run \"inflow migrate\"."
                )
            }
        }
    }

    private func migrate(_ session: PostgresConnection) async throws(WarehouseError) -> Outcome {
        try await ServerCheck.checkEncoding(session)
        try await lifting("waiting for another migration to end") { () async throws(PostgresError) in
            try await session.execute("set lock_timeout = '60s'")
            try await session.query("select pg_advisory_lock(hashtext('inflow.migrate'))")
            try await session.execute("set lock_timeout = '3s'")
        }
        try await lifting("preparing the list of migrations") { () async throws(PostgresError) in
            // Looked for first, so that a role without CREATE can check a warehouse that is up to date.
            guard try await session.query("select to_regclass('inflow_migration.applied') is null")[0, 0].bool == true
            else { return }
            try await session.execute(try await Migrator.withoutOwnSchemas(Statements.migrationTables, session))
        }
        let pending = try await pending(session)
        try await refuseNamesakes(of: pending, session)
        var outcome = Outcome()
        for migration in pending {
            try await apply(migration, session)
            outcome.applied.append(migration.name)
        }
        outcome.reports = try await applyReports(session, isForced: !outcome.applied.isEmpty)
        try await lifting("making the views of own fields") { () async throws(PostgresError) in
            try await CustomFieldViews.refreshAll(session)
        }
        try await refreshReaders(session)
        return outcome
    }

    /// Guards new tables and gives them and new views to the readers, once for each state of migrations and reports.
    ///
    /// That it is done is noted last, so that one that was interrupted is done again.
    private func refreshReaders(_ session: PostgresConnection) async throws(WarehouseError) {
        let texts =
            migrations.map(\.text) + reports.map(\.text)
            + [Statements.readersDue, Statements.customRights]
        let (name, checksum) = ("(readers)", Migrator.checksum(texts.joined(separator: "\n")))
        let isDone = try await lifting("looking at the readers") { () async throws(PostgresError) in
            try await session.query(
                "select checksum from inflow_migration.report where name = $1", [.text(name)]
            ).first?.text("checksum") == checksum
        }
        if isDone { return }
        try await ReaderRoles.refresh(session)
        try await lifting("noting what readers may see") { () async throws(PostgresError) in
            try await session.query(
                """
                insert into inflow_migration.report (name, checksum) values ($1, $2)
                on conflict (name) do update set checksum = excluded.checksum, applied_at = now()
                """,
                [.text(name), .text(checksum)])
        }
    }

    private func pending(_ session: PostgresConnection) async throws(WarehouseError) -> [Migration] {
        let applied = try await lifting("reading the list of migrations") { () async throws(PostgresError) in
            guard try await session.query("select to_regclass('inflow_migration.applied') is null")[0, 0].bool == false
            else { return [(version: Int, checksum: String)]() }
            let rows = try await session.query(
                "select version, checksum from inflow_migration.applied order by version")
            return try rows.read { row throws(PostgresError) in
                (version: try row.int("version"), checksum: try row.text("checksum"))
            }
        }
        if let newest = applied.last, newest.version > migrations.count {
            throw WarehouseError(
                .newerSchema, subject: "warehouse",
                message:
                    "The warehouse was migrated by a newer Inflow (migration \(newest.version); this one knows "
                    + "\(migrations.count)). Nothing was changed. Install the newer Inflow on this machine.")
        }
        for (version, checksum) in applied where migrations[version - 1].checksum != checksum {
            throw WarehouseError(
                .changedMigration, subject: migrations[version - 1].name,
                message:
                    "Migration \(migrations[version - 1].name) has another text in this Inflow than when it was "
                    + "applied to this warehouse. Nothing was changed. Use the Inflow that applied it, or a new database."
            )
        }
        let done = Set(applied.map(\.version))
        return migrations.filter { !done.contains($0.version) }
    }

    private func apply(_ migration: Migration, _ session: PostgresConnection) async throws(WarehouseError) {
        let text = try await lifting("looking for schemas") { () async throws(PostgresError) in
            try await Migrator.withoutOwnSchemas(migration.text, session)
        }
        for attempt in 1...10 {
            do throws(PostgresError) {
                try await session.transaction { session throws(PostgresError) in
                    try session.execute(text)
                    try session.query(
                        "insert into inflow_migration.applied (version, name, checksum) values ($1, $2, $3)",
                        [.int(migration.version), .text(migration.name), .text(migration.checksum)])
                }
                return
            } catch {
                guard error.code == .lockTimeout, attempt < 10 else {
                    throw WarehouseError(error, doing: "applying migration \(migration.name)")
                }
            }
        }
    }

    /// Report views are made again when their text changes, and after any migration, which may have changed their
    /// tables.
    private func applyReports(_ session: PostgresConnection, isForced: Bool) async throws(WarehouseError) -> [String] {
        var applied: [String] = []
        for file in reports {
            let checksum = Migrator.checksum(file.text)
            let isDone = try await lifting("applying report \(file.name)") { () async throws(PostgresError) in
                let known = try await session.query(
                    "select checksum from inflow_migration.report where name = $1", [.text(file.name)])
                if !isForced, try known.first?.text("checksum") == checksum { return false }
                try await session.transaction { session throws(PostgresError) in
                    try session.execute(file.text)
                    try session.query(
                        """
                        insert into inflow_migration.report (name, checksum) values ($1, $2)
                        on conflict (name) do update set checksum = excluded.checksum, applied_at = now()
                        """,
                        [.text(file.name), .text(checksum)])
                }
                return true
            }
            if isDone { applied.append(file.name) }
        }
        return applied
    }
}
