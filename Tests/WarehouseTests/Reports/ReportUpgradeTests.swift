import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import SQLFiles
@testable import Warehouse

@Suite("13.1 Views of report only grow", .platform)
struct ReportUpgradeTests {
    /// What people may have made of their own, on top of Inflow's tables and views.
    private static let own = [
        "create schema mine",
        """
        create view mine.totals as
        select connection_id, sum(amount) as amount from report.invoices_by_month group by connection_id
        """,
        "create view report.mine with (security_invoker = true) as select job_number, margin from "
            + "report.job_profitability",
        "create function mine.open() returns bigint language sql as 'select count(*) from report.receivables_ageing'",
        "grant select on report.invoices_by_month to public",
        "create index invoice_mine on wfm.invoice (connection_id, due_on)",
        "comment on view mine.totals is 'Mine.'", "comment on column wfm.invoice.due_on is 'Mine too.'",
        "alter table wfm.invoice add column mine text",
        // Columns that are called as something within Inflow's views is.
        "alter table wfm.invoice add column is_final text, add column bucket text, add column line_amount text",
        "alter table wfm.job add column invoiced text, add column job_number text, add column costs text",
        "alter table wfm.quote add column base_number text, add column revision text",
        "alter table wfm.purchase_order add column amount_until text, add column booked text",
        "alter table wfm.timesheet add column is_open text, add column age text, add column leave_minutes text",
        "alter table wfm.staff add column first_on text, add column staff_name text",
        "alter table wfm.client add column bucket text, add column amount_outstanding text, add column is_valued text",
        "create trigger mine after insert on wfm.client for each row execute function "
            + "suppress_redundant_updates_trigger()",
        "insert into setting.closed_state select id, 'Archived' from inflow.connection",
    ]
    private static let looks = [
        "select pg_get_viewdef('mine.totals'::regclass)", "select pg_get_viewdef('report.mine'::regclass)",
        "select mine.open()", "select relacl::text from pg_class where oid = 'report.invoices_by_month'::regclass",
        "select pg_get_indexdef('wfm.invoice_mine'::regclass)", "select obj_description('mine.totals'::regclass)",
        "select col_description('wfm.invoice'::regclass, attnum) from pg_attribute "
            + "where attrelid = 'wfm.invoice'::regclass and attname in ('due_on', 'mine') order by attnum",
        "select tgname from pg_trigger where tgname = 'mine'", "select count(*) from setting.closed_state",
    ]

    @Test("People's views, functions, grants, indexes, comments, columns and settings survive an upgrade")
    func upgrade() async throws {
        let fixture = try await LoaderFixture()
        for statement in ReportUpgradeTests.own { try await fixture.session.execute(statement) }
        let before = try await looked(fixture)
        let reports = SQLFile.views.map {
            SQLFile(folder: "reports", name: $0.name, text: $0.text + "\n-- As of the next release.\n")
        }
        let next = SQLFile(
            folder: "migrations", name: "9999_next", text: "comment on schema report is 'As of the next release.';")
        let outcome = try await Migrator(
            fixture.warehouse, files: SQLFile.all(in: "migrations") + [next], reports: reports
        ).migrate()
        #expect(outcome.applied == ["9999_next"])
        #expect(outcome.reports == reports.map(\.name))
        #expect(try await looked(fixture) == before)
    }

    @Test(
        "A warehouse from before the contract gets the new views; a person's view of such a name is refused, untouched")
    func namesake() async throws {
        let before = ["coverage", "custom_field_value", "hours_and_invoiced_by_client", "quality"]
        let fixture = try await LoaderFixture()
        // As the release before left it.
        let views = SQLFile.views.map(\.name).filter { !before.contains($0) }
        for view in views.reversed() { try await fixture.rows("drop view if exists report.\(view) cascade") }
        try await fixture.rows("delete from inflow_migration.report where not name = any ($1)", .textArray(before))
        try await fixture.rows("create view report.staff_list as select 1 as mine")
        let migrator = Migrator(fixture.warehouse)
        let error = await failure { try await migrator.migrate() }
        #expect(error?.code == .schemaDiffers)
        #expect(
            error?.message.contains("view report.staff_list, which Inflow did not make") == true,
            "\(error?.message ?? "")")
        #expect(try await fixture.rows("select mine from report.staff_list") == ["1"])
        #expect(try await fixture.rows("select to_regclass('report.client_list') is null") == ["t"])
        try await fixture.rows("alter view report.staff_list rename to my_staff_list")
        #expect(try await migrator.migrate().reports.count == views.count)
        #expect(try await fixture.rows("select mine from report.my_staff_list") == ["1"])
        #expect(try await fixture.rows("select count(*) from report.staff_list") == ["0"])
    }

    private func looked(_ fixture: LoaderFixture) async throws -> [[String]] {
        var found: [[String]] = []
        for look in ReportUpgradeTests.looks { found.append(try await fixture.rows(look)) }
        return found
    }

    /// The columns of every view, in their order, as they were released.
    private static let golden = Checkout.file("Tests/WarehouseTests/Golden/report_columns.txt")

    @Test("A view keeps its columns, their types and their order; new ones come last")
    func additions() async throws {
        let fixture = try await LoaderFixture()
        let present = try await fixture.rows(
            """
            select c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            from pg_class c
            join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace in ('report'::regnamespace, 'bi'::regnamespace) and c.relkind = 'v' and a.attnum > 0
            order by c.relname collate "C", a.attnum
            """)
        if ProcessInfo.processInfo.environment["INFLOW_WRITE_GOLDEN"] != nil {
            try (present.joined(separator: "\n") + "\n").write(
                to: ReportUpgradeTests.golden, atomically: true, encoding: .utf8)
        }
        let committed = try String(contentsOf: ReportUpgradeTests.golden, encoding: .utf8)
            .split(separator: "\n").map(String.init)
        let view = { (line: String) in String(line.prefix { $0 != " " }) }
        let now = Dictionary(grouping: present, by: view)
        for (name, lines) in Dictionary(grouping: committed, by: view) {
            #expect(Array(now[name, default: []].prefix(lines.count)) == lines, "\(name)")
        }
        #expect(present.count == committed.count, "Add the new columns to the file: INFLOW_WRITE_GOLDEN=1")
    }
}
