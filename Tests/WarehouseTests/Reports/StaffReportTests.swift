import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.2 People: utilisation, timesheets, lists", .platform)
struct StaffReportTests {
    private static let entry =
        "uuid, job_number, job_name, staff_uuid, staff_name, worked_on, minutes, billable, invoice_task_uuid, "
        + "deleted_at"

    private func filled() async throws -> ReportFixture {
        let acme = try await ReportFixture()
        try await acme.insert("client", "uuid, name", "'c1', 'Bolt'")
        try await acme.insert("staff", "uuid, name, deleted_at", "'s1', 'Una ', null", "'s2', 'Left Lee', now()")
        try await acme.insert(
            "job", "uuid, number, name, type, client_uuid", "'j1', 'J1', 'Plan', 'Design', 'c1'",
            "'j2', 'L1', 'Leave', null, null")
        try await acme.insert(
            "invoice", "uuid, number, status, issued_on, amount", "'i1', 'I1', 'Paid', '2024-03-31', 300",
            "'x1', 'I2', 'Cancelled', '2024-03-31', 500")
        try await acme.insert(
            "invoice_task", "invoice_uuid, uuid, position, job_number, minutes, amount",
            "'i1', 't1', 1, 'J1', 120, 300",
            "'x1', 't2', 1, 'J1', 60, 500")
        // A line that only a cancelled invoice and deleted ones have holds no hours.
        for uuid in ["y1", "z1"] {
            try await acme.insert(
                "invoice", "uuid, number, status, issued_on, amount, deleted_at",
                "'\(uuid)', '\(uuid)', 'Paid', '2024-03-31', 80, now()")
            try await acme.insert(
                "invoice_task", "invoice_uuid, uuid, position, job_number, minutes, amount",
                "'\(uuid)', 't2', 1, 'J1', 60, 80")
        }
        try await acme.insert(
            "timesheet", StaffReportTests.entry,
            // 29 February is a Thursday, 1 March a Friday.
            "'e1', 'J1', 'Plan', 's1', 'Una ', '2024-02-29', 120, true, 't1', null",
            "'e2', 'J1', 'Plan', 's1', 'Una ', '2024-02-29', -20, true, null, null",
            "'e3', 'J1', 'Plan', 's1', 'Una ', '2024-02-29', 25, false, null, null",
            "'e4', 'L1', 'Leave', 's1', 'Una ', '2024-02-28', 240, true, null, null",
            "'e5', 'J1', 'Plan', 's1', 'Una ', '2024-03-01', 60, true, 't2', null",
            "'e6', 'J1', 'Plan', 's1', 'Una ', '2024-03-01', 600, true, null, now()",
            // Former staff: marked, never loaded, and without an identifier.
            "'e7', 'J1', 'Plan', 's2', 'Lee', '2024-03-31', 30, true, null, null",
            "'e8', 'J9', 'Unknown job', 's9', ' Former Fay ', '2024-03-31', 45, true, null, null",
            "'e9', null, null, null, 'Nobody', '2024-03-31', 15, false, null, null")
        try await acme.set("leave_job", "job_number", "'L1'")
        return acme
    }

    private static let month =
        "month_on, staff_name, is_former, hours, billable_hours, other_hours, leave_hours, capacity_hours, "
        + "target_hours, "
        + "productivity, billable_share, invoiced_hours, invoiced_amount, realised_rate"

