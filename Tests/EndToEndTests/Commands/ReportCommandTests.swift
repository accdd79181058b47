import Foundation
import Inflow
import Postgres
import Sandbox
import TestSupport
import Testing
import Warehouse

@Suite("13.6 Reports, queries and exports", .database(.warehouse), .timeLimit(.minutes(5)))
struct ReportCommandTests {
    /// Views that need no records: 1,200 rows with a month and awkward text, and one without a day.
    private static let views = """
        create view report.sample with (security_invoker = true) as
        select c.id as connection_id, c.name as connection_name, 'u' || n as thing_uuid, n,
            case when n = 1 then '=1+1, "quoted"' when n = 2 then 'Māori' when n > 2 then 'name ' || n end as label,
            (date '2026-01-01' + (n % 12) * interval '1 month')::date as month_on, (n / 8.0)::numeric(19, 4) as hours
        from inflow.connection c
        cross join generate_series(1, 1200) n;
        comment on view report.sample is 'Rows for a test.';
        create view report.sample_dayless with (security_invoker = true) as
        select id as connection_id, current_date as due_on from inflow.connection;
        """

    private func run(_ body: (InflowFixture) async throws -> Void) async throws {
        try await InflowFixture.runWithReaders { fixture in
            let session = try await PostgresConnection.connect(to: fixture.url, applicationName: "test")
            try await session.execute(ReportCommandTests.views)
            await session.close()
            try await body(fixture)
        }
    }

    @Test("The list has each report with its question and its days; other schemas' views are no reports")
    func list() async throws {
        try await run { fixture in
            let list = try await fixture.inflow("report", "list", environment: ["COLUMNS": "200"])
            #expect(list.code == 0, "\(list)")
            #expect(list.output.contains("which months of which entity have been read whole"), "\(list)")
            #expect(list.output.contains("Rows for a test.") && list.output.contains("; due_on"), "\(list)")
            struct Report: Decodable { let name, schema: String; let dateColumn: String?; let columns: [String] }
            let reports = try await fixture.inflow("report", "list", "--json").json([Report].self)
            #expect(Set(reports.map(\.schema)) == ["report"])
            #expect(reports.first { $0.name == "sample" }?.dateColumn == "month_on")
        }
    }

