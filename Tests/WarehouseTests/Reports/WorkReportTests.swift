import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.2 Freshness, changes, connections and runs", .platform)
struct WorkReportTests {
    @Test("Freshness says to which day lists are complete, how many values wait, and what is held or rejected")
    func freshness() async throws {
        let acme = try await ReportFixture()
        try await acme.run(
            """
            insert into inflow.coverage (connection_id, entity, month, verified_at, rows_rejected, run_id)
            values ($1, 'invoice', '2026-01-01', '2026-03-05', 0, 1), ($1, 'invoice', '2026-02-01', '2026-03-06', 0, 1),
                ($1, 'invoice', '2026-03-01', '2026-03-07', 0, 1), ($1, 'staff', '0001-01-01', '2026-03-07', 0, 1)
            """)
        try await acme.run(
            """
            insert into inflow.value_state (
                connection_id, entity, parent, parent_table, is_read, records, waiting, oldest_read_at, counted_at,
                run_id)
            values ($1, 'job_cost', 'job', 'wfm.job', true, 10, 4, '2026-01-05', '2026-03-07', 1)
            """)
        try await acme.run(
            """
            insert into inflow.rejection (
                connection_id, run_id, entity, chunk, key, table_name, column_name, raw, reason,
                last_run_id)
            values ($1, 1, 'staff', 'whole', 's1', 'wfm.staff', 'name', 'x', 'missing', 1)
            """)
        #expect(
            try await acme.view(
                "entity, complete_from, complete_to, verified_at::date, incomplete_months, is_complete, "
                    + "records, waiting, held, "
                    + "rejected", "data_freshness", by: "1") == [
                    "invoice | 2026-01-01 | 2026-03-05 | 2026-03-07 | 1 | ∅ | ∅ | ∅ | 0 | 0",
                    "job_cost | ∅ | ∅ | ∅ | ∅ | f | 10 | 4 | 0 | 0",
                    "staff | ∅ | ∅ | 2026-03-07 | ∅ | f | ∅ | ∅ | 0 | 1",
                ])
        #expect(
            try await acme.fixture.rows("select report.complete_to('Acme', 'invoice')") == ["2026-03-05"])
    }

    @Test("Changes of money, days and states are one row each, from the version before to the one after")
    func changes() async throws {
        let acme = try await ReportFixture()
        try await acme.insert(
            "invoice", "uuid, number, status, issued_on, amount, due_on",
            "'i1', 'I1', 'Paid', '2026-01-01', 12.50, null")
        let version =
            "to_jsonb(i) - '{connection_id,content_hash,children_hash}'::text[] || '{\"status\": \"Draft\", "
            + "\"amount\": "
        for (amount, due, day) in [("10", "\"2026-02-01\"", 3), ("12.5", "\"2026-02-01\"", 5)] {
            try await acme.run(
                """
                insert into inflow.history (
                    connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
                select connection_id, 'invoice', uuid, '2026-01-0\(day - 1)', '2026-01-0\(day)', \(day), 'updated',
                    \(version)\(amount), "due_on": \(due)}', '{}'
                from wfm.invoice i where connection_id = $1
                """)
        }
        #expect(
            try await acme.view(
                "run_id, changed_on, entity, label, column_name, old_value, new_value, difference", "changes",
                by: "run_id, column_name") == [
                    "3 | 2026-01-03 | invoice | I1 | amount | 10 | 12.5 | 2.5000",
                    "5 | 2026-01-05 | invoice | I1 | due_on | 2026-02-01 | ∅ | ∅",
                    "5 | 2026-01-05 | invoice | I1 | status | Draft | Paid | ∅",
                ])
    }

    @Test("Connections and runs have names, days in the connection's zone and counts")
    func connections() async throws {
        let acme = try await ReportFixture()
        try await acme.run(
            "update inflow.connection set time_zone = 'Pacific/Auckland', fiscal_year_start = 4 where id = $1")
        try await acme.run(
            "update inflow.run set started_at = '2026-03-31 11:30+00', pulled = 7 where connection_id = $1")
        #expect(
            try await acme.view("connection_name, status, started_on, pulled", "run", by: "run_id")
                == ["Acme | running | 2026-04-01 | 7"])
        #expect(
            try await acme.view(
                "connection_name, time_zone, today_on = (now() at time zone 'Pacific/Auckland')::date", "connection",
                by: "1")
                == ["Acme | Pacific/Auckland | t"])
    }
}
