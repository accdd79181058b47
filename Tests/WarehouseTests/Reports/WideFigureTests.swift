import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.1 Figures wider than a column", .platform)
struct WideFigureTests {
    private static let most = "999999999999999"

    /// Records each of which is loaded as it is, and whose sums, products and shares no column of a report holds; beside
    /// them a job, a client, a person and a supplier like any other.
    private func filled() async throws -> ReportFixture {
        let (acme, most) = (try await ReportFixture(), WideFigureTests.most)
        try await acme.insert("client", "uuid, name", "'c1', 'Absurd'", "'c2', 'Bolt'")
        try await acme.insert("staff", "uuid, name", "'s1', 'Una'", "'s2', 'Lee'")
        try await acme.insert("supplier", "uuid, name", "'x1', 'Steel'", "'x2', 'Glass'")
        try await acme.insert(
            "job", "uuid, number, name, state, client_uuid, budget, created_at, start_on, approved_quote_uuid",
            "'j1', 'J1', 'Absurd', 'Open', 'c1', \(most), '2026-01-01', '2026-01-01', 'q1'",
            "'j2', 'J2', 'Plan', 'Open', 'c2', 100, '2026-01-01', '2026-01-01', null")
        try await acme.insert(
            "job_task", "job_uuid, uuid, position, name, estimated_minutes", "'j1', 'k1', 1, 'All', 2147483647",
            "'j1', 'k2', 2, 'More', 2147483647", "'j1', 'k3', 3, 'Most', 2147483647", "'j1', 'k4', 4, 'And', 1",
            "'j2', 'k5', 1, 'Plan', 60")
        try await acme.insert(
            "quote", "uuid, number, state, issued_on, client_uuid, amount, estimated_cost, lead_uuid",
            "'q1', 'Q1', 'Accepted', '2026-01-05', 'c1', \(most), -\(most), 'a1'",
            "'q2', 'Q2', 'Accepted', '2026-01-06', 'c1', \(most), 0, 'a1'",
            "'q3', 'Q3', 'Declined', '2026-01-07', 'c2', 10, 5, 'a2'")
        try await acme.insert(
            "lead", "uuid, name, state, issued_on, estimated_value, client_uuid",
            "'a1', 'Absurd', 'Current', '2026-01-01', \(most), 'c1'", "'a2', 'Small', 'Current', '2026-01-01', 7, 'c2'")
        let invoices = [
            ("i1", "J1", "c1", most), ("i2", "J1", "c1", most), ("i3", "J2", "c2", "40"), ("i4", "J1", "c1", most),
            ("i5", "J1", "c1", most),
        ]
        for (uuid, job, client, amount) in invoices {
            try await acme.insert(
                "invoice",
                "uuid, number, type, status, job_text, client_uuid, issued_on, due_on, amount, amount_tax, "
                    + "amount_including_tax, amount_paid, amount_outstanding",
                "'\(uuid)', '\(uuid)', 'Progress Invoice', 'Approved', '\(job)', '\(client)', '2026-01-31', '2026-02-28', "
                    + "\(amount), 0, \(amount), 0, \(amount)")
        }
        try await acme.insert(
            "invoice_task",
            "invoice_uuid, uuid, position, job_number, minutes, billable, amount, amount_tax, amount_including_tax",
            "'i1', 'l1', 1, 'J1', 1, true, -\(most), 0, -\(most)", "'i2', 'l2', 1, 'J1', 1, true, \(most), 0, \(most)",
            "'i3', 'l3', 1, 'J2', 60, true, 40, 0, 40", "'i4', 'l4', 1, 'J1', 1, true, \(most), 0, \(most)",
            "'i5', 'l5', 1, 'J1', 1, true, \(most), 0, \(most)")
        try await acme.insert(
            "job_cost", "job_number, uuid, incurred_on, quantity, unit_cost, unit_price, billable, supplier_uuid",
            "'J1', 'p1', '2026-02-01', \(most), \(most), -\(most), true, 'x1'",
            "'J2', 'p2', '2026-02-01', 2, 3, 4, true, 'x2'")
        try await acme.costsRead("J1", "J2")
        try await acme.insert(
            "purchase_order",
            "number, job_number, issued_on, state, amount, amount_including_tax, supplier_uuid",
            "'P1', 'J1', '2026-01-01', 'Approved', \(most), \(most), 'x1'",
            "'P2', 'J1', '2026-01-02', 'Approved', \(most), \(most), 'x1'",
            "'P3', 'J2', '2026-01-02', 'Approved', 20, 22, 'x2'")
        try await acme.set(
            "staff_rate", "staff_uuid, valid_from, cost_rate, charge_rate", "'s1', '2020-01-01', 999999999, 999999999",
            "'s2', '2020-01-01', 50, 100")
        for number in 1...4 {
            try await acme.insert(
                "timesheet",
                "uuid, job_number, task_uuid, staff_uuid, staff_name, worked_on, minutes, billable, invoice_task_uuid",
                "'t\(number)', 'J1', 'k4', 's1', 'Una', '2026-01-05', 2147483647, true, \(number == 1 ? "'l2'" : "null")"
            )
        }
        try await acme.insert(
            "timesheet",
            "uuid, job_number, task_uuid, staff_uuid, staff_name, worked_on, minutes, billable, invoice_task_uuid",
            "'u1', 'J2', 'k5', 's2', 'Lee', '2026-01-05', 60, true, 'l3'",
            "'u2', 'J2', 'k5', 's2', 'Lee', '2026-01-06', 90, true, null")
        for entity in ["invoice", "timesheet"] {
            try await acme.run(
                """
                insert into inflow.coverage (connection_id, entity, month, verified_at, run_id)
                select $1, '\(entity)', month::date, now(), 1
                from generate_series('2025-12-01', now() at time zone 'GMT', interval '1 month') month
                """)
            try await acme.run(
                """
                insert into inflow.chunk (connection_id, run_id, entity, chunk, status, asked_at, ended_at)
                values ($1, 1, '\(entity)', 'a', 'loaded', '2025-12-01', '2025-12-01')
                """)
        }
        return acme
    }