    @Test("A report comes in each format, for a span of days whose ends are included")
    func formats() async throws {
        try await run { fixture in
            let csv = try await fixture.inflow(
                "report", "sample", "--connection", "acme", "--columns", "n,label,hours", "--format", "csv", "--where",
                "n in (1, 2, 12, 13)", "--from", "2026-02", "--to", "2026-03-20")
            #expect(csv.code == 0 && csv.error.isEmpty, "\(csv)")
            #expect(
                csv.output
                    == "n,label,hours\r\n"
                    + "1,\"'=1+1, \"\"quoted\"\"\",0.1250\r\n13,name 13,1.6250\r\n2,Māori,0.2500\r\n")
            let exact = try await fixture.inflow(
                "report", "show", "Sample", "--format", "csv", "--columns", "label", "--limit", "1", "--where", "n=1",
                "--exact")
            #expect(exact.output == "label\r\n\"=1+1, \"\"quoted\"\"\"\r\n", "\(exact)")
            struct Row: Decodable { let n: Int; let label: String?; let monthOn: String; let hours: Double }
            let rows = try await fixture.inflow(
                "report", "sample", "--format", "json", "--columns", "n,label,month_on,hours", "--from", "2026-12-31",
                "--to", "2026"
            ).json([Row].self)
            #expect(rows.count == 100 && rows.allSatisfy { $0.monthOn == "2026-12-01" })
            let markdown = try await fixture.inflow(
                "report", "sample", "--format", "markdown", "--columns", "n,label", "--where", "n = 5")
            #expect(markdown.output == "| n | label |\n| --: | --- |\n| 5 | name 5 |\n", "\(markdown)")
            let table = try await fixture.inflow("report", "sample", "--where", "n <= 2 -- a comment")
            #expect(table.output.contains("connection_name") && table.output.contains("Māori"), "\(table)")
            #expect(!table.output.contains("thing_uuid"), "a table has no identifiers")
            let none = try await fixture.inflow("report", "sample", "--where", "false", "--columns", "n")
            #expect(none.code == 0 && none.output.hasPrefix("n\n-") && none.error == "No row.\n", "\(none)")
        }
    }

    @Test("A terminal shows the first 200 rows and says so; a pipe has all, or as many as its reader wants")
    func lengths() async throws {
        try await run { fixture in
            let terminal = try await fixture.start(["report", "sample"], ["COLUMNS": "100"], onTerminal: true).ending()
            #expect(terminal.code == 0, "\(terminal)")
            #expect(terminal.output.contains("These are the first 200 rows of more."), "\(terminal.output.suffix(300))")
            let all = try await fixture.start(
                ["report", "sample", "--format", "csv"], shell: #""$@" | wc -l; echo ${PIPESTATUS[0]}"#
            ).ending()
            #expect(all.output == "1201\n0\n", "\(all)")
            let piped = try await fixture.start(["report", "sample"], shell: #""$@" | grep -c name"#).ending()
            #expect(piped.output == "1201\n" || piped.output == "1200\n", "\(piped)")
            let first = try await fixture.start(
                ["query", "select generate_series(1::bigint, 1000000000000) as n", "--format", "csv"],
                shell: #""$@" | head -2; echo ${PIPESTATUS[0]}"#
            ).ending()
            #expect(first.output == "n\r\n1\r\n0\n" && first.error.isEmpty, "\(first)")
            let full = try await fixture.start(["report", "sample", "--format", "csv"], shell: #""$@" > /dev/full"#)
                .ending()
            #expect(full.code == 1 && full.error.contains("could not write all"), "\(full)")
        }
    }

    @Test("What is misspelt is answered with what may have been meant, and nothing is printed")
    func refusals() async throws {
        try await run { fixture in
            for (arguments, words, code) in [
                (["report", "smaple"], "Did you mean sample?", Int32(64)),
                (["report", "sample", "--columns", "lable"], "Did you mean label?", 64),
                (["report", "sample_dayless", "--from", "2026"], "Its days are due_on", 64),
                (["report", "sample", "--from", "2026-12", "--to", "2026-11"], "is after the last", 64),
                (["report", "sample", "--limit", "0"], "must be 1 or more", 64),
                (["report", "sample", "--where", "nn = 1"], "column \"nn\" does not exist", 1),
                (["report", "sample", "--where", "exists (select from pg_authid)"], "permission denied", 1),
                (["query", "delete from wfm.job"], "does not take the query", 1),
                (["query", "select 1 as a, 2 as a", "--format", "json"], "Two columns", 64),
                (["query", "select 1", "--connection", "acne"], "acne", 1),
            ] {
                let ending = try await fixture.start(arguments).ending()
                #expect(ending.code == code && ending.output.isEmpty, "\(arguments): \(ending)")
                #expect(ending.error.contains(words), "\(arguments): \(ending)")
                #expect(!ending.error.contains("report this message"), "\(ending)")
            }
        }
    }

    @Test("The rows of one connection are not those of another, whatever the condition says")
    func ownRows() async throws {
        try await run { fixture in
            #expect(try await fixture.start(try fixture.addArguments("other", withToken: false)).ending().code == 0)
            let sql = "select connection_name, count(*) as rows from report.sample group by 1 order by 1"
            let all = try await fixture.inflow("query", sql, "--format", "csv")
            #expect(all.output == "connection_name,rows\r\nacme,1200\r\nother,1200\r\n", "\(all)")
            let own = try await fixture.inflow("query", sql, "--format", "csv", "--connection", "other")
            #expect(own.output == "connection_name,rows\r\nother,1200\r\n", "\(own)")
            let condition = try await fixture.inflow(
                "report", "sample", "--connection", "other", "--columns", "connection_name", "--format", "csv",
                "--where",
                "n = 1) or (true")
            #expect(condition.code == 0 && !condition.output.contains("acme"), "\(condition)")
        }
    }

    private struct Manifest: Decodable {
        struct File: Decodable { let file, schema, name: String; let rows, bytes: Int }
        let connection: String
        let asOf: String
        let files: [File]
    }

    private func manifest(_ folder: String) throws -> Manifest {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(
            Manifest.self, from: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/manifest.json")))
    }

    @Test("An export has each table and report of the connection, and a manifest that agrees with the files")
    func export() async throws {
        try await run { fixture in
            #expect(try await fixture.start(try fixture.addArguments("other", withToken: false)).ending().code == 0)
            #expect(try await fixture.inflow("sync", "acme", "task", "staff").code == 0)
            let folder = "\(fixture.folder)/new/export"
            let ending = try await fixture.inflow("export", "acme", "--dir", folder)
            #expect(ending.code == 0 && ending.output.contains("Inflow wrote"), "\(ending)")
            let manifest = try manifest(folder)
            #expect(manifest.connection == "acme")
            let there = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(Set(there) == Set(manifest.files.map(\.file) + ["manifest.json"]), "and nothing half written")
            for file in manifest.files {
                let text = try String(contentsOfFile: "\(folder)/\(file.file)", encoding: .utf8)
                #expect(text.utf8.count == file.bytes && text.hasSuffix("\r\n"), "\(file)")
                let rows = try await fixture.number(
                    "select count(*) from \(file.schema).\(file.name) where connection_id = $1",
                    [.int64(fixture.connection.id)])
                #expect(rows == file.rows, "\(file)")
            }
            let names = Set(manifest.files.map(\.file))
            #expect(
                names.isSuperset(of: ["wfm.task.csv", "wfm.invoice.csv", "report.sample.csv", "report.quality.csv"]))
            #expect(manifest.files.first { $0.name == "task" }.map { $0.rows > 0 } == true)
        }
    }

    @Test("A report as of a day is the function's answer; one without such a form says which have it")
    func asOf() async throws {
        try await run { fixture in
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            let arguments = ["report", "receivables_ageing", "--connection", "acme", "--format", "csv"]
            let today = try await fixture.start(
                arguments + ["--as-of", "today", "--columns", "as_of_on,invoice_number"]
            )
            .ending()
            let lines = today.output.split(separator: "\r\n")
            let held = try await fixture.number(
                "select count(*) from report.receivables_ageing_as_of((select today_on from report.connection))")
            #expect(today.code == 0 && lines.count == held + 1 && held > 0, "\(today)")
            let early = try await fixture.start(arguments + ["--as-of", "2001-01-31"]).ending()
            #expect(early.code != 0 && early.error.contains("cannot say how"), "\(early)")
            let none = try await fixture.inflow("report", "sample", "--as-of", "today")
            #expect(
                none.code == 64 && none.error.contains("These have: receivables_ageing, work_in_progress."), "\(none)")
            let work = try await fixture.inflow("report", "work_in_progress", "--as-of", "today", "--format", "csv")
            #expect(work.code == 0 && work.output.contains("unbilled_billable_hours"), "\(work)")
        }
    }

    @Test("Workbooks: an export writes one for each table, and a report prints one with the rows that CSV has")
    func workbooks() async throws {
        try await run { fixture in
            let folder = "\(fixture.folder)/export"
            let ending = try await fixture.inflow(
                "export", "acme", "--dir", folder, "--tables", "report.sample,task", "--format", "xlsx")
            #expect(ending.code == 0, "\(ending)")
            #expect(try manifest(folder).files.map(\.file) == ["report.sample.xlsx", "wfm.task.xlsx"])
            let sheet = try #require(try WorkbookReader.sheets("\(folder)/report.sample.xlsx").first)
            #expect(sheet.name == "sample" && sheet.rows.count == 1_201 && sheet.rows[0].contains("text month_on"))
            #expect(
                sheet.rows.contains { $0.contains("text =1+1, \"quoted\"") && $0.contains("time 2026-02-01 00:00:00") })
            let printed = try await fixture.inflow("report", "sample", "--format", "xlsx", "--limit", "3")
            #expect(printed.code == 0 && printed.output.hasPrefix("PK"), "\(printed.error)")
            let asked = try await fixture.inflow("query", "select 1 as n", "--format", "xlsx")
            #expect(asked.code == 0 && asked.output.hasPrefix("PK"), "\(asked.error)")
        }
    }

    @Test("An export that fails leaves the files of the one before, and names what it does not know")
    func failedExport() async throws {
        try await run { fixture in
            let folder = "\(fixture.folder)/export"
            let first = try await fixture.inflow(
                "export", "acme", "--dir", folder, "--tables", "report.sample,TASK", "--format", "json", "--json")
            #expect(first.code == 0, "\(first)")
            let before = try manifest(folder)
            #expect(before.files.map(\.file) == ["report.sample.json", "wfm.task.json"])
            #expect(try first.json(Manifest.self).asOf == before.asOf)
            let content = try String(contentsOfFile: "\(folder)/report.sample.json", encoding: .utf8)

            let session = try await PostgresConnection.connect(to: fixture.url, applicationName: "test")
            try await session.execute(
                """
                drop view report.sample;
                create view report.sample with (security_invoker = true) as
                select id as connection_id, 'another' as label from inflow.connection;
                create view report.sample_that_fails with (security_invoker = true) as
                select id as connection_id, 1 / (id - id) as n from inflow.connection
                """)
            await session.close()
            let failed = try await fixture.inflow("export", "acme", "--dir", folder, "--format", "json")
            #expect(failed.code == 1 && failed.error.contains("division by zero"), "\(failed)")
            #expect(try String(contentsOfFile: "\(folder)/report.sample.json", encoding: .utf8) == content)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                    == ["manifest.json", "report.sample.json", "wfm.task.json"])
            let unknown = try await fixture.inflow("export", "acme", "--dir", folder, "--tables", "invoce")
            #expect(unknown.code == 64 && unknown.error.contains("Did you mean invoice?"), "\(unknown)")
        }
    }

    @Test("One export at a time writes into a folder")
    func twoExports() async throws {
        try await run { fixture in
            let lock = open(fixture.folder, O_RDONLY | O_DIRECTORY)
            defer { close(lock) }
            #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
            let ending = try await fixture.inflow("export", "acme", "--dir", fixture.folder)
            #expect(ending.code == 1 && ending.error.contains("Another export writes"), "\(ending)")
        }
    }

    @Test("The dictionary has every table, view and column with its meaning, and the question of each report")
    func dictionary() async throws {
        try await run { fixture in
            let session = try await PostgresConnection.connect(to: fixture.url, applicationName: "test")
            try await session.execute(
                "comment on column report.sample.label is '<script>alert(1)</script> | \"quoted\" & more'")
            await session.close()
            let markdown = try await fixture.inflow("docs")
            let html = try await fixture.inflow("docs", "--format", "html", "--connection", "acme")
            #expect(markdown.code == 0 && html.code == 0 && html.error.isEmpty, "\(html.error)\(markdown.error)")
            let relations = try await ShownRelation.all(of: nil, in: fixture.warehouse)
            #expect(relations.contains { $0.fullName == "wfm.invoice" } && relations.contains { $0.isReport })
            for relation in relations {
                #expect(markdown.output.contains("### \(relation.fullName)\n"), "\(relation.fullName)")
                #expect(html.output.contains("<h3 id=\"\(relation.fullName)\">"), "\(relation.fullName)")
                for column in relation.columns {
                    #expect(html.output.contains("<code>\(column.name)</code>"), "\(relation.fullName).\(column.name)")
                }
            }
            let question = "which records contradict themselves or each other?"
            #expect(html.output.contains(question) && markdown.output.contains(question))
            #expect(markdown.output.contains("Primary key: `connection_id`, `uuid`."))
            #expect(!html.output.contains("<script>") && !markdown.output.contains("<script>"))
            #expect(html.output.contains("&lt;script&gt;alert(1)&lt;/script&gt; | &quot;quoted&quot; &amp; more"))
            #expect(!html.output.contains("http://") && !html.output.contains("https://"), "one page, no other file")
        }
    }
}
