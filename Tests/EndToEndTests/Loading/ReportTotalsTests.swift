import Foundation
import Inflow
import Postgres
import Sandbox
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

@Suite("13.2 Reports of a whole organisation", .database(.warehouse), .timeLimit(.minutes(10)))
struct ReportTotalsTests {
    /// A sum over a view, and the same over the tables of the platform's records.
    private static let totals: [(name: String, view: String, tables: String)] = [
        ("invoiced by line", "select sum(amount) from report.invoice_line", invoiced),
        ("tax by line", "select sum(amount_tax) from report.invoice_line", invoiced("amount_tax")),
        ("invoiced by month", "select sum(amount) from report.invoices_by_month", invoiced),
        ("revenue by client", "select sum(amount) from report.revenue_by_client", invoiced),
        (
            "drafts by month", "select sum(drafts_amount) from report.invoices_by_month",
            "select sum(amount) from wfm.invoice where lower(status) = 'draft' and deleted_at is null"
        ),
        (
            "credit notes", "select sum(credit_notes) from report.invoices_by_month",
            invoiced("1", "and number like 'CN-%'")
        ),
        (
            "invoiced to clients", "select sum(invoiced) from report.client_list",
            invoiced("amount", "and client_uuid is not null")
        ),
        (
            "invoiced by job, and on no job",
            "select (select sum(invoiced) from report.job_profitability) "
                + "+ (select coalesce(sum(amount), 0) from report.invoice_line where job_uuid is null)", invoiced
        ),
        (
            "receivables", "select sum(outstanding_including_tax) from report.receivables_ageing",
            "select sum(amount_outstanding) from wfm.invoice where lower(status) = 'approved' and deleted_at is null"
        ),
        (
            "receivables by client", "select sum(outstanding_including_tax) from report.receivables_ageing_by_client",
            "select sum(outstanding_including_tax) from report.receivables_ageing"
        ),
        (
            "receivables as of today",
            "select sum(outstanding_including_tax) from report.receivables_ageing_as_of("
                + "(select today_on from report.connection))",
            "select sum(outstanding_including_tax) from report.receivables_ageing"
        ),
        ("minutes by day", "select sum(minutes) from report.staff_day", minutes),
        ("hours of facts", "select round(sum(hours) * 60) from bi.fact_time", minutes),
        ("invoiced by facts", "select sum(amount) from bi.fact_invoice_line", invoiced),
        (
            "facts with their dimensions",
            "select count(*) from bi.fact_time join bi.dim_staff using (staff_key) join bi.dim_job using (job_key) "
                + "join bi.dim_client using (client_key) join bi.dim_day using (day)",
            "select count(*) from wfm.timesheet where deleted_at is null"
        ),
        ("hours by person", "select round(sum(hours) * 60) from report.staff_utilisation", minutes),
        ("hours by person and job", "select round(sum(hours) * 60) from report.timesheet_by_month", minutes),
        ("hours by person, all", "select round(sum(hours) * 60) from report.staff_list", minutes),
        (
            "hours by task", "select round(sum(worked_hours) * 60) from report.estimate_accuracy",
            "select sum(t.minutes) from wfm.timesheet t join wfm.job_task k on k.connection_id = t.connection_id "
                + "and k.uuid = t.task_uuid where t.deleted_at is null"
        ),
        (
            "unbilled hours",
            "select round(sum(unbilled_billable_hours + written_off_hours) * 60) from report.work_in_progress",
            """
            select sum(t.minutes) from wfm.timesheet t
            where t.deleted_at is null and t.billable
                and t.job_number is not null
                and (t.invoice_task_uuid is null or t.invoice_task_uuid in (
                    select l.uuid from wfm.invoice_task l join wfm.invoice i on i.uuid = l.invoice_uuid
                    where lower(i.status) = 'cancelled'))
            """
        ),
        (
            "unbilled hours as of today",
            "select sum(unbilled_billable_hours) from report.work_in_progress_as_of("
                + "(select today_on from report.connection))",
            "select sum(unbilled_billable_hours) from report.work_in_progress"
        ),
        (
            "unbilled costs as of today",
            "select sum(unbilled_costs) from report.work_in_progress_as_of((select today_on from report.connection))",
            "select sum(unbilled_costs) from report.work_in_progress"
        ),
        (
            "hours written off as of today",
            "select sum(written_off_hours) from report.work_in_progress_as_of((select today_on from report.connection))",
            "select sum(written_off_hours) from report.work_in_progress"
        ),
        (
            "job costs", "select sum(job_costs) from report.job_profitability",
            "select sum(c.cost) from (select round(sum(quantity * unit_cost), 4) as cost from wfm.job_cost "
                + "group by job_number) c"
        ),
        (
            "orders", "select sum(ordered) from report.purchase_commitments",
            "select sum(amount) from wfm.purchase_order where lower(state) not in ('draft', 'cancelled')"
        ),
        (
            "what orders are open", "select sum(open_amount) from report.purchase_commitments",
            "select sum(ordered_not_booked) from report.job_profitability"
        ),
        (
            "quotes with their revisions", "select sum(revisions + 1) from report.quote_conversion",
            "select count(*) from wfm.quote where lower(state) <> 'draft'"
        ),
        (
            "quotes by month", "select sum(quotes) from report.quote_conversion_by_month",
            "select count(distinct split_part(number, '/', 1)) from wfm.quote where lower(state) <> 'draft'"
        ),
        ("leads", "select count(*) from report.sales_pipeline", "select count(*) from wfm.lead"),
        (
            "open jobs", "select count(*) from report.job_schedule",
            "select count(*) from inflow.open_document where entity = 'job' and seen_at > 'epoch'"
        ),
    ]

