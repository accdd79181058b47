import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.2 Work in progress", .platform)
struct WorkInProgressTests {
    private static let today = "(now() at time zone 'GMT')::date"
    private static let entry =
        "uuid, job_number, staff_uuid, staff_name, worked_on, minutes, billable, invoice_task_uuid, deleted_at"
    private static let invoice = "uuid, number, type, status, issued_on, amount, deleted_at"
    private static let line = "invoice_uuid, uuid, position, job_number, minutes, billable, amount"

    private func entries(_ acme: ReportFixture, _ rows: (String, String, Int, Int, String)...) async throws {
        for (uuid, job, daysAgo, minutes, rest) in rows {
            try await acme.insert(
                "timesheet", WorkInProgressTests.entry,
                "'\(uuid)', '\(job)', 's1', 'Una', \(WorkInProgressTests.today) - \(daysAgo), \(minutes), \(rest)")
        }
    }

    /// One job with time that is billed in every way there is, and time that is not.
    private func filled() async throws -> ReportFixture {
        let acme = try await ReportFixture()
        try await acme.insert("client", "uuid, name", "'c1', 'Bolt'")
        try await acme.insert(
            "job", "uuid, number, name, state, client_uuid, approved_quote_uuid",
            "'j1', 'J1', 'Plan', 'Open', 'c1', 'q1'",
            "'j2', 'J2', 'Leave', 'Open', null, null", "'j3', 'J3', 'Old', 'Written Off', 'c1', null")
        try await acme.insert(
            "quote", "uuid, number, state, issued_on, amount", "'q1', 'Q1', 'Accepted', '2026-01-01', 5000")
        try await acme.insert(
            "invoice", WorkInProgressTests.invoice,
            "'i1', 'I1', 'Progress Invoice', 'Paid', '2026-01-31', 300, null",
            "'x1', 'I2', 'Progress Invoice', 'Cancelled', '2026-01-31', 500, null",
            "'d1', 'I3', 'Progress Invoice', 'Draft', '2026-01-31', 700, null",
            "'g1', 'I4', 'Progress Invoice', 'Paid', '2026-01-31', 900, now()")
        try await acme.insert(
            "invoice_task", WorkInProgressTests.line, "'i1', 'l1', 1, 'J1', 120, true, 200",
            "'i1', 'l2', 2, 'J1', 0, true, 100",
            // A line that a paid invoice and a cancelled one have is billed.
            "'x1', 'l1', 2, 'J1', 120, true, 200",
            "'x1', 'l3', 1, 'J1', 60, true, 500", "'d1', 'l4', 1, 'J1', 60, true, 700",
            "'g1', 'l5', 1, 'J1', 60, true, 900")
        try await entries(
            acme,
            // Billed: on a paid line, on a draft, on a line that is not loaded.
            ("b1", "J1", 10, 120, "true, 'l1', null"), ("b2", "J1", 10, 60, "true, 'l4', null"),
            ("b3", "J1", 10, 60, "true, 'l99', null"),
            // Not billed: on none, on a cancelled line, on a deleted one; a correction; one of each age.
            ("u1", "J1", 30, 60, "true, null, null"), ("u2", "J1", 31, 60, "true, 'l3', null"),
            ("u3", "J1", 60, 60, "true, 'l5', null"), ("u4", "J1", 61, 90, "true, null, null"),
            ("u5", "J1", 90, -30, "true, null, null"), ("u6", "J1", 91, 120, "true, null, null"),
            // Not billable; deleted; leave; a state that ends the job.
            ("n1", "J1", 5, 45, "false, null, null"), ("g1", "J1", 5, 600, "true, null, now()"),
            ("v1", "J2", 5, 480, "true, null, null"), ("w1", "J3", 5, 480, "true, null, null"))
        try await acme.set("leave_job", "job_number", "'J2'")
        try await acme.set("closed_state", "state", "'written off'")
        return acme
    }

    private static let columns =
        "job_number, unbilled_hours, unbilled_billable_hours, time_value, time_value_source, w0_30, w31_60, "
        + "w61_90, w90_more"

