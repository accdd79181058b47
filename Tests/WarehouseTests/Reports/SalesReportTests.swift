import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.2 Sales: quotes, leads, clients", .platform)
struct SalesReportTests {
    private static let quote =
        "uuid, number, type, state, issued_on, amount, estimated_cost, client_uuid, client_name, lead_uuid, deleted_at"

    private func filled() async throws -> ReportFixture {
        let acme = try await ReportFixture()
        try await acme.insert("client", "uuid, name, deleted_at", "'c1', 'Bolt', null", "'c2', 'Cog', now()")
        try await acme.insert(
            "lead",
            "uuid, name, state, issued_on, won_lost_on, category, client_uuid, owner_uuid, owner_name, deleted_at",
            "'l1', 'New roof', 'Won', '2026-01-01', '2026-02-10', 'Hot', 'c1', 's9', 'Former Fay', null",
            "'l2', 'Shed', 'Current', (now() at time zone 'GMT')::date - 12, null, null, 'c2', null, null, null",
            "'l3', 'Gone', 'Current', '2026-01-01', null, null, 'c1', null, null, now()")
        try await acme.insert(
            "quote", SalesReportTests.quote,
            // A quote with two revisions, of which the last was accepted; the second has two digits.
            "'q1', 'Q1', 'Quote', 'Archived', '2026-01-15', 90, 50, 'c1', 'Bolt', 'l1', null",
            "'q2', 'Q1/9', 'Quote', 'Archived', '2026-01-20', 95, 50, 'c1', 'Bolt', 'l1', null",
            "'q3', 'Q1/10', 'Quote', 'Accepted', '2026-01-31', 100, 60, 'c1', 'Bolt', 'l1', null",
            // A draft of a further revision, and a quote that is a draft only.
            "'q4', 'Q1/11', 'Quote', 'Draft', '2026-02-05', 999, 60, 'c1', 'Bolt', 'l1', null",
            "'q5', 'Q2', 'Quote', 'Draft', '2026-01-31', 999, 60, 'c1', 'Bolt', 'l1', null",
            "'q6', 'Q3', 'Quote', 'Declined', '2026-01-02', 300, null, 'c2', 'Cog then', null, null",
            "'q7', 'Q4', 'Estimate', 'Issued', '2026-01-02', 40, 10, 'c9', 'Never loaded', 'l2', null",
            "'q8', 'Q5', 'Quote', 'Archived', '2026-01-02', 40, 10, 'c1', 'Bolt', null, null",
            "'q9', null, 'Quote', 'accepted', '2024-02-29', 40, 10, 'c1', 'Bolt', null, null",
            "'q0', 'Q6', 'Quote', 'Accepted', '2026-01-02', 40, 10, 'c1', 'Bolt', null, now()")
        try await acme.insert("job", "uuid, number, approved_quote_uuid", "'j1', 'J1', 'q2'")
        return acme
    }

