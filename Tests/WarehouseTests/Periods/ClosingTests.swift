import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.5 Closing a month", .platform)
struct ClosingTests {
    /// The totals of June 2026 of the fixture, by hand: 135 minutes, 105 of them billable.
    private static let june =
        "3 | 2.2500 | 1.7500 | 1 | 1 | 960.0000 | -40.0000 | 96.0000 | 20.0000"
    private static let totals =
        "entries, hours, billable_hours, invoices, credit_notes, amount, credit_amount, amount_tax, job_costs"

    private static let monthly = ["invoices_by_month", "timesheet_by_month", "staff_utilisation"]

    @Test("The totals are those of approved and paid documents, time entries and job costs of the month")
    func totals() async throws {
        let acme = try await PeriodFixture()
        guard case .closed(let closing) = try await acme.close() else { throw Unexpected() }
        #expect(closing.totals.hours == Decimal(string: "2.25") && closing.totals.jobCosts == 20)
        #expect(closing.totals.amount == 960 && closing.totals.creditNotes == 1)
        #expect(closing.lateChanges.records == 0 && closing.missing == nil)
        #expect(closing.dataAsOf == Date(timeIntervalSince1970: 1_783_123_200), "the costs were read on 4 July")
        #expect(
            try await acme.records.view(
                "month_on, is_closed, closed_by, was_complete, missing, reopened_at, \(ClosingTests.totals)",
                "closed_period", by: "closing_id") == ["2026-06-01 | t | Una | t | ∅ | ∅ | \(ClosingTests.june)"])
        #expect(try await acme.store.totals(of: PeriodFixture.june) == closing.totals)
    }

    @Test("The signed-off rows are those of the open views at the closing, and totals equal them", arguments: monthly)
    func rows(_ view: String) async throws {
        let acme = try await PeriodFixture()
        try await acme.close()
        let fixture = acme.records.fixture
        let columns = try await fixture.rows(
            "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute "
                + "where attrelid = 'report.\(view)'::regclass and attnum > 0")[0]
        let open = "select \(columns) from report.\(view) where connection_id = $1 and month_on = '2026-06-01'"
        let closed = "select \(columns) from report.\(view)_as_closed where connection_id = $1"
        let id = PostgresParameter.int64(acme.records.id)
        let expected = try await fixture.rows("\(open) order by 1, 2, 3, 4, 5, 6", id)
        #expect(!expected.isEmpty)
        #expect(try await fixture.rows("\(closed) order by 1, 2, 3, 4, 5, 6", id) == expected)
        let sum = view == "invoices_by_month" ? "sum(amount)" : "sum(hours)"
        let total = view == "invoices_by_month" ? "amount" : "hours"
        #expect(
            try await fixture.rows("select \(sum) from report.\(view)_as_closed")
                == fixture.rows("select \(total) from report.closed_period"))
    }

    @Test(
        "A renamed connection keeps its closed months and late changes, under its new name; another may take the old one"
    )
    func renamed() async throws {
        let acme = try await PeriodFixture()
        try await acme.close()
        try await acme.records.run(
            "update wfm.timesheet set minutes = 600 where connection_id = $1 and uuid = 'e1'")
        let views = [
            "closed_period", "invoices_by_month_as_closed", "timesheet_by_month_as_closed",
            "staff_utilisation_as_closed",
            "receivables_ageing_as_closed", "late_changes",
        ]
        func rows(_ view: String) async throws -> [String] {
            try await acme.records.view("to_jsonb(v) - 'connection_name'", view, by: "1")
        }
        func names(_ view: String) async throws -> [String] {
            try await acme.records.view("distinct connection_name", view, by: "1")
        }
        var before: [String: [String]] = [:]
        for view in views {
            before[view] = try await rows(view)
            #expect(before[view]?.isEmpty == false, "\(view)")
        }
        let warehouse = acme.records.fixture.warehouse
        try await ConnectionStore(warehouse).rename(acme.records.fixture.connection, to: "Acme of York")
        let other = try await PeriodFixture("Acme")
        for view in views {
            #expect(try await rows(view) == before[view], "\(view)")
            #expect(try await names(view) == ["Acme of York"], "\(view)")
            #expect(try await other.records.view("count(*)", view, by: "1") == ["0"], "\(view)")
        }
        let closings = try await acme.store.closings()
        #expect(closings.count == 1 && closings[0].lateChanges.records == 1 && closings[0].reopening == nil)
        guard case .closed = try await other.close() else { throw Unexpected() }
        #expect(try await rows("closed_period") == before["closed_period"])
    }

    @Test("Receivables are aged to the month's end, of invoices dated up to it, as they were known at the closing")
    func receivables() async throws {
        let acme = try await PeriodFixture()
        try await acme.records.insert(
            "invoice", PeriodFixture.invoice,
            "'i6', 'INV-6', 'Approved', '2026-06-30', '2026-07-30', 50, 5, 55, 0, 55, 'c1', 'Bolt', ''",
            "'i7', 'INV-7', 'Approved', '2026-07-01', '2026-07-31', 60, 6, 66, 0, 66, 'c1', 'Bolt', ''")
        try await acme.close()
        // Paid later, and an invoice that Inflow had not seen.
        try await acme.records.run(
            "update wfm.invoice set status = 'Paid', amount_outstanding = 0 where connection_id = $1")
        #expect(
            try await acme.records.view(
                "month_on, as_of_on, invoice_number, days_overdue, bucket, outstanding_including_tax, d1_30, "
                    + "unapplied_credit", "receivables_ageing_as_closed", by: "invoice_number") == [
                    "2026-06-01 | 2026-06-30 | CN-1 | 5 | unapplied_credit | -44.0000 | 0.0000 | -44.0000",
                    "2026-06-01 | 2026-06-30 | INV-1 | 10 | d1_30 | 1100.0000 | 1100.0000 | 0.0000",
                    "2026-06-01 | 2026-06-30 | INV-3 | 30 | d1_30 | 220.0000 | 220.0000 | 0.0000",
                    "2026-06-01 | 2026-06-30 | INV-6 | -30 | not_due | 55.0000 | 0.0000 | 0.0000",
                ])
        #expect(try await acme.records.view("count(*)", "receivables_ageing", by: "1") == ["0"])
    }

    @Test("Signed-off rows keep figures and names, whatever is edited, renamed or deleted afterwards")
    func kept() async throws {
        let acme = try await PeriodFixture()
        try await acme.close()
        let looks = [
            ("client_name, amount, outstanding_including_tax, drafts_amount", "invoices_by_month_as_closed"),
            ("staff_name, job_name, client_name, hours", "timesheet_by_month_as_closed"),
            ("staff_name, hours, capacity_hours", "staff_utilisation_as_closed"),
        ]
        var before: [[String]] = []
        for look in looks { before.append(try await acme.records.view(look.0, look.1, by: "1, 2, 3")) }
        #expect(before[0] == ["Bolt | 960.0000 | 1056.0000 | 0.0000", "Cog | 0.0000 | 0.0000 | 500.0000"])
        for statement in [
            "update wfm.client set name = 'Renamed'", "update wfm.staff set name = 'Renamed', deleted_at = now()",
            "update wfm.invoice set amount = 1, status = 'Paid'", "update wfm.timesheet set minutes = 1",
            "update wfm.job set name = 'Renamed'",
            "insert into setting.staff_capacity (connection_id, staff_uuid, valid_from, monday_hours) "
                + "select id, 's1', '2020-01-01', 8 from inflow.connection",
        ] { try await acme.records.fixture.rows(statement) }
        for (place, look) in looks.enumerated() {
            #expect(try await acme.records.view(look.0, look.1, by: "1, 2, 3") == before[place], "\(look.1)")
        }
        #expect(try await acme.records.view("count(*)", "late_changes", by: "1") != ["0"])
    }

    @Test("A closed month is not closed again until it is reopened; each closing and reopening is kept")
    func reopening() async throws {
        let acme = try await PeriodFixture()
        try await acme.close()
        guard case .alreadyClosed(let first) = try await acme.close(by: "Lee") else { throw Unexpected() }
        #expect(first.closedBy == "Una")
        let reopened = try await acme.store.reopen(PeriodFixture.june, by: "Lee", note: "INV-1 was wrong")
        #expect(reopened?.id == first.id && reopened?.reopening?.reopenedBy == "Lee")
        #expect(try await acme.store.reopen(PeriodFixture.june, by: "Lee", note: nil) == nil, "it is open")
        try await acme.records.run("update wfm.invoice set amount = 1100 where connection_id = $1 and uuid = 'i1'")
        for view in ClosingTests.monthly.map({ $0 + "_as_closed" }) + ["receivables_ageing_as_closed", "late_changes"] {
            #expect(try await acme.records.view("count(*)", view, by: "1") == ["0"], "\(view)")
        }
        guard case .closed(let second) = try await acme.close(by: "Lee") else { throw Unexpected() }
        #expect(second.id != first.id && second.totals.amount == 1060)
        #expect(try await acme.late() == [], "the second closing has the new amount")
        #expect(
            try await acme.records.view(
                "is_closed, closed_by, amount, reopened_by, reopening_note", "closed_period", by: "closing_id") == [
                    "f | Una | 960.0000 | Lee | INV-1 was wrong", "t | Lee | 1060.0000 | ∅ | ∅",
                ])
        #expect(try await acme.store.closings().map(\.id) == [second.id, first.id])
        #expect(
            try await acme.records.view("sum(amount)", "invoices_by_month_as_closed", by: "1") == ["1060.0000"])
    }

    @Test("Of two processes that close a month in the same moment, one does, and the other is told")
    func twice() async throws {
        let acme = try await PeriodFixture()
        let outcomes = try await withThrowingTaskGroup(of: PeriodStore.Outcome.self) { group in
            for person in ["Una", "Lee", "Fay"] { group.addTask { try await acme.close(by: person) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { if case .closed = $0 { true } else { false } } == 1, "\(outcomes)")
        #expect(outcomes.count { if case .alreadyClosed = $0 { true } else { false } } == 2, "\(outcomes)")
        #expect(try await acme.records.view("count(*)", "closed_period", by: "1") == ["1"])
    }

    @Test("A month that is not over in the connection's zone is not closed", arguments: [false, true])
    func notOver(_ evenIncomplete: Bool) async throws {
        let acme = try await PeriodFixture()
        var connection = acme.records.fixture.connection
        connection.settings.timeZone = try #require(TimeZone(identifier: "Pacific/Auckland"))
        let store = PeriodStore(acme.records.fixture.warehouse, connection)
        // Midnight at the end of June in Auckland is noon in London.
        let midnight = Date(timeIntervalSince1970: 1_782_820_800)
        let early = try await store.close(
            PeriodFixture.june, by: "Una", note: nil, evenIncomplete: evenIncomplete, now: midnight - 1)
        #expect(early == .notOver(until: PeriodFixture.june.adding(months: 1)))
        #expect(try await acme.records.view("count(*)", "closed_period", by: "1") == ["0"])
        guard
            case .closed = try await store.close(
                PeriodFixture.june, by: "Una", note: nil, evenIncomplete: evenIncomplete, now: midnight)
        else { throw Unexpected() }
    }

    @Test("A month whose records may be missing is closed only on request, which says what was missing")
    func incomplete() async throws {
        let acme = try await PeriodFixture()
        try await acme.read("timesheet", at: "2026-06-30")
        try await acme.records.run("delete from inflow.coverage where connection_id = $1 and entity = 'invoice'")
        try await acme.records.run("update inflow.value_state set waiting = 1 where connection_id = $1")
        let missing =
            "timesheet: the last reading was sent before its end and the days for late entries; invoice: it was never "
            + "asked for; job_cost: 1 of 2 jobs wait for their costs to be read"
        #expect(try await acme.close() == .incomplete(missing))
        #expect(try await acme.records.view("count(*)", "closed_period", by: "1") == ["0"])
        guard case .closed(let closing) = try await acme.close(evenIncomplete: true) else { throw Unexpected() }
        #expect(closing.missing == missing && closing.dataAsOf == nil)
        #expect(
            try await acme.records.view("was_complete, missing", "closed_period", by: "1") == ["f | \(missing)"])
        // What the first reading brings is late all the same.
        try await acme.records.insert(
            "timesheet", PeriodFixture.entry, "'e9', 'J1', 'Plan', 's1', 'Una', '2026-06-30', 15, true, null")
        try await acme.records.run(
            "update wfm.timesheet set first_run_id = 999 where connection_id = $1 and uuid = 'e9'")
        #expect(try await acme.late() == ["timesheet | e9 | new | ∅"])
    }

    @Test("A missing, held or rejected record of the month keeps it from being complete, one of another month does not")
    func gaps() async throws {
        let acme = try await PeriodFixture()
        let hold = """
            insert into inflow.missing (
                connection_id, entity, key, dated_on, chunk, asked_at, run_id, first_run_id, status)
            values ($1, 'invoice', 'i9', '%', 'whole', now(), 1, 1, 'held')
            """
        try await acme.records.run(hold.replacing("%", with: "2026-05-03"))
        try await acme.records.run(hold.replacing("%", with: "2026-06-03").replacing("i9", with: "i8"))
        #expect(try await acme.close() == .incomplete("invoice: missing records wait for a person's decision"))
        try await acme.records.run("delete from inflow.missing where connection_id = $1 and key = 'i8'")
        guard case .closed = try await acme.close() else { throw Unexpected() }
    }

    @Test("Where Inflow does not read job costs, they are no part of what is signed off, then and later")
    func withoutCosts() async throws {
        let acme = try await PeriodFixture(readsCosts: false)
        guard case .closed(let closing) = try await acme.close() else { throw Unexpected() }
        #expect(closing.totals.jobCosts == nil && closing.missing == nil)
        try await acme.records.run("update wfm.job_cost set quantity = 9 where connection_id = $1")
        #expect(try await acme.late() == [])
    }

    @Test("A load that goes on neither waits for a closing nor holds it up, and what it commits is a late change")
    func whileLoading() async throws {
        let acme = try await PeriodFixture()
        let loading = try await acme.records.fixture.warehouse.session("test")
        try await loading.execute("begin; update wfm.invoice set amount = 1500 where uuid = 'i1'")
        guard case .closed(let closing) = try await acme.close() else { throw Unexpected() }
        #expect(closing.totals.amount == 960)
        #expect(try await acme.late() == [])
        try await loading.execute("update wfm.timesheet set minutes = 61 where uuid = 'e1'; commit")
        await loading.close()
        #expect(
            try await acme.late() == [
                "invoice | i1 | changed | amount", "timesheet | e1 | changed | hours, billable_hours",
            ])
    }

    @Test("A reader sees the closings, figures and late changes of its own connection and of no other")
    func readers() async throws {
        let (acme, other) = (try await PeriodFixture(), try await PeriodFixture("Other"))
        for fixture in [acme, other] {
            try await fixture.close()
            try await fixture.records.run("update wfm.invoice set amount = 7 where connection_id = $1 and uuid = 'i1'")
        }
        let access = try await ReaderRoles(acme.records.fixture.warehouse).access(
            for: .connection(acme.records.fixture.connection))
        let reader = try await ReaderRoles.login(access)
        for view in ClosingTests.monthly.map({ $0 + "_as_closed" })
            + ["receivables_ageing_as_closed", "late_changes", "closed_period"]
        {
            let seen = try await reader.query("select distinct connection_id from report.\(view)")
            #expect(try seen.map { try $0.int64("connection_id") } == [acme.records.id], "\(view)")
            let all = try await acme.records.fixture.rows("select count(distinct connection_id) from report.\(view)")
            #expect(all == ["2"], "\(view)")
        }
        await reader.close()
        try await Readers.dropRole(access.user)
    }

    @Test("Closings stay with the records of a removed connection, or go with them; another connection keeps its own")
    func removal() async throws {
        let (acme, other) = (try await PeriodFixture(), try await PeriodFixture("Other"))
        for fixture in [acme, other] { try await fixture.close() }
        let records = acme.records.fixture
        func holders(_ table: String) async throws -> [String] {
            try await records.rows("select distinct connection_id from inflow.\(table) order by 1")
        }
        _ = try await ConnectionRemoval(records.warehouse, records.connection, keepingData: true, tables: []).run()
        #expect(
            try await records.rows(
                "select connection_name, sum(amount) from report.invoices_by_month_as_closed "
                    + "group by connection_name order by 1") == ["Other | 960.0000", "∅ | 960.0000"])
        _ = try await ConnectionRemoval(
            records.warehouse, other.records.fixture.connection, keepingData: false, tables: ["wfm.invoice"]
        ).run()
        for table in ["closing", "closed_row", "closed_record"] {
            #expect(try await holders(table) == ["\(acme.records.id)"], "\(table)")
        }
    }

    /// An outcome that the test does not expect.
    private struct Unexpected: Error {}
}
