import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

/// Two organisations with a row in every table, and a reader of each and of all.
struct Readers {
    let acme: LoaderFixture
    let other: LoaderFixture
    let accesses: [Seen: ReaderRoles.Access]

    /// Whose rows a reader is for.
    enum Seen: String, CaseIterable, Sendable {
        case acme, other, all
    }

    var roles: ReaderRoles { ReaderRoles(acme.warehouse) }
    func ids(_ seen: Seen) -> [Int64] {
        switch seen {
        case .acme: [acme.connection.id]
        case .other: [other.connection.id]
        case .all: [acme.connection.id, other.connection.id]
        }
    }

    /// Runs `body`; the roles, which are the whole server's, are dropped after.
    static func run(_ body: (Readers) async throws -> Void) async throws {
        let (acme, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        for fixture in [acme, other] { try await fill(fixture) }
        let roles = ReaderRoles(acme.warehouse)
        let accesses: [Seen: ReaderRoles.Access] = [
            .acme: try await roles.access(for: .connection(acme.connection)),
            .other: try await roles.access(for: .connection(other.connection)),
            .all: try await roles.access(for: .all),
        ]
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(Readers(acme: acme, other: other, accesses: accesses)))
        } catch {
            outcome = .failure(error)
        }
        for name in accesses.values.map(\.user) { try await dropRole(name) }
        try outcome.get()
    }

    /// Drops a role with all it may do in this database, if it is there.
    static func dropRole(_ name: String) async throws {
        let session = try await PostgresConnection.connect(
            to: try TestDatabase.current.url, applicationName: "inflow tests")
        if try await !session.query("select from pg_roles where rolname = $1", [.text(name)]).isEmpty {
            let role = PostgresConnection.quoted(name)
            try await session.execute(
                "reassign owned by \(role) to current_user; drop owned by \(role); drop role \(role)")
        }
        await session.close()
    }

    /// A session of a reader.
    func session(_ seen: Seen) async throws -> PostgresConnection {
        try await ReaderRoles.login(try #require(accesses[seen]))
    }

    // MARK: rows

    /// A row of the connection in every table of `wfm` and `setting`, and in those of `inflow` that have such rows.
    static func fill(_ fixture: LoaderFixture) async throws {
        let session = try await fixture.warehouse.session("test")
        for table in try await session.query(tables).compactMap({ try $0["name"].string }) {
            let columns = try await session.query(mustHave, [.text(table)]).map { row in
                let name = try row.text("name")
                return (name, value(name, try row.text("type"), fixture, statuses[table] ?? "'green'"))
            }
            let names = columns.map { "\"\($0.0)\"" }.joined(separator: ", ")
            let values = columns.map(\.1).joined(separator: ", ")
            try await session.execute("insert into \(table) (\(names)) values (\(values))")
        }
        // Of January nothing is lacking.
        for statement in [
            "update inflow.coverage set verified_at = now()", "update inflow.rejection set status = 'closed'",
            "update inflow.header_only set dated_on = '2025-01-01'",
            "update inflow.history_pruned set pruned_until = '2025-01-01'",
            "update inflow.value_state set entity = 'job_cost', parent = 'job', parent_table = 'wfm.job'",
        ] {
            try await session.query("\(statement) where connection_id = $1", [.int64(fixture.connection.id)])
        }
        // So that conversions of other people's names would fail aloud.
        let name = fixture.connection.name == "Acme" ? "1" : "secret of Other"
        for table in ["client", "staff", "job"] {
            try await session.query(
                "update wfm.\(table) set name = $2 where connection_id = $1",
                [.int64(fixture.connection.id), .text(name)])
        }
        try await session.query(
            "update wfm.job set state = name where connection_id = $1", [.int64(fixture.connection.id)])
        try await session.execute("analyze")
        await session.close()
    }

    /// Makes the rows of ``fill(_:)`` such that every report of records has a row of each connection.
    static let shownInReports = [
        "update wfm.custom_field set use_job = true",
        "update wfm.invoice set status = 'Approved', number = 'I', amount_outstanding = 5, amount = 5",
        "update wfm.job set number = 'J'", "update wfm.timesheet set job_number = 'J', billable = true",
        "delete from setting.leave_job", "delete from setting.closed_state", "delete from setting.staff_capacity",
        """
        insert into inflow.chunk (connection_id, run_id, entity, chunk, status, asked_at, ended_at)
        select connection_id, run_id, 'timesheet', chunk, status, asked_at, ended_at from inflow.chunk
        """,
    ]

    private static let statuses = [
        "inflow.chunk": "'loaded'", "inflow.missing": "'kept'", "inflow.parent_read": "'read'",
    ]
    private static let tables = """
        select format('%I.%I', n.nspname, c.relname) as name
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and (n.nspname in ('wfm', 'setting') or n.nspname = 'inflow' and c.relname in ('token', 'lease',
            'entity_run', 'chunk', 'coverage', 'history', 'rejection', 'drift', 'missing', 'watermark', 'archive',
            'archive_piece', 'open_document', 'sweep', 'unknown_number', 'parent_read', 'header_only', 'history_pruned',
            'value_state', 'custom_column', 'closing', 'closed_row', 'closed_record', 'job_sum', 'task_sum', 'day_sum',
            'job_due', 'month_due', 'sums_kept'))
        -- As they were made, so that a table comes after those that it refers to; a row of setting takes that of sums_kept away.
        order by c.relname = 'sums_kept', c.oid
        """

    private static let mustHave = """
        select attname as name, format_type(atttypid, null) as type
        from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef
            and attidentity = ''
        """

    private static func value(_ column: String, _ type: String, _ fixture: LoaderFixture, _ status: String) -> String {
        switch (column, type) {
        case ("connection_id", _): String(fixture.connection.id)
        case ("run_id", _): String(fixture.run)
        case ("status", _): status
        case ("change", _): "'updated'"
        case ("value_type", _): "'text'"
        case ("kind", _): "'whole'"
        case ("entity", _): "'invoice'"
        case ("valid_from", _): "'2026-01-01'"
        case ("valid_until", _): "'2026-01-04'"
        case (_, "text"): "'x\(fixture.connection.id)'"
        case (_, "bytea"): "'\\x00'"
        case (_, "jsonb"), (_, "date[]"), (_, "numeric[]"): "'{}'"
        case (_, "boolean"): "true"
        case (_, "date"): "'2026-01-01'"
        case (_, "timestamp with time zone"), (_, "timestamp without time zone"): "'2026-01-05'"
        default: "1"
        }
    }
}

extension ReaderRoles {
    /// A session with the credentials that a reader was given.
    static func login(_ access: Access, password: String? = nil) async throws -> PostgresConnection {
        let given = password ?? access.password ?? ""
        return try await PostgresConnection.connect(
            to: "host='\(access.host)' port=\(access.port) dbname='\(access.database)' user='\(access.user)' "
                + "password='\(given)'", applicationName: "reader")
    }
}