    @Test("Revisions are one quote, as its last one that is no draft says")
    func quotes() async throws {
        let acme = try await filled()
        try await acme.run(
            """
            insert into inflow.history (
                connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
            values ($1, 'quote', 'q3', '2026-01-31', '2026-02-10 08:00+00', 1, 'updated', '{"state": "Issued"}', '{}'),
                ($1, 'quote', 'q3', '2026-02-10 08:00+00', '2026-02-20', 1, 'updated', '{"state": "Accepted"}', '{}')
            """)
        #expect(
            try await acme.view(
                "quote_number, last_number, quote_type, client_name, revisions, first_issued_on, issued_on, "
                    + "outcome, amount, "
                    + "margin, job_number, lead_name, decided_seen_at at time zone 'UTC', days_to_decision",
                "quote_conversion", by: "1") == [
                    "Q1 | Q1/10 | Quote | Bolt | 2 | 2026-01-15 | 2026-01-31 | won | 100.0000 | 40.0000 | J1 | "
                        + "New roof | "
                        + "2026-02-10 08:00:00 | 26",
                    "Q3 | Q3 | Quote | Cog | 0 | 2026-01-02 | 2026-01-02 | lost | 300.0000 | ∅ | ∅ | ∅ | ∅ | ∅",
                    "Q4 | Q4 | Estimate | Never loaded | 0 | 2026-01-02 | 2026-01-02 | open | 40.0000 | 30.0000 "
                        + "| ∅ | Shed | ∅ | ∅",
                    "Q5 | Q5 | Quote | Bolt | 0 | 2026-01-02 | 2026-01-02 | archived | 40.0000 | 30.0000 | ∅ | "
                        + "∅ | ∅ | ∅",
                    "q9 | ∅ | Quote | Bolt | 0 | 2024-02-29 | 2024-02-29 | won | 40.0000 | 30.0000 | ∅ | ∅ | ∅ | ∅",
                ])
    }

    @Test("Win rates are of decided quotes; estimates are apart")
    func months() async throws {
        let acme = try await filled()
        #expect(
            try await acme.view(
                "month_on, quote_type, quotes, won, lost, open, archived, amount, won_amount, lost_amount, "
                    + "win_rate_of_decided, "
                    + "win_rate_of_decided_amount", "quote_conversion_by_month", by: "month_on, quote_type") == [
                    "2024-02-01 | Quote | 1 | 1 | 0 | 0 | 0 | 40.0000 | 40.0000 | 0.0000 | 1.0000 | 1.0000",
                    "2026-01-01 | Estimate | 1 | 0 | 0 | 1 | 0 | 40.0000 | 0.0000 | 0.0000 | ∅ | ∅",
                    "2026-01-01 | Quote | 3 | 1 | 1 | 0 | 1 | 440.0000 | 100.0000 | 300.0000 | 0.5000 | 0.2500",
                ])
    }

    @Test("Leads have their age or their decision, and what was quoted for them without drafts and earlier revisions")
    func leads() async throws {
        let acme = try await filled()
        #expect(
            try await acme.view(
                "lead_name, state, client_name, owner_name, days_to_decision, age_days, quotes, quoted_amount, "
                    + "quotes_won, "
                    + "won_amount", "sales_pipeline", by: "1") == [
                    "New roof | Won | Bolt | Former Fay | 40 | ∅ | 1 | 100.0000 | 1 | 100.0000",
                    "Shed | Current | Cog | ∅ | ∅ | 12 | 1 | 40.0000 | 0 | 0.0000",
                ])
    }

    @Test("The list of clients has their people, jobs and invoices; of contacts the primary one")
    func clients() async throws {
        let acme = try await filled()
        try await acme.run(
            "update wfm.client set is_archived = true, account_manager_name = 'Former Fay ' where connection_id = $1")
        try await acme.insert(
            "client_contact", "client_uuid, uuid, position, name, email, is_primary, is_deleted",
            "'c1', 'p1', 1, 'First', 'a@x', false, false", "'c1', 'p2', 2, 'Prime', 'b@x', true, false",
            "'c1', 'p3', 3, 'Gone', 'c@x', true, true")
        try await acme.run("update wfm.job set client_uuid = 'c1' where connection_id = $1")
        try await acme.insert(
            "invoice", "uuid, status, issued_on, amount, amount_outstanding, client_uuid",
            "'i1', 'Approved', '2026-01-01', 100, 110, 'c1'", "'i2', 'Approved', '2026-01-05', -10, -11, 'c1'",
            "'i3', 'Draft', '2026-01-09', 500, 550, 'c1'")
        #expect(
            try await acme.view(
                "client_name, is_archived, account_manager_name, contact_name, email, jobs, open_jobs, invoiced, "
                    + "outstanding_including_tax, last_invoice_on", "client_list", by: "1") == [
                    "Bolt | t | Former Fay | Prime | b@x | 1 | 1 | 90.0000 | 99.0000 | 2026-01-05"
                ])
        try await acme.insert("client", "uuid, name", "'c7', 'Idle'")
        #expect(
            try await acme.view("client_name, jobs, invoiced, last_invoice_on", "client_list", by: "1")
                == ["Bolt | 1 | 90.0000 | 2026-01-05", "Idle | 0 | 0.0000 | ∅"])
    }
}
