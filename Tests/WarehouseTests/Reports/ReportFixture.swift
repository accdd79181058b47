import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

/// A warehouse whose records a test writes by hand, and ways to look at a view.
struct ReportFixture {
    let fixture: LoaderFixture

    init(_ name: String = "Acme") async throws { fixture = try await LoaderFixture(name) }

    /// The number of the connection.
    var id: Int64 { fixture.connection.id }

    /// Tables of lines, which have no columns of Inflow's own.
    private static let lines: Set = [
        "invoice_task", "invoice_cost", "job_task", "job_milestone", "client_contact", "client_group_member",
    ]

    /// Rows of a table of `wfm` with some columns, each row the SQL of its values; others as the loader leaves them.
    func insert(_ table: String, _ columns: String, _ rows: String...) async throws {
        let isLine = ReportFixture.lines.contains(table)
        for row in rows {
            try await fixture.rows(
                isLine
                    ? "insert into wfm.\(table) (connection_id, \(columns)) values ($1, \(row))"
                    : """
                    insert into wfm.\(table) (
                        connection_id, first_run_id, changed_run_id, changed_at, asked_at, content_hash, \(columns))
                    values ($1, 1, 1, '2026-01-02', '2026-01-02', '', \(row))
                    """, .int64(id))
        }
    }

    /// Rows of a table of `setting`.
    func set(_ table: String, _ columns: String, _ rows: String...) async throws {
        for row in rows {
            try await fixture.rows(
                "insert into setting.\(table) (connection_id, \(columns)) values ($1, \(row))", .int64(id))
        }
    }

    /// Notes that the costs of these jobs were read.
    func costsRead(_ jobs: String...) async throws {
        for job in jobs {
            try await fixture.rows(
                """
                insert into inflow.parent_read (connection_id, entity, parent_key, status, asked_at, run_id)
                values ($1, 'job_cost', $2, 'read', '2026-05-01', 1)
                """, .int64(id), .text(job))
        }
    }

    /// Columns of a view, or of a function's answer, of this connection; values joined by a bar, ``∅`` is null.
    ///
    /// The answer is the same before the kept sums are computed and after.
    func view(_ columns: String, _ from: String, by order: String) async throws -> [String] {
        let sql = "select \(columns) from report.\(from) v where v.connection_id = $1 order by \(order)"
        let computed = try await fixture.rows(sql, .int64(id))
        // Computing them would wait for a transaction that a test holds open.
        let isQuiet = try await fixture.rows(
            "select from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and pid <> pg_backend_pid() "
                + "and database = (select oid from pg_database where datname = current_database())"
        ).isEmpty
        guard isQuiet else { return computed }
        try await KeptSums(fixture.warehouse, fixture.connection).keep()
        #expect(try await fixture.rows(sql, .int64(id)) == computed, "\(from) by kept sums")
        return computed
    }

    /// Runs a statement with the connection's number as its only parameter.
    func run(_ sql: String) async throws { try await fixture.rows(sql, .int64(id)) }
}