    @Test("Hours go by month, leave apart; former staff keep their names; capacity that is not set is null")
    func utilisation() async throws {
        let acme = try await filled()
        #expect(
            try await acme.view(StaffReportTests.month, "staff_utilisation", by: "month_on, staff_name collate \"C\"")
                == [
                    "2024-02-01 | Una | f | 6.0833 | 1.6667 | 0.4167 | 4.0000 | ∅ | ∅ | ∅ | 0.8000 | 2.0000 | "
                        + "300.0000 | 150.0000",
                    "2024-03-01 | Former Fay | t | 0.7500 | 0.7500 | 0.0000 | 0.0000 | ∅ | ∅ | ∅ | 1.0000 | "
                        + "0.0000 | 0.0000 | ∅",
                    "2024-03-01 | Left Lee | t | 0.5000 | 0.5000 | 0.0000 | 0.0000 | ∅ | ∅ | ∅ | 1.0000 | "
                        + "0.0000 | 0.0000 | ∅",
                    "2024-03-01 | Nobody | t | 0.2500 | 0.0000 | 0.2500 | 0.0000 | ∅ | ∅ | ∅ | 0.0000 | 0.0000 "
                        + "| 0.0000 | ∅",
                    "2024-03-01 | Una | f | 1.0000 | 1.0000 | 0.0000 | 0.0000 | ∅ | ∅ | ∅ | 1.0000 | 0.0000 | "
                        + "0.0000 | ∅",
                ])
    }

    @Test("Capacity goes by weekday and by the day it is valid from, from the first entry on; leave lowers it")
    func capacity() async throws {
        let acme = try await filled()
        try await acme.set(
            "staff_capacity", "staff_uuid, valid_from, monday_hours, thursday_hours, friday_hours, target_share",
            "'s1', '2020-01-01', 8, 8, 4, 0.5", "'s1', '2024-03-01', 0, 0, 6, null", "'s1', '2024-04-01', 0, 0, 0, null"
        )
        // The first entry is of 28 February: that Wednesday has none, Thursday the 29th has 8; March has five Fridays.
        #expect(
            try await acme.view(
                "month_on, hours, leave_hours, capacity_hours, target_hours, productivity", "staff_utilisation",
                by: "month_on"
            ).filter { !$0.contains("∅ | ∅ | ∅") } == [
                "2024-02-01 | 6.0833 | 4.0000 | 8.0000 | 4.0000 | 0.4167",
                "2024-03-01 | 1.0000 | 0.0000 | 30.0000 | ∅ | 0.0333",
            ])
        #expect(
            try await acme.view(
                "day_on, hours, capacity_hours", "staff_day", by: "day_on"
            ).filter { $0.hasPrefix("2024-03-0") } == [
                "2024-03-01 | 1.0000 | 6.0000", "2024-03-08 | 0.0000 | 6.0000",
            ])
        #expect(try await acme.view("max(day_on)", "staff_day", by: "1") == ["2024-03-31"])
        // Set from a day within a month on, it says nothing of that whole month.
        try await acme.run(
            "update setting.staff_capacity set valid_from = '2024-02-02' where connection_id = $1 "
                + "and valid_from < '2024-01-01'")
        #expect(
            try await acme.view("month_on, capacity_hours, productivity", "staff_utilisation", by: "month_on")
                .filter { $0.hasPrefix("2024-02") || $0.contains("30.0000") } == [
                    "2024-02-01 | 8.0000 | ∅", "2024-03-01 | 30.0000 | 0.0333",
                ])
        // Half of what is left of the day.
        try await acme.insert(
            "timesheet", StaffReportTests.entry,
            "'e10', 'L1', 'Leave', 's1', 'Una ', '2024-02-29', 120, true, null, null")
        #expect(
            try await acme.view("day_on, capacity_hours, leave_hours, target_hours", "staff_day", by: "day_on")
                .filter { $0.hasPrefix("2024-02-29") } == ["2024-02-29 | 8.0000 | 2.0000 | 3.0000"])
    }

    @Test("An invoice line that says no minutes makes the amount unknown, not 0")
    func unknownAmount() async throws {
        let acme = try await filled()
        try await acme.run("update wfm.invoice_task set minutes = 0 where connection_id = $1 and uuid = 't1'")
        #expect(
            try await acme.view(
                "invoiced_hours, invoiced_amount, realised_rate", "staff_utilisation", by: "month_on limit 1")
                == ["2.0000 | ∅ | ∅"])
    }

    @Test("The days of a month add up to the month, and all months to the time entries")
    func sums() async throws {
        let acme = try await filled()
        #expect(try await acme.view("sum(minutes)", "staff_day", by: "1") == ["515"])
        #expect(try await acme.view("sum(entries)", "timesheet_by_month", by: "1") == ["8"])
        #expect(
            try await acme.fixture.rows("select sum(minutes) from wfm.timesheet where deleted_at is null") == ["515"])
    }

    @Test(
        "Hours by person and job: invoiced where a line that is not cancelled has them; names stay"
    )
    func timesheet() async throws {
        let acme = try await filled()
        try await acme.run(
            """
            insert into inflow.coverage (connection_id, entity, month, verified_at, run_id)
            values ($1, 'timesheet', '2024-02-01', '2024-03-05', 1)
            """)
        #expect(
            try await acme.view(
                "month_on, staff_name, job_number, job_name, job_category, client_name, hours, billable_hours, "
                    + "invoiced_hours, "
                    + "not_invoiced_hours, is_complete", "timesheet_by_month",
                by: "month_on, staff_name collate \"C\", job_number") == [
                    "2024-02-01 | Una | J1 | Plan | Design | Bolt | 2.0833 | 1.6667 | 2.0000 | -0.3333 | t",
                    "2024-02-01 | Una | L1 | Leave | ∅ | ∅ | 4.0000 | 4.0000 | 0.0000 | 4.0000 | t",
                    "2024-03-01 | Former Fay | J9 | Unknown job | ∅ | ∅ | 0.7500 | 0.7500 | 0.0000 | 0.7500 | f",
                    "2024-03-01 | Left Lee | J1 | Plan | Design | Bolt | 0.5000 | 0.5000 | 0.0000 | 0.5000 | f",
                    "2024-03-01 | Nobody | ∅ | ∅ | ∅ | ∅ | 0.2500 | 0.0000 | 0.0000 | 0.0000 | f",
                    "2024-03-01 | Una | J1 | Plan | Design | Bolt | 1.0000 | 1.0000 | 0.0000 | 1.0000 | f",
                ])
    }

    @Test("The list of people has former staff too, with what is set for today")
    func list() async throws {
        let acme = try await filled()
        try await acme.set(
            "staff_rate", "staff_uuid, valid_from, cost_rate, charge_rate", "'s1', '2020-01-01', 50, null")
        try await acme.set(
            "staff_capacity", "staff_uuid, valid_from, monday_hours, friday_hours, target_share",
            "'s1', '2020-01-01', 8, 4, 0.8")
        #expect(
            try await acme.view(
                "staff_uuid, staff_name, is_former, first_worked_on, last_worked_on, hours, cost_rate, charge_rate, "
                    + "capacity_hours_per_week, target_share", "staff_list", by: "1") == [
                    "s1 | Una | f | 2024-02-28 | 2024-03-01 | 7.0833 | 50.0000 | ∅ | 12.0000 | 0.8000",
                    "s2 | Left Lee | t | 2024-03-31 | 2024-03-31 | 0.5000 | ∅ | ∅ | ∅ | ∅",
                    "s9 | Former Fay | t | 2024-03-31 | 2024-03-31 | 0.7500 | ∅ | ∅ | ∅ | ∅",
                ])
    }
}
