import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.2 Jobs: profit, estimates, schedule, orders", .platform)
struct JobReportTests {
    private static let today = "(now() at time zone 'GMT')::date"

    /// A job with a quote, time of a person with a rate and of one without, costs, orders and a two-job invoice.
    private func filled() async throws -> ReportFixture {
        let acme = try await ReportFixture()
        try await acme.insert("client", "uuid, name, deleted_at", "'c1', 'Bolt', now()")
        try await acme.insert("staff", "uuid, name", "'s1', 'Una '")
        try await acme.insert(
            "job",
            "uuid, number, name, state, client_uuid, client_name, manager_uuid, manager_name, budget, start_on, "
                + "completed_on, approved_quote_uuid, deleted_at",
            "'j1', 'J1', 'Plan', 'Open', 'c1', 'Bolt then', 's9', 'Former Fay', 4000, '2026-01-01', null, 'q1', null",
            "'j2', 'J2', 'Build', 'Done', 'c9', 'Never loaded', 's1', 'Una', null, '2026-02-01', '2026-03-31', "
                + "null, null",
            "'j3', 'J3', 'Gone', 'Open', 'c1', 'Bolt', null, null, null, null, null, null, now()")
        try await acme.insert(
            "quote", "uuid, number, state, issued_on, amount, estimated_cost",
            "'q1', 'Q1', 'Accepted', '2026-01-01', 5000, 3000")
        try await acme.insert(
            "job_task",
            "job_uuid, uuid, position, task_uuid, name, estimated_minutes, actual_minutes, completed, due_on",
            "'j1', 'k1', 1, 'cat', 'Draw it', 600, 90, false, '2026-02-10'",
            "'j1', 'k2', 2, null, 'Extra', 0, 0, true, null")
        try await acme.insert("task", "uuid, name", "'cat', 'Drawing'")
        try await acme.insert(
            "timesheet", "uuid, job_number, task_uuid, staff_uuid, worked_on, minutes, billable, deleted_at",
            "'e1', 'J1', 'k1', 's1', '2026-02-28', 120, true, null",
            "'e2', 'J1', 'k1', 's1', '2026-03-01', 60, true, null",
            "'e3', 'J1', 'k2', 's1', '2026-03-01', -15, false, null",
            "'e4', 'J1', 'k1', 's1', '2026-03-01', 600, true, now()",
            "'e5', 'J2', null, 's9', '2026-03-01', 60, true, null")
        try await acme.insert(
            "invoice", "uuid, number, status, issued_on, amount", "'i1', 'I1', 'Paid', '2026-03-31', 1000",
            "'i2', 'CN-1', 'Approved', '2026-04-01', -100", "'d1', 'I3', 'Draft', '2026-03-31', 9000")
        try await acme.insert(
            "invoice_task", "invoice_uuid, uuid, position, job_number, amount", "'i1', 't1', 1, 'J1', 600",
            "'i1', 't2', 2, 'J2', 300", "'i2', 't3', 1, 'J1', -100", "'d1', 't4', 1, 'J1', 9000")
        try await acme.insert("invoice_cost", "invoice_uuid, position, job_number, amount", "'i1', 1, 'J1', 100")
        try await acme.insert(
            "job_cost", "job_number, uuid, quantity, unit_cost, unit_price, billable, supplier_uuid, deleted_at",
            "'J1', 'x1', 2, 25.5, 40, true, 'p1', null", "'J1', 'x2', 1, 9, 12, false, null, null",
            "'J1', 'x3', 1, 900, 999, true, 'p1', now()")
        try await acme.insert(
            "purchase_order", "number, state, issued_on, amount, supplier_uuid, supplier_name, job_number, deleted_at",
            "'P1', 'Issued', '2026-01-05', 40, 'p1', 'Paper', 'J1', null",
            "'P2', 'Issued', '2026-01-06', 30, 'p1', 'Paper', 'J1', null",
            "'P3', 'Draft', '2026-01-06', 500, 'p1', 'Paper', 'J1', null",
            "'P4', 'Issued', '2026-01-06', 500, 'p1', 'Paper', 'J1', now()",
            "'P5', 'Issued', '2026-01-06', 70, 'p2', 'Ink', 'J2', null")
        try await acme.set(
            "staff_rate", "staff_uuid, valid_from, cost_rate, charge_rate", "'s1', '2026-01-01', 50, 100",
            "'s1', '2026-03-01', 80, null")
        return acme
    }

