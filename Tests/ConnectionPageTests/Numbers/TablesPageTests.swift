import Foundation
import HTTPTypes
import HummingbirdTesting
import Inflow
import Testing

@testable import ConnectionPage

@Suite("Pages of tables")
struct TablesPageTests {
    private static let script = "<script>alert('x')</script>\"&"
    private static let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"

    @Test("Values, names of columns, comments and what was typed are text, never HTML")
    func escaping() async throws {
        var services = Scripted()
        let column = TableSight.Column(
            name: Self.script, type: Self.script, comment: Self.script, isNumber: false, isOrdered: true)
        services.table = TableSight(
            table: TableSummary(schema: "wfm", name: "job", isView: false, comment: Self.script), columns: [column],
            rows: [[Self.script]])
        try await NumberFixture.run(services) { pages in
            let typed = Address.part(Self.script)
            let table = try await pages.get(
                "/connections/acme/tables/wfm.job?c1=\(typed)&o1=is&v1=\(typed)&sort=\(typed)&after=\(typed)"
            ).text
            #expect(!table.contains("<script>alert") && table.contains(Self.escaped), "\(table)")
            #expect(table.components(separatedBy: Self.escaped).count > 6)
            let list = try await pages.get("/connections/acme/tables").text
            #expect(!list.contains("<script>alert") && list.contains(Self.escaped))
        }
    }

