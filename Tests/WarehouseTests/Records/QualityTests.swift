import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("DataFindings: report.quality", .platform)
struct QualityTests {
    /// Rows of a table with some columns; the others are as the loader would leave them.
    private func insert(_ fixture: LoaderFixture, _ table: String, _ columns: String, _ values: String...) async throws
    {
        let isLine = table == "invoice_task" || table == "invoice_cost"
        for value in values {
            try await fixture.rows(
                isLine
                    ? "insert into wfm.\(table) (connection_id, \(columns)) values ($1, \(value))"
                    : """
                    insert into wfm.\(table) (
                        connection_id, first_run_id, changed_run_id, changed_at, asked_at, content_hash, \(columns))
                    values ($1, 1, 1, now(), now(), '', \(value))
                    """, .int64(fixture.connection.id))
        }
    }

    /// Records without a fault, of every kind that is looked at, with what looks like a fault and is none.
    private func clean(_ name: String = "Acme") async throws -> LoaderFixture {
        let fixture = try await LoaderFixture(name)
        let invoice = "uuid, number, issued_on, amount, amount_tax, amount_including_tax, children_hash, deleted_at"
        try await insert(
            fixture, "invoice", invoice, "'i1', 'I1', '2026-01-01', 30.5, 3, 33.50, '', null",
            "'i2', 'CN1', '2026-01-01', -10, -1, -11, '', null", "'empty', 'I2', '2026-01-01', 0, 0, 0, '', null",
            // Lines never read; nothing said of amounts; no longer listed.
            "'header', 'I3', '2026-01-01', 5, 1, 6, null, null",
            "'silent', 'I4', '2026-01-01', null, null, 6, '', null",
            "'gone', 'I5', '2026-01-01', 5, 1, 7, '', now()")
        try await insert(
            fixture, "invoice_task", "invoice_uuid, uuid, position, amount", "'i1', 't1', 1, 10", "'i1', 't2', 2, 10")
        try await insert(
            fixture, "invoice_cost", "invoice_uuid, position, amount", "'i1', 1, 10.50", "'i2', 1, -10",
            "'i2', 2, null")
        try await insert(
            fixture, "client", "uuid, name, email, deleted_at", "'c1', 'Acme', 'a@x', null",
            "'c2', 'Bolt', 'b@x', null",
            "'c3', null, '', null", "'c4', '', ' ', null", "'c5', 'ACME', 'B@X', now()")
        try await insert(fixture, "staff", "uuid, deleted_at", "'s1', null", "'s2', now()")
        try await insert(fixture, "job_status", "name", "'Planned'")
        try await insert(
            fixture, "job", "uuid, number, state, deleted_at", "'j1', 'J1', 'Planned', null", "'j2', 'J2', null, null",
            "'j3', 'J3', 'Lost', now()")
        try await insert(
            fixture, "timesheet", "uuid, job_number, staff_uuid, worked_on, minutes, deleted_at",
            "'t1', 'J1', 's1', '2026-01-05', 30, null", "'t2', 'J3', 's2', '2026-01-05', 30, null",
            "'t3', null, null, '2026-01-05', 30, null", "'t4', 'J9', 's9', '2026-01-05', 30, now()")
        try await insert(
            fixture, "purchase_order", "number, issued_on, amount, amount_tax, amount_including_tax",
            "'P1', '2026-01-01', 1, 1, 9")
        return fixture
    }

    private func findings(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows(
            """
            select kind, entity, key, label, found, expected, difference from report.quality
            where connection_id = $1 order by kind, key
            """, .int64(fixture.connection.id))
    }

    @Test("Records without a fault give nothing")
    func none() async throws {
        let fixture = try await clean()
        #expect(try await findings(fixture) == [])
        #expect(try await DataFindings(fixture.warehouse, fixture.connection).contradictions(limit: 5).isEmpty)
    }