    /// Examples that find nothing in the sandbox's organisation: it has no rates, nobody works on a completed
    /// job, payments were not read, no month is closed, and nothing changed since yesterday.
    private static let unanswered: Set = [
        "jobs_that_lose_money", "amounts_changed_since_yesterday", "money_received_by_month", "time_after_completion",
        "late_changes_by_month", "signed_off_and_now",
    ]

    /// Each select of `sql/examples` finds rows, or is one that cannot.
    private func expectExamplesAnswered(as reader: String) async throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: Checkout.file("sql/examples"), includingPropertiesForKeys: nil)
        var empty: Set<String> = []
        for file in files {
            let rows = try await PostgresConnection.rows(at: reader, String(contentsOf: file, encoding: .utf8))
            if rows.isEmpty { empty.insert(file.deletingPathExtension().lastPathComponent) }
        }
        #expect(empty == ReportTotalsTests.unanswered)
    }

    private static let invoiced = invoiced("amount")
    private static let minutes = "select sum(minutes) from wfm.timesheet where deleted_at is null"
    private static func invoiced(_ column: String, _ more: String = "") -> String {
        "select sum(\(column)) from wfm.invoice where lower(status) in ('approved', 'paid') and deleted_at is "
            + "null \(more)"
    }

    @Test("The total of each view is that of the tables; a reader of the organisation sees the same")
    func totals() async throws {
        try await InflowFixture.run { fixture in
            try await load(fixture)
            let access = try await ReaderRoles(fixture.warehouse).access(for: .connection(fixture.connection))
            let reader =
                "host='\(access.host)' port=\(access.port) dbname='\(access.database)' user='\(access.user)' "
                + "password='\(access.password ?? "")'"
            for total in ReportTotalsTests.totals {
                let expected = try await fixture.query("select (\(total.tables))::numeric::text")[0][0].string
                let found = try await fixture.query("select round((\(total.view))::numeric, 4) = (\(total.tables))")
                #expect(expected != nil, "\(total.name): the organisation has none of it")
                #expect(found[0][0].bool == true, "\(total.name) is not \(expected ?? "∅")")
                let own = try await PostgresConnection.rows(at: reader, total.view)[0][0].string
                #expect(own == (try await fixture.query(total.view)[0][0].string), "\(total.name) of the reader")
            }
            try await expectExamplesAnswered(as: reader)
            try await expectMonthsComplete(fixture)
            let session = try await PostgresConnection.connect(to: reader, applicationName: "reader")
            let catalogue = try await ReadableCatalogue.read(session)
            #expect(catalogue.faults == [], "what drivers cannot read")
            #expect(catalogue.filled > 80, "\(catalogue)")
            await session.close()
            _ = try await fixture.query(
                "drop owned by \(PostgresConnection.quoted(access.user)); ")
            _ = try await fixture.query("drop role \(PostgresConnection.quoted(access.user))")
        }
    }

    private func load(_ fixture: InflowFixture) async throws {
        let plan = try await fixture.everything(WorkflowMax.entities.filter { !$0.isPerParent })
        #expect(try await fixture.sync(plan).outcome == .green)
        // The lists of open documents, and the costs of each job.
        let all = try await fixture.inflow("sync", "acme")
        #expect(all.code == 0, "\(all)")
        #expect(try await fixture.inflow("sync", "acme", "job_cost").code == 0)
        // On some days the sandbox's organisation has none.
        _ = try await fixture.query(
            """
            update wfm.invoice set status = 'Draft'
            where uuid = (select min(uuid) from wfm.invoice where lower(status) = 'approved' and number not like 'CN-%')
                and not exists (select from wfm.invoice where lower(status) = 'draft')
            """)
        // As PostgreSQL does of its own accord a minute after a load.
        _ = try await fixture.query("analyze")
    }

    /// A month is complete in each view exactly where `report.is_complete` says so.
    private func expectMonthsComplete(_ fixture: InflowFixture) async throws {
        for (view, entity) in [
            ("invoices_by_month", "invoice"), ("revenue_by_client", "invoice"), ("staff_utilisation", "timesheet"),
            ("timesheet_by_month", "timesheet"), ("quote_conversion_by_month", "quote"),
        ] {
            let wrong = try await fixture.query(
                """
                select v.month_on
                from (select distinct connection_id, month_on, is_complete from report.\(view)) v
                where v.is_complete <> report.is_complete(
                    v.connection_id, '\(entity)', v.month_on, (v.month_on + interval '1 month')::date - 1)
                """)
            #expect(wrong.isEmpty, "\(view)")
            let complete = try await fixture.number("select count(*) from report.\(view) where is_complete")
            #expect(complete > 0, "\(view)")
        }
    }
}