    @Test("Costs, value and margin of a job are there where all of it is known, else null, never 0")
    func profitability() async throws {
        let acme = try await filled()
        try await acme.run(JobReportTests.covered)
        let columns =
            "job_number, client_name, manager_name, budget, quoted, quoted_cost, estimated_hours, worked_hours, "
            + "billable_hours, "
            + "time_cost, time_cost_source, time_value, time_value_source, job_costs, ordered_not_booked, "
            + "invoiced_time, "
            + "invoiced_costs, invoiced, margin, margin_share, write_up"
        let second =
            "J2 | Never loaded | Una | ∅ | ∅ | ∅ | 0.0000 | 1.0000 | 1.0000 | ∅ | none | ∅ | none | ∅ | ∅ | "
            + "300.0000 | 0.0000 | "
            + "300.0000 | ∅ | ∅ | ∅"
        #expect(
            try await acme.view(columns, "job_profitability", by: "1") == [
                "J1 | Bolt | Former Fay | 4000.0000 | 5000.0000 | 3000.0000 | 10.0000 | 2.7500 | 3.0000 | "
                    + "160.0000 | set | ∅ | "
                    + "none | 60.0000 | ∅ | 500.0000 | 100.0000 | 600.0000 | 380.0000 | 0.6333 | ∅", second,
            ])
        try await acme.costsRead("J1")
        try await acme.run(
            "update setting.staff_rate set charge_rate = 200 where connection_id = $1 and charge_rate is null")
        #expect(
            try await acme.view(columns, "job_profitability", by: "1") == [
                "J1 | Bolt | Former Fay | 4000.0000 | 5000.0000 | 3000.0000 | 10.0000 | 2.7500 | 3.0000 | "
                    + "160.0000 | set | "
                    + "400.0000 | set | 60.0000 | 19.0000 | 500.0000 | 100.0000 | 600.0000 | 380.0000 | 0.6333 "
                    + "| 120.0000",
                second,
            ])
        // Costs that were read and are none are 0, costs that were not are not.
        try await acme.costsRead("J2")
        #expect(
            try await acme.view("job_number, job_costs, ordered_not_booked", "job_profitability", by: "1")
                == ["J1 | 60.0000 | 19.0000", "J2 | 0.0000 | 70.0000"])
    }

    /// Time and invoices were read from December 2025 on.
    private static let covered = """
        insert into inflow.coverage (connection_id, entity, month, verified_at, run_id)
        select $1, entity, month::date, now(), 1
        from generate_series('2025-12-01', now() at time zone 'GMT', interval '1 month') month,
            unnest(array['timesheet', 'invoice']) entity
        """

    @Test("A job whose life was not read has no cost, value or margin, however much of it is there")
    func unread() async throws {
        let acme = try await filled()
        try await acme.costsRead("J1")
        try await acme.run(
            "update setting.staff_rate set charge_rate = 200 where connection_id = $1 and charge_rate is null")
        let columns =
            "job_number, time_cost, time_cost_source, time_value, margin, write_up, worked_hours, is_life_read"
        let unread = ["J1 | ∅ | none | ∅ | ∅ | ∅ | 2.7500 | f"]
        func first() async throws -> [String] {
            Array(try await acme.view(columns, "job_profitability", by: "1").prefix(1))
        }
        // Nothing was ever read whole.
        #expect(try await first() == unread)
        try await acme.run(JobReportTests.covered)
        let known = try await first()
        #expect(known == ["J1 | 160.0000 | set | 400.0000 | 380.0000 | 120.0000 | 2.7500 | t"])
        // A month between was never read, its last reading failed, came too early or had a rejected record; the first
        // month of invoices is lacking.
        let change = "update inflow.coverage set"
        let march = "where connection_id = $1 and entity = 'timesheet' and month = '2026-03-01'"
        for statement in [
            "delete from inflow.coverage \(march)", "\(change) failed_at = now() + interval '1 second' \(march)",
            "\(change) verified_at = '2026-03-15' \(march)", "\(change) rows_rejected = 1 \(march)",
            "delete from inflow.coverage where connection_id = $1 and entity = 'invoice' and month < '2026-02-01'",
            "delete from inflow.coverage where connection_id = $1 and entity = 'invoice'",
        ] {
            try await acme.run(statement)
            #expect(try await first() == unread, "\(statement)")
            try await acme.run("delete from inflow.coverage where connection_id = $1")
            try await acme.run(JobReportTests.covered)
        }
        // Nobody knows when it began.
        try await acme.run("update wfm.job set start_on = null where connection_id = $1")
        #expect(try await first() == unread)
    }

    @Test("Invoices of all jobs and of none are all invoices")
    func total() async throws {
        let acme = try await filled()
        try await acme.insert(
            "invoice", "uuid, number, status, issued_on, amount", "'i9', 'I9', 'Paid', '2026-03-31', 77")
        #expect(try await acme.view("sum(invoiced)", "job_profitability", by: "1") == ["900.0000"])
        #expect(
            try await acme.view("sum(amount) filter (where job_number is null)", "invoice_line", by: "1") == ["77.0000"]
        )
        #expect(
            try await acme.fixture.rows(
                "select sum(amount) from wfm.invoice where lower(status) in ('approved', 'paid')") == ["977"])
    }

    @Test("Estimates compare with the entries on the job's task; a task without estimate has no ratio")
    func estimates() async throws {
        let acme = try await filled()
        // Another organisation's tasks have the same identifiers.
        let other = try await ReportFixture("Other")
        try await other.insert(
            "timesheet", "uuid, job_number, task_uuid, worked_on, minutes, billable",
            "'z', 'J1', 'k1', '2026-05-01', 6000, true")
        #expect(
            try await acme.view(
                "job_number, task_name, catalogue_task_name, is_unplanned, estimated_hours, worked_hours, "
                    + "platform_hours, "
                    + "difference_hours, ratio, last_worked_on", "estimate_accuracy", by: "2") == [
                    "J1 | Draw it | Drawing | f | 10.0000 | 3.0000 | 1.5000 | -7.0000 | 0.3000 | 2026-03-01",
                    "J1 | Extra | Extra | t | 0.0000 | -0.2500 | 0.0000 | -0.2500 | ∅ | 2026-03-01",
                ])
    }

    @Test(
        "Orders are open beyond what was booked of the supplier, the oldest first; drafts and deleted ones are out"
    )
    func orders() async throws {
        let acme = try await filled()
        let columns = "order_number, supplier_name, job_name, ordered, booked_for_same_supplier, open_amount"
        #expect(
            try await acme.view(columns, "purchase_commitments", by: "1") == [
                "P1 | Paper | Plan | 40.0000 | ∅ | ∅", "P2 | Paper | Plan | 30.0000 | ∅ | ∅",
                "P5 | Ink | Build | 70.0000 | ∅ | ∅",
            ])
        try await acme.costsRead("J1", "J2")
        #expect(
            try await acme.view(columns, "purchase_commitments", by: "1") == [
                "P1 | Paper | Plan | 40.0000 | 51.0000 | 0.0000", "P2 | Paper | Plan | 30.0000 | 51.0000 | 19.0000",
                "P5 | Ink | Build | 70.0000 | 0.0000 | 70.0000",
            ])
        // The oldest by its day, whatever its number.
        try await acme.run(
            "update wfm.purchase_order set issued_on = '2025-12-31' where connection_id = $1 and number = 'P2'")
        #expect(
            try await acme.view("order_number, open_amount", "purchase_commitments", by: "1")
                == ["P1 | 19.0000", "P2 | 0.0000", "P5 | 70.0000"])
    }

    @Test(
        "A job is open where the platform's list has it; before that was read, where it is not completed"
    )
    func schedule() async throws {
        let acme = try await filled()
        try await acme.run("update wfm.job set due_on = \(JobReportTests.today) - 3 where connection_id = $1")
        try await acme.insert(
            "job_milestone", "job_uuid, uuid, position, milestone_on, completed", "'j1', 'm1', 1, '2026-02-01', true",
            "'j1', 'm2', 2, '2026-03-01', false")
        let columns =
            "job_number, client_name, days_late, open_tasks, next_task_due_on, next_milestone_on, "
            + "open_estimated_hours, "
            + "worked_hours, worked_last_on, open_list_read_at is null"
        #expect(
            try await acme.view(columns, "job_schedule", by: "1") == [
                "J1 | Bolt | 3 | 1 | 2026-02-10 | 2026-03-01 | 10.0000 | 2.7500 | 2026-03-01 | t"
            ])
        try await acme.run(
            "insert into inflow.sweep (connection_id, entity, swept_at, run_id) values ($1, 'job', '2026-05-01', 1)")
        try await acme.run(
            """
            insert into inflow.open_document (connection_id, entity, key, seen_at, run_id)
            values ($1, 'job', 'j2', '2026-05-01', 1), ($1, 'job', 'j1', 'epoch', 1)
            """)
        #expect(
            try await acme.view(columns, "job_schedule", by: "1") == [
                "J2 | Never loaded | 3 | 0 | ∅ | ∅ | 0.0000 | 1.0000 | 2026-03-01 | f"
            ])
        try await acme.run("update wfm.job set due_on = null where connection_id = $1")
        #expect(try await acme.view("days_late", "job_schedule", by: "1") == ["∅"])
    }
}