    /// Reads all of every view of schemas `report` and `bi`, and of the reports as of a day.
    private func readAll(_ acme: ReportFixture) async throws {
        let views = try await acme.fixture.rows(
            "select format('%I.%I', schemaname, viewname) from pg_views where schemaname in ('report', 'bi') order by 1"
        )
        #expect(views.count > 40)
        let asOf = ["work_in_progress_as_of", "receivables_ageing_as_of"].map { "report.\($0)('2026-03-01')" }
        for from in views + asOf {
            await #expect(throws: Never.self, "\(from)") {
                try await acme.fixture.rows("select md5(string_agg(v::text, '')) from \(from) v")
            }
        }
    }

    @Test("No report fails for records whose sums, products or shares are too wide, by kept sums or without")
    func allReports() async throws {
        let acme = try await filled()
        try await readAll(acme)
        try await KeptSums(acme.fixture.warehouse, acme.fixture.connection).keep()
        try await readAll(acme)
        #expect(try await KeptSums(acme.fixture.warehouse, acme.fixture.connection).wrong() == [])
    }

    @Test("What is too wide is null and named so where a source is named; every other figure and row is as ever")
    func nulls() async throws {
        let acme = try await filled()
        let jobs = try await acme.view(
            "job_number, worked_hours, time_cost, time_cost_source, time_value_source, job_costs, invoiced",
            "job_profitability", by: "1")
        #expect(
            jobs == [
                "J1 | ∅ | ∅ | too large | too large | ∅ | ∅", "J2 | 2.5000 | 125.0000 | set | set | 6.0000 | 40.0000",
            ])
        #expect(
            try await acme.view(
                "job_number, unbilled_hours, time_value, time_value_source, w90_more", "work_in_progress", by: "1") == [
                    "J1 | ∅ | ∅ | too large | ∅", "J2 | 1.5000 | 150.0000 | set | 150.0000",
                ])
        #expect(
            try await acme.view(
                "job_number, time_value, time_value_source", "work_in_progress_as_of('2026-03-01')", by: "1") == [
                    "J1 | ∅ | too large", "J2 | 150.0000 | set",
                ])
        #expect(
            try await acme.view("client_name, invoices, amount", "invoices_by_month", by: "1")
                == ["Absurd | 4 | ∅", "Bolt | 1 | 40.0000"])
        #expect(
            try await acme.view("client_name, outstanding_including_tax", "receivables_ageing_by_client", by: "1")
                == ["Absurd | ∅", "Bolt | 40.0000"])
        #expect(
            try await acme.view("invoice_number, kind, amount", "invoice_line", by: "1, 2") == [
                "i1 | header | ∅", "i1 | time | -999999999999999.0000", "i2 | time | 999999999999999.0000",
                "i3 | time | 40.0000", "i4 | time | 999999999999999.0000", "i5 | time | 999999999999999.0000",
            ])
        #expect(
            try await acme.view("staff_name, hours, invoiced_amount", "staff_utilisation", by: "1")
                == ["Lee | 2.5000 | 40.0000", "Una | ∅ | ∅"])
        #expect(
            try await acme.view("task_name, estimated_hours, worked_hours, ratio", "estimate_accuracy", by: "1") == [
                "All | 35791394.1167 | 0.0000 | 0.0000", "And | 0.0167 | ∅ | 8589934588.0000",
                "More | 35791394.1167 | 0.0000 | 0.0000", "Most | 35791394.1167 | 0.0000 | 0.0000",
                "Plan | 1.0000 | 2.5000 | 2.5000",
            ])
    }

    @Test("The widest figures that fit are shown, the narrowest that do not are null")
    func edges() async throws {
        let acme = try await ReportFixture()
        #expect(
            try await acme.fixture.rows(
                """
                select inflow.money(v)::numeric(19, 4)
                from unnest(array[
                    999999999999999.99994, 999999999999999.99995, 1e15, 1e300, -999999999999999.99994,
                    -999999999999999.99995, -1e15, 'NaN', 'Infinity', '-Infinity', 0, null, 12.34567
                ]::numeric[]) with ordinality t (v, n) order by n
                """) == [
                    "999999999999999.9999", "∅", "∅", "∅", "-999999999999999.9999", "∅", "∅", "∅", "∅", "∅", "0.0000",
                    "∅",
                    "12.3457",
                ])
        #expect(
            try await acme.fixture.rows(
                """
                select inflow.hours(v)::numeric(12, 4)
                from unnest(array[99999999.99994, 99999999.99995, -99999999.99994, -1e8, 0, null]::numeric[])
                    with ordinality t (v, n) order by n
                """) == ["99999999.9999", "∅", "-99999999.9999", "∅", "0.0000", "∅"])
    }
}