    @Test("One fault of each kind is found once, with its values; a duplicate with each of the two")
    func each() async throws {
        let fixture = try await clean()
        let other = try await clean("Other")
        try await insert(
            fixture, "invoice", "uuid, number, issued_on, amount, amount_tax, amount_including_tax, children_hash",
            "'x1', 'X1', '2026-01-01', 30, 3, 33, ''", "'x2', 'X2', '2026-01-01', 0, 3, 3.01, ''")
        try await insert(fixture, "invoice_task", "invoice_uuid, uuid, position, amount", "'x1', 't1', 1, 29.99")
        try await insert(
            fixture, "client", "uuid, name, email", "'x3', ' BOLT ', 'c@x'", "'x4', 'Cog', ' A@x'")
        try await insert(fixture, "job", "uuid, number, state", "'x5', 'J5', 'Waiting'")
        try await insert(
            fixture, "timesheet", "uuid, job_number, staff_uuid, worked_on, minutes",
            "'x6', 'J9', 's1', '2026-01-05', 30", "'x7', 'J1', 's9', '2026-01-05', 30")
        #expect(
            try await findings(fixture) == [
                "duplicate_client_email | client | c1 | Acme | a@x | ∅ | ∅",
                "duplicate_client_email | client | x4 | Cog | a@x | ∅ | ∅",
                "duplicate_client_name | client | c2 | Bolt | bolt | ∅ | ∅",
                "duplicate_client_name | client | x3 |  BOLT  | bolt | ∅ | ∅",
                "invoice_lines | invoice | x1 | X1 | 30 | 29.99 | 0.01",
                "invoice_tax | invoice | x2 | X2 | 3.01 | 3 | 0.01",
                "job_state | job | x5 | J5 | Waiting | ∅ | ∅",
                "timesheet_job | timesheet | x6 | 2026-01-05 | J9 | ∅ | ∅",
                "timesheet_staff | timesheet | x7 | 2026-01-05 | s9 | ∅ | ∅",
            ])
        #expect(try await findings(other) == [])
        let kinds = try await DataFindings(fixture.warehouse, fixture.connection).contradictions(limit: 1)
        #expect(
            kinds.map { "\($0.kind) \($0.count) \($0.first.map(\.key))" }.first == "duplicate_client_email 2 [\"c1\"]")
        #expect(kinds.map(\.kind).count == 7)
        #expect(kinds[2].first.map(\.words) == ["The amount is 30, its lines come to 29.99."])
    }

    @Test("12.4 Findings of one cause are one line, the cause with the most first")
    func byCause() async throws {
        let fixture = try await clean()
        let rows =
            (1...5).map { day in "'y\(day)', 'J1', 's9', '2026-01-0\(day)', 30" } + [
                "'z1', 'J1', 's8', '2026-02-01', 30"
            ]
        for row in rows {
            try await insert(fixture, "timesheet", "uuid, job_number, staff_uuid, worked_on, minutes", row)
        }
        let kinds = try await DataFindings(fixture.warehouse, fixture.connection).contradictions(limit: 5)
        let staff = try #require(kinds.first { $0.kind == "timesheet_staff" })
        #expect(staff.count == 6 && staff.causes == 2)
        #expect(staff.first.map { "\($0.found ?? "") \($0.count)" } == ["s9 5", "s8 1"])
        #expect(staff.first[0].firstLabel == "2026-01-01" && staff.first[0].lastLabel == "2026-01-05")
    }

    @Test("The view reads with the caller's rights")
    func invoker() async throws {
        let fixture = try await LoaderFixture()
        #expect(
            try await fixture.rows(
                "select 'security_invoker=true' = any (reloptions) from pg_class where relname = 'quality'")
                == ["t"])
    }
}

@Suite("DataFindings: drift", .warehouse)
struct DriftTests {
    @Test("Unknown elements are listed once, with when they were seen first and last, an example and the run")
    func drift() async throws {
        let (fixture, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        try await fixture.load(Thing("a", more: "<Odd>1</Odd><Shape>round</Shape>"))
        let next = try await fixture.nextRun()
        try await next.load(Thing("a", more: "<Odd>3</Odd>"))
        try await other.load(Thing("a", more: "<Theirs>3</Theirs>"))
        let drift = try await DataFindings(fixture.warehouse, fixture.connection).drift()
        #expect(
            drift.map { "\($0.table) \($0.path) \($0.example)" } == [#"t.thing Odd "3""#, #"t.thing Shape "round""#])
        #expect(drift.map(\.lastRun) == [next.run, fixture.run])
        #expect(drift.map { $0.lastSeenAt > $0.firstSeenAt } == [true, false])
    }
}