    @Test("The dictionary has each table with its columns and leads to its rows; whatever the catalogue holds is text")
    func dictionary() async throws {
        var services = Scripted()
        let table = TableSummary(schema: "wfm", name: "job\"><b>", isView: false, comment: Self.script)
        services.entries = [
            DictionaryEntry(
                table: TableSummary(schema: "wfm", name: "client", isView: false, comment: "Clients."),
                key: ["connection_id", "uuid"], parts: [],
                columns: [.init(name: "uuid", type: "text, never null", comment: "Key.")]),
            DictionaryEntry(
                table: table, key: [Self.script], parts: [.init(name: Self.script, text: Self.script)],
                columns: [.init(name: Self.script, type: Self.script, comment: Self.script)]),
            DictionaryEntry(
                table: TableSummary(schema: "report", name: "job_schedule", isView: true, comment: ""), key: [],
                parts: [.init(name: "Question", text: "which jobs are due?")], columns: []),
        ]
        try await NumberFixture.run(services) { pages in
            #expect(
                try await pages.get("/connections/acme/tables").text.contains("href=\"/connections/acme/dictionary\""))
            let text = try await pages.get("/connections/acme/dictionary").text
            #expect(!text.contains("<script>alert") && !text.contains("<b>\"") && !text.contains("\"><b>"), "\(text)")
            #expect(text.components(separatedBy: Self.escaped).count == 8, "\(text)")
            #expect(text.contains("<a href=\"#wfm.client\">client</a>"))
            #expect(
                text.contains(
                    "<h3 id=\"wfm.client\"><a href=\"/connections/acme/tables/wfm.client\">wfm.client</a></h3>"))
            #expect(text.contains("<p>Primary key: <code>connection_id</code>, <code>uuid</code>.</p>"))
            #expect(text.contains("<td><code>uuid</code></td><td>text, never null</td><td class=\"text\">Key.</td>"))
            #expect(text.contains("<h2>Schema report</h2>") && text.contains("<dd>which jobs are due?</dd>"))
        }
    }

    @Test("The address's question reaches the service as it is, without conditions that lack a value")
    func question() async throws {
        let services = Scripted()
        try await NumberFixture.run(services) { pages in
            let path =
                "/connections/acme/tables/wfm.job?c1=name&o1=contains&v1=A%20b&c2=budget&o2=at_least&v2=&c3=state&o3=empty"
                + "&c4=x&o4=drop&v4=y&sort=budget&order=down&after=%5B%22a%22%5D&skip=100"
            #expect(try await pages.get(path).status == .ok)
            let question = try #require(await services.asked.questions.first)
            #expect(
                question.filters == [
                    TableFilter("name", .contains, "A b"), TableFilter("state", .empty, ""),
                ])
            #expect(question.sort == "budget" && question.isDescending)
            #expect(question.after == "[\"a\"]" && question.skipped == 100)
        }
    }

    @Test("A page leads to the next by key, to the record, to what a column names, and to CSV of all that fits")
    func links() async throws {
        var services = Scripted()
        services.table.entity = "job"
        services.table.key = ["uuid"]
        services.table.next = "[\"j1\"]"
        services.table.hasMore = true
        services.table.count = 5_000
        services.table.isCountCut = true
        try await NumberFixture.run(services) { pages in
            let text = try await pages.get("/connections/acme/tables/wfm.job?c1=name&o1=contains&v1=a").text
            #expect(text.contains("href=\"/connections/acme/records/job/j1\""))
            #expect(text.contains("href=\"/connections/acme/records/client/c1\""))
            #expect(text.contains("after=%5B%22j1%22%5D&amp;skip=1\""), "\(text)")
            #expect(text.contains("/tables/wfm.job/csv?c1=name&amp;o1=contains&amp;v1=a\""))
            #expect(text.contains("Rows 1 to 1 of more than 5,000."))
            // A value without a link of its own has none from its row.
            #expect(text.contains("<td>A job</td>"), "\(text)")
        }
    }

    @Test("A page leads back by key, with the rows counted down; the first leads nowhere back")
    func back() async throws {
        var services = Scripted()
        services.table.hasMore = true
        (services.table.previous, services.table.next) = ("[\"j0\"]", "[\"j1\"]")
        services.table.count = 5_000
        let path = "/connections/acme/tables/wfm.job?sort=name"
        try await NumberFixture.run(services) { pages in
            let forward = try await pages.get(path + "&after=%5B%22x%22%5D&skip=200").text
            #expect(forward.contains("Rows 201 to 201 of 5,000."))
            #expect(forward.contains("?sort=name&amp;before=%5B%22j0%22%5D&amp;skip=200\" rel=\"prev\""), "\(forward)")
            let back = try await pages.get(path + "&before=%5B%22x%22%5D&skip=200").text
            #expect(back.contains("Rows 200 to 200 of 5,000."), "\(back)")
            #expect(back.contains("?sort=name&amp;before=%5B%22j0%22%5D&amp;skip=199\" rel=\"prev\""))
            #expect(back.contains("?sort=name&amp;after=%5B%22j1%22%5D&amp;skip=200\" rel=\"next\""))
        }
        services.table.previous = nil
        try await NumberFixture.run(services) { pages in
            // Whatever was counted: nothing comes before.
            let first = try await pages.get(path + "&before=%5B%22x%22%5D&skip=200").text
            #expect(first.contains("Rows 1 to 1 of 5,000.") && !first.contains("rel=\"prev\""))
        }
        services.table.isPagedByKey = false
        services.table.next = nil
        try await NumberFixture.run(services) { pages in
            let view = try await pages.get(path + "&skip=250").text
            #expect(view.contains("?sort=name&amp;skip=150\" rel=\"prev\""))
        }
    }

    @Test("What is not complete is said, and never called complete")
    func completeness() async throws {
        let day = try #require(LocalDate("2026-04-01"))
        #expect(
            CompletenessLine(entity: "timesheet", from: day, to: LocalDate("2026-11-26"), rejected: 2, held: 0).words
                == "Timesheets: complete from 1 Apr 2026 to 26 Nov 2026; 2 rejected.")
        let none = CompletenessLine(entity: "timesheet", from: day, to: nil, rejected: 0, held: 0)
        #expect(none.words == "Timesheets: not complete from 1 Apr 2026 on." && none.isDoubtful)
        let never = CompletenessLine(entity: "invoice", from: nil, to: nil, rejected: 0, held: 3)
        #expect(never.words == "Invoices: never read whole; 3 held." && never.isDoubtful)
        var services = Scripted()
        services.table.completeness = [none]
        try await NumberFixture.run(services) { pages in
            let text = try await pages.get("/connections/acme/tables/wfm.job").text
            #expect(text.contains("<li class=\"warn\">Timesheets: not complete from 1 Apr 2026 on.</li>"))
        }
    }

    @Test("Without a session a page leads to the way in; another connection's page does not exist")
    func rights() async throws {
        try await NumberFixture.run { pages in
            for path in [
                "tables", "tables/wfm.job", "tables/wfm.job/csv", "records/job/1", "records/job/1/raw", "query",
                "query/1", "summaries", "summaries/month/csv", "charts", "charts/hours/csv", "dictionary",
                "report-settings", "report-settings/staff_rate/csv", "report-settings/staff_rate/row",
            ] {
                let away = try await pages.get("/connections/acme/\(path)", signedIn: false)
                #expect(away.status == .seeOther && away.headers[.location]?.hasPrefix("/sign-in") == true, "\(path)")
                let other = try await pages.get("/connections/other/\(path)")
                #expect(other.status == .notFound, "\(path): \(other.status)")
            }
        }
    }

    @Test("Files and queries are noted with who took them and what was asked; what cannot be noted is not sent")
    func noted() async throws {
        var services = Scripted()
        services.summary = SummarySight(
            span: try #require(DaySpan(from: LocalDate(daysSinceEpoch: 0), to: LocalDate(daysSinceEpoch: 1))),
            tables: [:], completeness: [])
        let scripted = services
        try await NumberFixture.run(scripted, visitor: NumberFixture.operates) { pages in
            _ = try await pages.get("/connections/acme/tables/wfm.job/csv?c1=name&o1=is&v1=A%20b")
            _ = try await pages.get("/connections/acme/summaries/month/csv")
            _ = try await pages.get("/connections/acme/charts/hours/csv")
            _ = try await pages.post("/connections/acme/query", [("sql", "select 1")])
            _ = try await pages.post("/connections/acme/query/csv", [("sql", "select 2")])
            // What is only looked at is not noted, and neither is what was refused.
            _ = try await pages.get("/connections/acme/tables/wfm.job")
            _ = try await pages.get("/connections/acme/charts/nothing/csv")
            _ = try await pages.post("/connections/acme/query", [("sql", "select 3")], token: "wrong")
            #expect(
                await scripted.readings.noted == [
                    .file(of: "wfm.job", question: "c1=name&o1=is&v1=A b"),
                    .file(of: "summary by month", question: ""), .file(of: "chart hours", question: ""),
                    .query("select 1"), .queryFile("select 2"),
                ])
            #expect(await scripted.readings.doers.map(\.actor) == [.user(1, name: "Vera")])
            await scripted.readings.fail(PageProblem(.unavailable, "Away", "Nothing."))
            for path in ["tables/wfm.job/csv", "summaries/month/csv", "charts/hours/csv"] {
                #expect(try await pages.get("/connections/acme/\(path)").status == .serviceUnavailable)
            }
            for path in ["query", "query/csv"] {
                let answer = try await pages.post("/connections/acme/\(path)", [("sql", "select 4")])
                #expect(answer.status == .serviceUnavailable)
            }
        }
    }

    @Test("CSV comes as an attachment whose name no text of an address can break, and breaks off where its rows do")
    func csv() async throws {
        try await NumberFixture.run { pages in
            let whole = try await pages.get("/connections/acme/tables/wfm.job%22%0D%0Ax/csv")
            #expect(whole.text == "a,b\r\n1,2\r\n")
            #expect(whole.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(whole.headers[.contentDisposition] == "attachment; filename=\"acme-wfm.job___x.csv\"")
        }
        var services = Scripted()
        services.breaksAfter = 1
        try await NumberFixture.run(services) { pages in
            // An answer that ended well would look whole.
            await #expect(throws: (any Error).self) {
                try await pages.get("/connections/acme/tables/wfm.job/csv")
            }
        }
    }
}
