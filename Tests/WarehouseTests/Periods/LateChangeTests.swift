import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.5 What changes in a month after it was closed", .platform)
struct LateChangeTests {
    /// One thing that happens after the closing, and the rows of `report.late_changes` that follow.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let statements: [String]
        let rows: [String]
        var testDescription: String { name }

        init(_ name: String, _ statements: String..., gives rows: String...) {
            (self.name, self.statements, self.rows) = (name, statements, rows)
        }
    }

    /// Entity, record, kind of change, columns, differences in hours, billable hours, amount and tax.
    private static let columns =
        "entity, record_key, change, changed_columns, hours_difference, billable_hours_difference, "
        + "amount_difference, amount_tax_difference"

    private static func update(_ table: String, _ uuid: String, _ set: String) -> String {
        "update wfm.\(table) set \(set) where connection_id = $1 and uuid = '\(uuid)'"
    }

    private static func add(_ table: String, _ columns: String, _ values: String) -> String {
        """
        insert into wfm.\(table) (
            connection_id, first_run_id, changed_run_id, changed_at, asked_at, content_hash, \(columns))
        values ($1, 999, 999, now(), now(), '', \(values))
        """
    }

    static let cases = [
        Case(
            "an amount is edited", update("invoice", "i1", "amount = 1200, amount_tax = 120"),
            gives: "invoice | i1 | changed | amount, amount_tax | ∅ | ∅ | 200.0000 | 20.0000"),
        Case(
            "minutes are edited", update("timesheet", "e1", "minutes = 40"),
            gives: "timesheet | e1 | changed | hours, billable_hours | -0.3333 | -0.3333 | ∅ | ∅"),
        Case(
            "an entry is deleted", update("timesheet", "e1", "deleted_at = now()"),
            gives: "timesheet | e1 | deleted | ∅ | -1.0000 | -1.0000 | ∅ | ∅"),
        Case(
            "an invoice is deleted", update("invoice", "i1", "deleted_at = now()"),
            gives: "invoice | i1 | deleted | ∅ | ∅ | ∅ | -1000.0000 | -100.0000"),
        Case(
            "an entry is not in the table any more",
            "delete from wfm.timesheet where connection_id = $1 and uuid = 'e2'",
            gives: "timesheet | e2 | deleted | ∅ | -0.5000 | 0.0000 | ∅ | ∅"),
        Case(
            "an entry of the month is new",
            add("timesheet", PeriodFixture.entry, "'e9', 'J1', 'Plan', 's1', 'Una', '2026-06-30', 15, true, null"),
            gives: "timesheet | e9 | new | ∅ | 0.2500 | 0.2500 | ∅ | ∅"),
        Case(
            "an entry moves out of the month", update("timesheet", "e3", "worked_on = '2026-07-01'"),
            gives: "timesheet | e3 | moved_out | ∅ | -0.7500 | -0.7500 | ∅ | ∅"),
        Case(
            "an entry moves into the month", update("timesheet", "e4", "worked_on = '2026-06-01'"),
            gives: "timesheet | e4 | moved_in | ∅ | 1.5000 | 1.5000 | ∅ | ∅"),
        Case(
            "an entry that was deleted comes back", update("timesheet", "e5", "deleted_at = null"),
            gives: "timesheet | e5 | returned | ∅ | 0.2500 | 0.2500 | ∅ | ∅"),
        Case(
            "an invoice is cancelled", update("invoice", "i1", "status = 'Cancelled', amount_outstanding = 0"),
            gives: "invoice | i1 | changed | status, amount, amount_tax | ∅ | ∅ | -1000.0000 | -100.0000"),
        Case(
            "a draft is approved", update("invoice", "i2", "status = 'APPROVED'"),
            gives: "invoice | i2 | changed | status, amount, amount_tax | ∅ | ∅ | 500.0000 | 50.0000"),
        Case(
            "a credit note is new",
            add(
                "invoice", PeriodFixture.invoice,
                "'n2', 'CN-2', 'Approved', '2026-06-30', null, -30, -3, -33, 0, -33, 'c1', 'Bolt', ''"),
            gives: "invoice | n2 | new | ∅ | ∅ | ∅ | -30.0000 | -3.0000"),
        Case(
            "time becomes billable", update("timesheet", "e2", "billable = true"),
            gives: "timesheet | e2 | changed | billable_hours | 0.0000 | 0.5000 | ∅ | ∅"),
        Case(
            "time goes to another person and job", update("timesheet", "e1", "staff_uuid = 's2', job_number = 'J2'"),
            gives: "timesheet | e1 | changed | job_number, staff_uuid | 0.0000 | 0.0000 | ∅ | ∅"),
        Case(
            "an invoice goes to another client", update("invoice", "n1", "client_uuid = 'c2'"),
            gives: "invoice | n1 | changed | client_uuid | ∅ | ∅ | 0.0000 | 0.0000"),
        Case(
            "an amount is not known any more", update("invoice", "i1", "amount = null"),
            gives: "invoice | i1 | changed | amount | ∅ | ∅ | ∅ | 0.0000"),
        Case(
            "job costs are edited, new and gone", update("job_cost", "k1", "quantity = 3"),
            add("job_cost", PeriodFixture.cost, "'k3', 'J2', '2026-06-30', 'Glue', 1, 2.5"),
            update("job_cost", "k2", "incurred_on = '2026-06-30'"),
            gives: "job_cost | J1/k1 | changed | amount | ∅ | ∅ | 10.0000 | ∅",
            "job_cost | J1/k2 | moved_in | ∅ | ∅ | ∅ | 7.0000 | ∅", "job_cost | J2/k3 | new | ∅ | ∅ | ∅ | 2.5000 | ∅"),
        Case(
            "an invoice is paid", update("invoice", "i1", "status = 'Paid', amount_paid = 1100, amount_outstanding = 0")
        ),
        Case(
            "a draft is edited, another deleted, a third new", update("invoice", "i2", "amount = 600"),
            update("invoice", "x1", "deleted_at = now()"),
            add(
                "invoice", PeriodFixture.invoice,
                "'d9', 'INV-9', 'Draft', '2026-06-30', null, 30, 3, 33, 0, 33, 'c1', 'Bolt', ''")),
        Case(
            "a day within the month and a note change", update("timesheet", "e1", "worked_on = '2026-06-30'"),
            update("timesheet", "e2", "note = 'x'"), update("invoice", "i1", "issued_on = '2026-06-30'")),
        Case(
            "records of other months change", update("timesheet", "e4", "minutes = 1"),
            update("invoice", "i5", "amount = 1")),
    ]

    @Test(
        "Each change is one row with its difference, and all differences add up to what the totals differ by",
        arguments: cases)
    func changes(_ one: Case) async throws {
        let acme = try await PeriodFixture()
        try await acme.close()
        #expect(try await acme.late() == [])
        // These two are known by their versions, which the loader keeps.
        for uuid in ["e4", "e5"] { try await acme.keepVersion(of: "timesheet", uuid) }
        for statement in one.statements { try await acme.records.run(statement) }
        #expect(try await acme.late(LateChangeTests.columns) == one.rows)
        // What is not known adds up to nothing.
        if one.rows.contains(where: { $0.contains("| ∅ | ∅ | ∅ |") }) { return }
        #expect(
            try await acme.records.fixture.rows(
                """
                select abs(now.hours - closed.hours - coalesce(sum(late.hours_difference), 0)) < 0.001,
                    abs(now.billable_hours - closed.billable_hours - coalesce(sum(late.billable_hours_difference), 0))
                        < 0.001,
                    now.amount - closed.amount
                        = coalesce(sum(late.amount_difference) filter (where late.entity = 'invoice'), 0),
                    now.amount_tax - closed.amount_tax = coalesce(sum(late.amount_tax_difference), 0),
                    now.job_costs - closed.job_costs
                        = coalesce(sum(late.amount_difference) filter (where late.entity = 'job_cost'), 0)
                from report.closed_period closed
                cross join inflow.month_totals(closed.connection_id, closed.month_on) now
                left join report.late_changes late on late.closing_id = closed.closing_id
                where closed.connection_id = $1
                group by now.*, now.hours, now.billable_hours, now.amount, now.amount_tax, now.job_costs, closed.hours,
                    closed.billable_hours, closed.amount, closed.amount_tax, closed.job_costs
                """, .int64(acme.records.id)) == ["t | t | t | t | t"])
        let closing = try #require(try await acme.store.closings(of: PeriodFixture.june).first)
        #expect(closing.lateChanges.records == one.rows.count)
    }

    @Test("A late change shows old and new values, names of today, the record's state and the run that saw it")
    func values() async throws {
        let acme = try await PeriodFixture()
        try await acme.close()
        for statement in [
            LateChangeTests.update(
                "invoice", "i1", "status = 'Cancelled', changed_run_id = 41, changed_at = '2026-07-12'"),
            LateChangeTests.update("timesheet", "e3", "worked_on = '2026-07-01', minutes = 50, changed_run_id = 42"),
            LateChangeTests.update("client", "c1", "name = 'Bolt & Co'"),
        ] { try await acme.records.run(statement) }
        #expect(
            try await acme.late(
                "label, closed_dated_on, dated_on, closed_status, status, client_name, job_number, staff_name, "
                    + "closed_hours, hours, closed_amount, amount, run_id, month_on, connection_name") == [
                    "INV-1 | 2026-06-10 | 2026-06-10 | Approved | Cancelled | Bolt & Co | ∅ | ∅ | ∅ | ∅ | 1000.0000 | "
                        + "0.0000 | 41 | 2026-06-01 | Acme",
                    "Lee, J2 | 2026-06-30 | 2026-07-01 | ∅ | ∅ | ∅ | J2 | Lee | 0.7500 | 0.0000 | ∅ | ∅ | 42 | "
                        + "2026-06-01 | Acme",
                ])
        #expect(try await acme.late("changed_on") == ["2026-07-12", "2026-01-02"])
    }

    @Test("The run and the moment are those since which a record counts so, whatever happens to it afterwards")
    func seen() async throws {
        let acme = try await PeriodFixture()
        try await acme.close()
        // A new entry and an edited one are invoiced later; an approval is paid later.
        try await acme.records.run(
            LateChangeTests.add(
                "timesheet", PeriodFixture.entry, "'e9', 'J1', 'Plan', 's1', 'Una', '2026-06-30', 15, true, null"))
        for (day, run, statements) in [
            (
                "2026-07-11", 11,
                [("timesheet", "e1", "minutes = 70"), ("invoice", "i2", "status = 'Approved', amount = 510")]
            ),
            (
                "2026-07-12", 12,
                [
                    ("timesheet", "e1", "invoice_task_uuid = 't'"), ("timesheet", "e9", "invoice_task_uuid = 't'"),
                    ("invoice", "i2", "status = 'Paid'"), ("invoice", "i1", "deleted_at = now()"),
                ]
            ),
        ] {
            for (table, uuid, set) in statements {
                try await acme.keepVersion(of: table, uuid, until: day, run: run)
                try await acme.records.run(
                    LateChangeTests.update(table, uuid, "\(set), changed_run_id = \(run), changed_at = '\(day)'"))
            }
        }
        #expect(
            try await acme.late(
                "record_key, change, run_id, changed_at = (select max(valid_until) from inflow.history "
                    + "h where h.key = v.record_key and h.run_id = v.run_id)") == [
                    "i1 | deleted | 12 | t", "i2 | changed | 11 | t", "e1 | changed | 11 | t", "e9 | new | 999 | ∅",
                ])
        // What is not kept any more cannot say it.
        try await acme.records.run("delete from inflow.history where connection_id = $1")
        #expect(
            try await acme.late("record_key, run_id") == ["i1 | 12", "i2 | 12", "e1 | 12", "e9 | 999"])
    }

    @Test("Where the version of the closing was deleted, a record that came back is called moved_in; the figures stay")
    func pruned() async throws {
        let acme = try await PeriodFixture()
        try await acme.close()
        try await acme.records.run(LateChangeTests.update("timesheet", "e5", "deleted_at = null"))
        #expect(try await acme.late("record_key, change, hours_difference") == ["e5 | moved_in | 0.2500"])
    }

    @Test("A record that moves between two closed months is late in both, and the hours are where they were")
    func twoMonths() async throws {
        let acme = try await PeriodFixture()
        try await acme.close()
        let may = PeriodFixture.june.adding(months: -1)
        _ = try await acme.store.close(may, by: "Una", note: nil, evenIncomplete: true, now: PeriodFixture.july)
        try await acme.keepVersion(of: "timesheet", "e4")
        try await acme.records.run(LateChangeTests.update("timesheet", "e4", "worked_on = '2026-06-01'"))
        #expect(
            try await acme.records.view("month_on, change, hours_difference", "late_changes", by: "month_on") == [
                "2026-05-01 | moved_out | -1.5000", "2026-06-01 | moved_in | 1.5000",
            ])
    }

    @Test(
        "Finding late changes reads the closed months only, for a reader, too, however many other records there are",
        arguments: [false, true])
    func cost(_ isReader: Bool) async throws {
        let acme = try await PeriodFixture()
        try await acme.close()
        try await acme.records.run(LateChangeTests.update("timesheet", "e3", "worked_on = '2026-07-01'"))
        let access = try await ReaderRoles(acme.records.fixture.warehouse).access(
            for: .connection(acme.records.fixture.connection))
        let reader = try await ReaderRoles.login(access)
        let session = isReader ? reader : acme.records.fixture.session
        func pages(_ years: ClosedRange<Int>...) async throws -> Int {
            for table in LateChangeTests.tables {
                for span in years { try await acme.records.run(LateChangeTests.many(table, span)) }
                try await acme.records.fixture.session.execute("vacuum analyze wfm.\(table)")
            }
            let plan = try await session.query(
                "explain (analyze, buffers, timing off) select * from report.late_changes where connection_id = $1",
                [.int64(acme.records.id)]
            ).compactMap { $0[0].string }
            for table in LateChangeTests.tables {
                #expect(!plan.contains { $0.contains("Seq Scan on \(table)") }, "\(plan)")
            }
            let first = plan.first { $0.contains("Buffers: shared") } ?? ""
            return first.matches(of: /(?:hit|read)=([0-9]+)/).compactMap { Int($0.output.1) }.reduce(0, +)
        }
        // Before the closed month and after it.
        let (few, many) = (try await pages(2024...2025, 2027...2028), try await pages(2018...2023, 2029...2034))
        #expect(few > 0)
        #expect(many <= few + few / 2 + 20, "\(many) pages with four times the records, \(few) before")
        await reader.close()
        try await Readers.dropRole(access.user)
    }

    private static let tables = ["timesheet", "invoice", "job_cost"]

    /// Records of other months, four a day.
    private static func many(_ table: String, _ years: ClosedRange<Int>) -> String {
        let day =
            "from generate_series('\(years.lowerBound)-01-01'::timestamp, '\(years.upperBound)-12-31', '6 hours') d (d)"
        let system = "$1, 1, 1, now(), now(), '', md5(d.d::text)"
        let names = "connection_id, first_run_id, changed_run_id, changed_at, asked_at, content_hash, uuid"
        return switch table {
        case "timesheet":
            "insert into wfm.timesheet (\(names), job_number, worked_on, minutes, billable) "
                + "select \(system), 'J1', d.d::date, 60, true \(day)"
        case "invoice":
            "insert into wfm.invoice (\(names), status, issued_on, amount) select \(system), 'Paid', d.d::date, 1 \(day)"
        default:
            "insert into wfm.job_cost (\(names), job_number, incurred_on, quantity, unit_cost) "
                + "select \(system), 'J1', d.d::date, 1, 1 \(day)"
        }
    }
}
