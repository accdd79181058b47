import Inflow
import Postgres
import SQLFiles
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.1 What every view of report promises", .platform)
struct ReportContractTests {
    /// Views from before the contract, which stay as they are: their columns are used by people's reports.
    static let older: Set = ["coverage", "custom_field_value", "hours_and_invoiced_by_client", "quality"]
    /// Views about Inflow's own work, or whose purpose is to name what is gone.
    private static let aboutTheWork: Set = ["connection", "run", "data_freshness", "changes", "document_job"]
    /// Views of what was signed off, which keep what is gone by now, or name it.
    private static let signedOff: Set = [
        "closed_period", "late_changes", "invoices_by_month_as_closed", "receivables_ageing_as_closed",
        "staff_utilisation_as_closed", "timesheet_by_month_as_closed",
    ]
    /// What the header of each file says, in this order.
    private static let parts = ["Question", "Grain", "Units", "Dates", "Included", "Left out", "Caveats"]

    private struct ViewColumn {
        let view: String
        let name: String
        let type: String
        let comment: String
    }

    private func columns() async throws -> [String: [ViewColumn]] {
        let fixture = try await LoaderFixture()
        let all = try await fixture.session.query(
            """
            select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) as type,
                coalesce(col_description(c.oid, a.attnum), '') as comment
            from pg_class c
            join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'report'::regnamespace and c.relkind = 'v' and a.attnum > 0
            order by c.relname, a.attnum
            """
        ).read { row throws(PostgresError) in
            ViewColumn(
                view: try row.text("relname"), name: try row.text("attname"), type: try row.text("type"),
                comment: try row.text("comment"))
        }
        return Dictionary(grouping: all, by: \.view)
    }

    @Test("Each begins with the connection's number and name")
    func connections() async throws {
        for (view, columns) in try await columns() where !ReportContractTests.older.contains(view) {
            #expect(columns.prefix(2).map(\.name) == ["connection_id", "connection_name"], "\(view)")
            #expect(columns.prefix(2).map(\.type) == ["bigint", "text"], "\(view)")
        }
    }

    @Test("Hours are numeric(12,4), money and other numbers numeric(19,4), days date, instants with a time zone")
    func types() async throws {
        for (view, columns) in try await columns() where !ReportContractTests.older.contains(view) {
            for column in columns {
                let expected: Set<String> =
                    switch column.name {
                    case let name where name.hasSuffix("_on"): ["date"]
                    case let name where name.hasSuffix("_at") || name == "data_as_of": ["timestamp with time zone"]
                    case let name where name.hasPrefix("is_") || name.hasPrefix("has_"): ["boolean"]
                    case let name where name.contains("hours"): ["numeric(12,4)"]
                    case let name where name.hasSuffix("_source"): ["text"]
                    default: ["numeric(19,4)", "bigint", "integer", "text", "boolean", "date"]
                    }
                #expect(expected.contains(column.type), "\(view).\(column.name) is \(column.type)")
            }
        }
    }

    @Test("Each view and column has a comment, each comment is a sentence")
    func comments() async throws {
        for (view, columns) in try await columns() {
            for column in columns { #expect(column.comment.hasSuffix("."), "\(view).\(column.name)") }
        }
        let bare = try await LoaderFixture("Other").rows(
            """
            select c.relname from pg_class c
            where c.relnamespace = 'report'::regnamespace and c.relkind = 'v'
                and coalesce(obj_description(c.oid), '') !~ '\\.$'
            union all
            select p.proname from pg_proc p
            where p.pronamespace = 'report'::regnamespace and coalesce(obj_description(p.oid), '') !~ '\\.$'
            """)
        #expect(bare == [])
    }

    @Test("Each has a file of its name, whose header says question, grain, units, dates, what is in, what not, caveats")
    func headers() async throws {
        let files = Dictionary(
            uniqueKeysWithValues: SQLFile.views.map { ($0.name, $0.text) })
        for view in try await columns().keys { #expect(files[view] != nil, "\(view) has no file of its name") }
        #expect(files.keys.count { $0.hasPrefix("bi_") } == 9)
        for (name, text) in files where !ReportContractTests.older.contains(name) {
            let header = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("--") }
            let found = header.compactMap { line in
                ReportContractTests.parts.first { line.hasPrefix("-- \($0):") }
            }
            #expect(found == ReportContractTests.parts, "\(name)")
            #expect(header.first?.hasSuffix("?") == true || header.dropFirst().first?.hasSuffix("?") == true, "\(name)")
            #expect(!text.contains("drop view") && text.contains("create or replace"), "\(name)")
        }
    }

    @Test("A view by month says how old and whether complete its data are")
    func months() async throws {
        let columns = try await columns()
        let monthly = columns.filter { $0.value.contains { $0.name == "is_complete" } && $0.key != "data_freshness" }
        for (view, columns) in monthly {
            let names = Set(columns.map(\.name))
            #expect(names.isSuperset(of: ["month_on", "data_as_of"]), "\(view)")
        }
        #expect(
            Set(monthly.keys) == [
                "invoices_by_month", "invoices_by_month_as_closed", "quote_conversion_by_month", "revenue_by_client",
                "staff_utilisation", "staff_utilisation_as_closed", "timesheet_by_month",
                "timesheet_by_month_as_closed",
            ])
    }

    @Test("Money that is derived from a rate says where the rate comes from")
    func sources() async throws {
        let columns = try await columns()
        for (view, names) in [
            ("job_profitability", ["time_cost", "time_value"]), ("work_in_progress", ["time_value"]),
        ] {
            let found = Set(columns[view, default: []].map(\.name))
            for name in names { #expect(found.isSuperset(of: [name, "\(name)_source"]), "\(view).\(name)") }
        }
    }

    @Test("Records that the platform no longer lists are out, and so are the lines of such records")
    func marked() async throws {
        let fixture = try await LoaderFixture()
        try await Readers.fill(fixture)
        for statement in Readers.shownInReports { try await fixture.rows(statement) }
        let views = try await recordViews(fixture)
        for view in views {
            #expect(try await count(view, fixture) > 0, "\(view) shows nothing of a row in each table")
        }
        for table in try await fixture.rows(
            """
            select a.attrelid::regclass from pg_attribute a
            join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'wfm'::regnamespace and c.relkind = 'r' and a.attname = 'deleted_at'
            """)
        { try await fixture.rows("update \(table) set deleted_at = now()") }
        for view in views { #expect(try await count(view, fixture) == 0, "\(view) shows marked rows") }
    }

    func recordViews(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows(
            "select relname from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v' order by 1"
        ).filter {
            !ReportContractTests.older.contains($0) && !ReportContractTests.aboutTheWork.contains($0)
                && !ReportContractTests.signedOff.contains($0)
        }
    }

    private func count(_ view: String, _ fixture: LoaderFixture) async throws -> Int {
        try await fixture.session.query("select count(*)::bigint as rows from report.\(view)")[0].int("rows")
    }
}
