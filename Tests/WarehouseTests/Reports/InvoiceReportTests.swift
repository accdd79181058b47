import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.2 Invoices: lines, months, clients", .platform)
struct InvoiceReportTests {
    private static let invoice =
        "uuid, number, type, status, issued_on, due_on, amount, amount_tax, amount_including_tax, amount_paid, "
        + "amount_outstanding, client_uuid, client_name, job_text, children_hash, deleted_at"

    /// An organisation of two clients, one of them gone, and an invoice of each kind that has ever misled a report.
    private func filled(_ name: String = "Acme") async throws -> ReportFixture {
        let acme = try await ReportFixture(name)
        try await acme.insert("client", "uuid, name, deleted_at", "'c1', 'Bolt', null", "'c2', 'Cog', now()")
        try await acme.insert(
            "job", "uuid, number, name, type, client_uuid", "'j1', 'J1', 'Plan', 'Design', 'c1'",
            "'j2', 'J2', 'Build', null, 'c1'")
        try await acme.insert(
            "invoice", InvoiceReportTests.invoice,
            // Two jobs on one invoice, a task and a cost line.
            "'i1', 'INV-1', 'Progress Invoice', 'Paid', '2026-03-31', '2026-04-20', 300, 30, 330, 330, 0, 'c1', "
                + "'Old name', "
                + "'J1, J2', '', null",
            // No lines: the invoice prints the number of its job.
            "'i2', 'INV-2', 'Final Invoice', 'APPROVED', '2024-02-29', '2024-03-20', 50, 5, 55, 0, 55, 'c2', "
                + "'Cog then', 'J2', "
                + "'', null",
            // The header is more than its lines come to.
            "'i3', 'INV-3', 'Miscellaneous', 'Approved', '2026-04-01', null, 100.10, 10, 110.10, 10.10, 100, "
                + "null, null, "
                + "'nothing', '', null",
            // A credit note, a draft, a cancelled and a deleted one.
            "'n1', 'CN-1', 'Progress Invoice', 'Approved', '2026-03-15', '2026-03-15', -40, -4, -44, 0, -44, "
                + "'c1', 'Bolt', "
                + "'J1', '', null",
            "'d1', 'INV-4', 'Progress Invoice', 'Draft', '2026-03-10', '2026-04-10', 1000, 100, 1100, 0, 1100, "
                + "'c1', 'Bolt', "
                + "'J1', '', null",
            "'x1', 'INV-5', 'Progress Invoice', 'Cancelled', '2026-03-10', null, 700, 70, 770, 0, 0, 'c1', "
                + "'Bolt', 'J1', '', "
                + "null",
            "'g1', 'INV-6', 'Progress Invoice', 'Paid', '2026-03-10', null, 900, 90, 990, 990, 0, 'c1', 'Bolt', "
                + "'J1', '', "
                + "now()")
        try await acme.insert(
            "invoice_task",
            "invoice_uuid, uuid, position, job_number, name, minutes, billable_rate, amount, amount_tax, "
                + "amount_including_tax",
            "'i1', 't1', 1, 'J1', 'Drawing', 120, 100, 200, 20, 220",
            "'i3', 't3', 1, null, 'Advice', 60, 100, 100, 10, 110",
            "'n1', 't4', 1, 'J1', 'Drawing', -24, 100, -40, -4, -44",
            "'x1', 't5', 1, 'J1', 'Drawing', 60, 100, 700, 70, 770",
            "'g1', 't6', 1, 'J1', 'Drawing', 60, 100, 900, 90, 990")
        // Quantity times price is not the amount, and never is what counts.
        try await acme.insert(
            "invoice_cost",
            "invoice_uuid, position, job_number, description, quantity, unit_price, amount, amount_tax, "
                + "amount_including_tax", "'i1', 1, 'J2', 'Paper', 3, 33.333, 100, 10, 110")
        return acme
    }