    @Test("Without a set rate time is worth what the job's hours were invoiced for; ages go by entry")
    func realised() async throws {
        let acme = try await filled()
        // 300 for 120 minutes on billable lines: 150 an hour. The line without minutes is part of what they brought.
        #expect(
            try await acme.view(WorkInProgressTests.columns, "work_in_progress", by: "1") == [
                "J1 | 6.7500 | 6.0000 | 900.0000 | realised | 150.0000 | 300.0000 | 150.0000 | 300.0000"
            ])
        #expect(
            try await acme.view(
                "quoted, invoiced, interim_invoiced, unbilled_costs, costs_read_at, has_final_invoice, client_name, "
                    + "oldest_on = \(WorkInProgressTests.today) - 91", "work_in_progress", by: "1") == [
                    "5000.0000 | 300.0000 | 100.0000 | ∅ | ∅ | f | Bolt | t"
                ])
        // A job on which nobody worked for long: the 90th day is not older than 90 days, the one before is.
        let ages = "time_value, w61_90, w90_more"
        try await acme.run(
            "update wfm.timesheet set deleted_at = now() where connection_id = $1 and uuid in ('u1', 'u2', 'u3', 'u4')")
        #expect(try await acme.view(ages, "work_in_progress", by: "1") == ["225.0000 | -75.0000 | 300.0000"])
        try await acme.run("update wfm.timesheet set deleted_at = now() where connection_id = $1 and uuid = 'u5'")
        #expect(try await acme.view(ages, "work_in_progress", by: "1") == ["300.0000 | 0.0000 | 300.0000"])
    }

    @Test("A set rate comes first, from its first day on; where some entries have none both are used")
    func set() async throws {
        let acme = try await filled()
        try await acme.set(
            "staff_rate", "staff_uuid, valid_from, charge_rate", "'s1', \(WorkInProgressTests.today) - 61, 100",
            "'s1', \(WorkInProgressTests.today) - 30, 200", "'s2', '2000-01-01', 999")
        #expect(
            try await acme.view(WorkInProgressTests.columns, "work_in_progress", by: "1") == [
                "J1 | 6.7500 | 6.0000 | 775.0000 | mixed | 200.0000 | 200.0000 | 75.0000 | 300.0000"
            ])
        try await acme.set("staff_rate", "staff_uuid, valid_from, charge_rate", "'s1', '2000-01-01', 10")
        #expect(
            try await acme.view(WorkInProgressTests.columns, "work_in_progress", by: "1") == [
                "J1 | 6.7500 | 6.0000 | 565.0000 | set | 200.0000 | 200.0000 | 145.0000 | 20.0000"
            ])
    }

    @Test("Without any rate the value is null, and says so")
    func none() async throws {
        let acme = try await filled()
        try await acme.run(
            "delete from wfm.invoice_task where connection_id = $1 and (invoice_uuid = 'i1' or uuid = 'l1')")
        #expect(
            try await acme.view(WorkInProgressTests.columns, "work_in_progress", by: "1") == [
                "J1 | 6.7500 | 6.0000 | ∅ | none | ∅ | ∅ | ∅ | ∅"
            ])
    }

    @Test("A final invoice writes off what is dated up to it, and only that; costs likewise")
    func final() async throws {
        let acme = try await filled()
        try await acme.insert(
            "invoice", WorkInProgressTests.invoice,
            "'f1', 'I9', 'Final Invoice', 'Approved', \(WorkInProgressTests.today) - 31, 100, null")
        try await acme.insert("invoice_task", WorkInProgressTests.line, "'f1', 'l9', 1, 'J1', 0, true, 100")
        try await acme.insert(
            "job_cost", "job_number, uuid, incurred_on, quantity, unit_cost, unit_price, billable, deleted_at",
            "'J1', 'k1', \(WorkInProgressTests.today) - 40, 1, 1, 1000, true, null",
            "'J1', 'k2', \(WorkInProgressTests.today) - 3, 2, 5, 7.5, true, null",
            "'J1', 'k3', \(WorkInProgressTests.today) - 3, 2, 5, 100, false, null",
            "'J1', 'k4', \(WorkInProgressTests.today) - 3, 2, 5, 100, true, now()")
        try await acme.costsRead("J1")
        #expect(
            try await acme.view(
                "unbilled_billable_hours, written_off_hours, unbilled_costs, has_final_invoice", "work_in_progress",
                by: "1") == ["1.0000 | 5.0000 | 15.0000 | t"])
        try await loaded(acme)
        #expect(
            try await acme.view(
                "unbilled_billable_hours, written_off_hours, unbilled_costs, has_final_invoice",
                "work_in_progress_as_of(\(WorkInProgressTests.today))", by: "1") == ["1.0000 | 5.0000 | 15.0000 | t"])
        #expect(
            try await acme.view(
                "unbilled_billable_hours, written_off_hours, has_final_invoice",
                "work_in_progress_as_of(\(WorkInProgressTests.today) - 32)", by: "1") == ["4.0000 | 0.0000 | f"])
    }

    @Test("A job of which nothing is left but what its final invoice wrote off has a row that says the hours")
    func writtenOff() async throws {
        let acme = try await filled()
        try await loaded(acme)
        // Its only line is one of costs.
        try await acme.insert(
            "invoice", WorkInProgressTests.invoice,
            "'f1', 'I9', 'Final Invoice', 'Approved', \(WorkInProgressTests.today), 100, null")
        try await acme.insert("invoice_cost", "invoice_uuid, position, job_number, amount", "'f1', 1, 'J1', 100")
        let columns =
            "job_number, unbilled_billable_hours, written_off_hours, time_value, w90_more, oldest_on, has_final_invoice"
        let row = ["J1 | 0.0000 | 6.0000 | 0.0000 | 0.0000 | ∅ | t"]
        #expect(try await acme.view(columns, "work_in_progress", by: "1") == row)
        #expect(
            try await acme.view(columns, "work_in_progress_as_of(\(WorkInProgressTests.today))", by: "1") == row)
        // Leave and states that end a job stay out; so does a job with nothing written off.
        try await acme.run("update wfm.timesheet set deleted_at = now() where connection_id = $1 and job_number = 'J1'")
        #expect(try await acme.view(columns, "work_in_progress", by: "1") == [])
        #expect(try await acme.view(columns, "work_in_progress_as_of(\(WorkInProgressTests.today))", by: "1") == [])
    }

    @Test("Costs are a difference for the job, at least 0, and unknown until they were read")
    func costs() async throws {
        let acme = try await filled()
        try await acme.insert(
            "job_cost", "job_number, uuid, incurred_on, quantity, unit_cost, unit_price, billable",
            "'J1', 'k1', '2026-01-05', 3, 10, 40, true")
        try await acme.insert("invoice_cost", "invoice_uuid, position, job_number, amount", "'i1', 1, 'J1', 50")
        try await acme.costsRead("J1")
        #expect(try await acme.view("unbilled_costs", "work_in_progress", by: "1") == ["70.0000"])
        try await acme.run("update wfm.invoice_cost set amount = 500 where connection_id = $1")
        #expect(try await acme.view("unbilled_costs", "work_in_progress", by: "1") == ["0.0000"])
        // A job with costs only is in, too.
        try await acme.insert(
            "job_cost", "job_number, uuid, incurred_on, quantity, unit_cost, unit_price, billable",
            "'J7', 'k7', '2026-01-05', 1, 10, 40, true")
        #expect(
            try await acme.view("job_number, unbilled_billable_hours, unbilled_costs", "work_in_progress", by: "1")
                == ["J1 | 6.0000 | 0.0000", "J7 | 0.0000 | 40.0000"])
    }

    /// Time and invoices were loaded on the first day of 2026.
    private func loaded(_ acme: ReportFixture) async throws {
        for entity in ["invoice", "timesheet"] {
            try await acme.run(
                """
                insert into inflow.chunk (connection_id, run_id, entity, chunk, status, asked_at, ended_at)
                values ($1, 1, '\(entity)', 'a', 'loaded', '2026-01-01', '2026-01-01')
                """)
        }
    }

    @Test("Costs as of a day are those known then, less the cost lines of then; unknown where nobody had read them")
    func costsAsOf() async throws {
        let acme = try await ReportFixture()
        try await loaded(acme)
        try await acme.insert(
            "invoice", WorkInProgressTests.invoice,
            "'i1', 'I1', 'Progress Invoice', 'Paid', '2026-01-31', 50, null")
        try await acme.insert("invoice_cost", "invoice_uuid, position, job_number, amount", "'i1', 1, 'J1', 50")
        let cost = "job_number, uuid, incurred_on, quantity, unit_cost, unit_price, billable, deleted_at"
        try await acme.insert(
            "job_cost", cost, "'J1', 'k1', '2026-01-05', 3, 10, 40, true, null",
            "'J1', 'k2', '2026-03-01', 1, 5, 10, true, '2026-04-01'",
            "'J1', 'k3', '2026-01-05', 1, 5, 1000, false, null", "'J8', 'k8', '2026-01-05', 1, 5, 7, true, null")
        // The invoice was changed on 10 March; k2 was marked on 1 April; k8 was first seen on 15 April.
        try await acme.run(
            """
            insert into inflow.history (
                connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
            select connection_id, 'invoice', uuid, '2026-01-02'::timestamptz, '2026-03-10'::timestamptz, 2, 'updated',
                to_jsonb(i) - '{connection_id,content_hash,children_hash}'::text[],
                '{"invoice_cost": [{"position": 1, "job_number": "J1", "amount": 20}]}'::jsonb
            from wfm.invoice i where connection_id = $1
            union all
            select connection_id, 'job_cost', job_number || '/' || uuid, '2026-01-02', '2026-04-01', 2,
                'marked_deleted', to_jsonb(c) - '{connection_id,content_hash,children_hash}'::text[]
                    || '{"deleted_at": null}', '{}'
            from wfm.job_cost c where connection_id = $1 and uuid = 'k2'
            """)
        try await acme.run("update wfm.invoice set changed_at = '2026-03-10' where connection_id = $1")
        try await acme.run("update wfm.job_cost set changed_at = '2026-04-01' where connection_id = $1 and uuid = 'k2'")
        try await acme.run("update wfm.job_cost set changed_at = '2026-04-15' where connection_id = $1 and uuid = 'k8'")
        // Time on a job without costs, whose costs were asked for on 1 May.
        try await acme.insert(
            "timesheet", WorkInProgressTests.entry, "'u7', 'J7', 's1', 'Una', '2026-01-03', 60, true, null, null")
        try await acme.costsRead("J7")

        func costs(_ day: String) async throws -> [String] {
            try await acme.view(
                "job_number, unbilled_billable_hours, unbilled_costs", "work_in_progress_as_of('\(day)')", by: "1")
        }
        let unread = "J7 | 1.0000 | ∅"
        #expect(try await costs("2026-01-04") == [unread], "incurred later")
        #expect(try await costs("2026-01-30") == ["J1 | 0.0000 | 120.0000", unread], "invoiced later")
        #expect(try await costs("2026-02-28") == ["J1 | 0.0000 | 100.0000", unread], "20 were on the invoice then")
        #expect(try await costs("2026-03-05") == ["J1 | 0.0000 | 110.0000", unread])
        #expect(try await costs("2026-03-10") == ["J1 | 0.0000 | 80.0000", unread], "and 50 from then on")
        #expect(try await costs("2026-04-10") == ["J1 | 0.0000 | 70.0000", unread], "one is no longer listed")
        #expect(
            try await costs("2026-05-02") == ["J1 | 0.0000 | 70.0000", "J7 | 1.0000 | 0.0000", "J8 | 0.0000 | 7.0000"])
        #expect(
            try await acme.view("job_number, unbilled_costs", "work_in_progress", by: "1") == [
                "J1 | 70.0000", "J7 | 0.0000", "J8 | 7.0000",
            ])
        try await acme.run(
            "insert into inflow.history_pruned (connection_id, entity, pruned_until) values ($1, 'job_cost', '2026-04-10')"
        )
        #expect(try await costs("2026-03-10") == [unread], "versions of costs of that time are gone")
        #expect(try await costs("2026-04-10").count == 2)
    }

    @Test("As of a day it is the time known then that no invoice of then had; today it is the view")
    func asOf() async throws {
        let acme = try await filled()
        try await loaded(acme)
        let columns =
            "job_number, unbilled_billable_hours, time_value, time_value_source, w0_30, w31_60, w61_90, w90_more"
        let now = try await acme.view(columns, "work_in_progress", by: "1")
        #expect(try await acme.view(columns, "work_in_progress_as_of(\(WorkInProgressTests.today))", by: "1") == now)
        #expect(now.count == 1)
        // Before l1 was invoiced: that entry was without a line, and the invoice a draft.
        try await acme.run(
            """
            insert into inflow.history (
                connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
            select connection_id, 'timesheet', uuid, '2026-01-01', now(), 2, 'updated',
                to_jsonb(t) - '{connection_id,content_hash,children_hash}'::text[]
                    || '{"invoice_task_uuid": null}', '{}'
            from wfm.timesheet t where connection_id = $1 and uuid = 'b1'
            """)
        try await acme.run("update wfm.timesheet set changed_at = now() where connection_id = $1 and uuid = 'b1'")
        #expect(
            try await acme.view(
                "unbilled_billable_hours", "work_in_progress_as_of(\(WorkInProgressTests.today) - 1)", by: "1")
                == ["8.0000"])
        #expect(
            try await acme.view(
                "unbilled_billable_hours, oldest_on = \(WorkInProgressTests.today) - 91",
                "work_in_progress_as_of(\(WorkInProgressTests.today) - 61)", by: "1") == ["3.0000 | t"])
        await #expect(throws: PostgresError.self) {
            try await acme.view("1", "work_in_progress_as_of('2025-12-30')", by: "1")
        }
    }
}