    @Test("Lines come with their job, and those of an invoice always add up to the invoice")
    func lines() async throws {
        let acme = try await filled()
        #expect(
            try await acme.view(
                "invoice_number, kind, line_key, job_number, job_uuid, job_category, client_name, item, hours, "
                    + "rate, amount, "
                    + "amount_tax, is_credit_note", "invoice_line", by: "invoice_number, kind desc") == [
                    "CN-1 | time | t4 | J1 | j1 | Design | Bolt | Drawing | -0.4000 | 100.0000 | -40.0000 | "
                        + "-4.0000 | t",
                    "INV-1 | time | t1 | J1 | j1 | Design | Bolt | Drawing | 2.0000 | 100.0000 | 200.0000 | "
                        + "20.0000 | f",
                    "INV-1 | cost | 1 | J2 | j2 | ∅ | Bolt | Paper | ∅ | 33.3330 | 100.0000 | 10.0000 | f",
                    "INV-2 | header | ∅ | J2 | j2 | ∅ | Cog | ∅ | ∅ | ∅ | 50.0000 | 5.0000 | f",
                    "INV-3 | time | t3 | ∅ | ∅ | ∅ | ∅ | Advice | 1.0000 | 100.0000 | 100.0000 | 10.0000 | f",
                    "INV-3 | header | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | 0.1000 | 0.0000 | f",
                ])
        let off = try await acme.fixture.rows(
            """
            select i.number from wfm.invoice i
            left join report.invoice_line l on l.connection_id = i.connection_id and l.invoice_uuid = i.uuid
            where i.deleted_at is null and lower(i.status) in ('approved', 'paid')
            group by i.connection_id, i.uuid, i.number, i.amount, i.amount_tax, i.amount_including_tax
            having sum(l.amount) is distinct from i.amount or sum(l.amount_tax) is distinct from i.amount_tax
                or sum(l.amount_including_tax) is distinct from i.amount_including_tax
            """)
        #expect(off == [])
        // What an invoice of two jobs holds beyond its lines is of neither.
        try await acme.run("update wfm.invoice set amount = 310 where connection_id = $1 and uuid = 'i1'")
        #expect(
            try await acme.view("invoice_number, kind, job_number, amount", "invoice_line", by: "1, 2")
                .filter { $0.hasPrefix("INV-1 | header") } == ["INV-1 | header | ∅ | 10.0000"])
    }

    @Test("A job's number that repeats gives each line one job; another organisation's lines stay its own")
    func repeatedNumber() async throws {
        let (acme, other) = (try await filled(), try await filled("Other"))
        try await acme.insert("job", "uuid, number, name, created_at", "'j9', 'J1', 'Newer', '2026-02-01'")
        let lines = try await acme.view("count(*), sum(amount), max(job_name)", "invoice_line", by: "1")
        #expect(lines == ["6 | 410.1000 | Newer"])
        #expect(try await acme.view("job_uuid", "document_job", by: "job_number") == ["j9", "j2"])
        #expect(try await other.view("count(*), sum(amount)", "invoice_line", by: "1") == ["6 | 410.1000"])
        #expect(try await other.view("job_uuid", "document_job", by: "job_number") == ["j1", "j2"])
    }

    @Test(
        "Months count credit notes in, drafts apart, cancelled and deleted ones not at all; 29 February is of February")
    func months() async throws {
        let acme = try await filled()
        // A draft of a credit note is neither credited nor invoiced yet.
        try await acme.insert(
            "invoice", InvoiceReportTests.invoice,
            "'d2', 'CN-2', 'Progress Invoice', 'Draft', '2026-03-11', null, -70, -7, -77, 0, -77, 'c1', 'Bolt', 'J1', '', "
                + "null")
        #expect(
            try await acme.view(
                "month_on, client_uuid, client_name, invoices, credit_notes, amount, credit_amount, amount_tax, "
                    + "amount_including_tax, paid_including_tax, outstanding_including_tax, drafts, drafts_amount",
                "invoices_by_month", by: "month_on") == [
                    "2024-02-01 | c2 | Cog | 1 | 0 | 50.0000 | 0.0000 | 5.0000 | 55.0000 | 0.0000 | 55.0000 | 0 "
                        + "| 0.0000",
                    "2026-03-01 | c1 | Bolt | 1 | 1 | 260.0000 | -40.0000 | 26.0000 | 286.0000 | 330.0000 | "
                        + "-44.0000 | 2 | "
                        + "930.0000",
                    "2026-04-01 | ∅ | ∅ | 1 | 0 | 100.1000 | 0.0000 | 10.0000 | 110.1000 | 10.1000 | 100.0000 | "
                        + "0 | 0.0000",
                ])
    }

    @Test("An amount that the platform did not give is null, and one of no invoice is 0")
    func unknown() async throws {
        let acme = try await ReportFixture()
        try await acme.insert("invoice", "uuid, status, issued_on", "'i1', 'Paid', '2026-03-31'")
        try await acme.insert("invoice", "uuid, status, issued_on, amount", "'i2', 'Draft', '2026-05-31', 7")
        #expect(
            try await acme.view("amount, credit_amount, drafts_amount", "invoices_by_month", by: "month_on")
                == ["∅ | 0.0000 | 0.0000", "0.0000 | 0.0000 | 7.0000"])
        #expect(try await acme.view("kind, amount", "invoice_line", by: "1") == ["header | ∅"])
    }

    @Test(
        "A fiscal year is named after the year it ends in",
        arguments: [
            (1, "2024 2026 2026"), (2, "2025 2027 2027"), (3, "2024 2027 2027"), (4, "2024 2026 2027"),
            (12, "2024 2026 2026"),
        ])
    func fiscalYear(start: Int, years: String) async throws {
        let acme = try await filled()
        try await acme.run("update inflow.connection set fiscal_year_start = \(start) where id = $1")
        let found = try await acme.view("fiscal_year", "invoices_by_month", by: "month_on")
        #expect(found.joined(separator: " ") == years)
        #expect(try await acme.view("fiscal_year", "revenue_by_client", by: "month_on") == found)
    }

    @Test("A month is complete in the view exactly where report.is_complete says so")
    func complete() async throws {
        let acme = try await filled()
        try await acme.run(
            """
            insert into inflow.coverage (connection_id, entity, month, verified_at, run_id)
            values ($1, 'invoice', '2024-02-01', '2024-03-05', 1), ($1, 'invoice', '2026-03-01', '2026-03-20', 1)
            """)
        for view in ["invoices_by_month", "revenue_by_client"] {
            let found = try await acme.view(
                "month_on, is_complete, data_as_of at time zone 'UTC'", view, by: "month_on")
            #expect(
                found == [
                    "2024-02-01 | t | 2024-03-05 00:00:00", "2026-03-01 | f | 2026-03-20 00:00:00",
                    "2026-04-01 | f | ∅",
                ])
            let wrong = try await acme.fixture.rows(
                """
                select v.month_on from report.\(view) v
                where v.is_complete <> report.is_complete(
                    v.connection_id, 'invoice', v.month_on, (v.month_on + interval '1 month')::date - 1)
                """)
            #expect(wrong == [])
        }
    }

    @Test("Revenue by client is the sum of its lines, with share and rank in the month")
    func revenue() async throws {
        let (acme, other) = (try await filled(), try await filled("Other"))
        // Another organisation's clients have the same identifiers, and a group.
        try await other.insert("client_group", "uuid, name", "'g1', 'Aaa'")
        try await other.insert("client_group_member", "client_group_uuid, client_uuid, position", "'g1', 'c1', 1")
        #expect(
            try await other.view("client_group_name", "revenue_by_client", by: "month_on, rank_in_month")
                == ["∅", "Aaa", "∅"])
        try await acme.insert("client", "uuid, name, billing_client_uuid", "'c3', 'Dent', 'c1'")
        try await acme.insert("client_group", "uuid, name", "'g1', 'Zeta'", "'g2', 'Alpha'")
        try await acme.insert(
            "client_group_member", "client_group_uuid, client_uuid, position", "'g1', 'c3', 1", "'g2', 'c3', 1")
        try await acme.insert(
            "invoice", InvoiceReportTests.invoice,
            "'i9', 'INV-9', 'Progress Invoice', 'Paid', '2026-03-01', null, 780, 0, 780, 780, 0, 'c3', 'Dent', "
                + "null, '', null"
        )
        #expect(
            try await acme.view(
                "month_on, client_name, client_group_name, billing_client_name, amount, time_amount, cost_amount, "
                    + "share_of_month, rank_in_month, invoices, jobs, last_invoice_on", "revenue_by_client",
                by: "month_on, rank_in_month") == [
                    "2024-02-01 | Cog | ∅ | ∅ | 50.0000 | 0.0000 | 0.0000 | 1.0000 | 1 | 1 | 1 | 2024-02-29",
                    "2026-03-01 | Dent | Alpha | Bolt | 780.0000 | 0.0000 | 0.0000 | 0.7500 | 1 | 1 | 0 | 2026-03-01",
                    "2026-03-01 | Bolt | ∅ | ∅ | 260.0000 | 160.0000 | 100.0000 | 0.2500 | 2 | 1 | 2 | 2026-03-31",
                    "2026-04-01 | ∅ | ∅ | ∅ | 100.1000 | 100.0000 | 0.0000 | 1.0000 | 1 | 1 | 0 | 2026-04-01",
                ])
    }
}
