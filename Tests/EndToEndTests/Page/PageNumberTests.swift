import Curl
import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import WorkflowMax

@Suite("Pages with numbers", .database(.warehouse), .timeLimit(.minutes(20)))
struct PageNumberTests {
    /// Something that a page must show as text wherever it stands.
    private static let script = "<script>alert(1)</script>"

    private func execute(_ fixture: InflowFixture, _ sql: String) async throws {
        let session = try await PostgresConnection.connect(to: fixture.url, applicationName: "test")
        try await session.execute(sql)
        await session.close()
    }

    /// Keys of the records of a page's rows, in order.
    private func keys(_ page: PageBrowser.Page) -> [String] {
        page.text.matches(of: /<tr><td><a href="[^"]*\/records\/client\/([^"]+)"/).map { String($0.1) }
    }

    /// The address of the next or the previous page.
    private func link(_ kind: String, _ page: PageBrowser.Page) -> String? {
        page.text.matches(of: /href="([^"]+)" rel="([a-z]+)"/).first { $0.2 == kind }.map {
            PageBrowser.plain(String($0.1))
        }
    }

    @Test("Pages follow one another by key, forwards and back: each row once, nulls last, also while rows are added")
    func paging() async throws {
        try await InflowFixture.runWithBrowser { fixture, browser, _ in
            try await execute(
                fixture,
                """
                insert into wfm.client
                select (jsonb_populate_record(null::wfm.client, to_jsonb(c) || jsonb_build_object('uuid', 'k/' || n,
                    'city', case n % 3 when 0 then null when 1 then 'A' else 'B''s "x"' end))).*
                from (select * from wfm.client limit 1) c cross join generate_series(1, 230) n
                """)
            let all = try await fixture.number("select count(*) from wfm.client")
            for (question, order) in [
                ("", "uuid"), ("sort=city", "city nulls last, uuid"),
                ("sort=city&order=down", "city desc nulls last, uuid"), ("sort=uuid&order=down", "uuid desc"),
                ("sort=changed_at&order=down", "changed_at desc, uuid"),
            ] {
                var path: String? = "/connections/acme/tables/wfm.client?\(question)"
                var (seen, pages, back) = ([String](), [[String]](), String?.none)
                while let place = path {
                    let page = try await browser.get(place)
                    #expect(page.status == 200, "\(page)")
                    pages.append(keys(page))
                    seen += keys(page).compactMap(\.removingPercentEncoding)
                    path = link("next", page)
                    back = link("prev", page)
                    #expect((back == nil) == (pages.count == 1), "\(question): page \(pages.count)")
                }
                // The same pages, the other way.
                var earlier: [[String]] = [pages.removeLast()]
                while let place = back {
                    let page = try await browser.get(place)
                    #expect(page.status == 200 && link("next", page) != nil, "\(page)")
                    earlier.insert(keys(page), at: 0)
                    back = link("prev", page)
                    if back == nil { #expect(page.text.contains("Rows 1 to 100 of"), "\(page.plain)") }
                }
                #expect(earlier.count == pages.count + 1 && Array(earlier.dropLast()) == pages, "\(question)")
                let expected = try await fixture.query("select uuid from wfm.client order by \(order)").texts("uuid")
                #expect(seen.count == all && seen == expected, "\(question): \(seen.count) of \(all)")
            }
            let first = try await browser.get("/connections/acme/tables/wfm.client")
            let next = try #require(first.text.firstMatch(of: /href="([^"]+)" rel="next"/)?.1)
            let expected = keys(try await browser.get(PageBrowser.plain(String(next))))
            // A row before this place moves nothing.
            try await execute(
                fixture,
                """
                insert into wfm.client select (jsonb_populate_record(c, '{"uuid": "-first"}')).* from wfm.client c limit 1
                """)
            #expect(keys(try await browser.get(PageBrowser.plain(String(next)))) == expected)
        }
    }

    @Test("Conditions are bound values on columns of the catalogue; what cannot be compared is said in words")
    func filters() async throws {
        try await InflowFixture.runWithBrowser { fixture, browser, _ in
            try await fixture.addOther()
            func csv(_ relation: String, _ question: String) async throws -> Int {
                let text = try await browser.get("/connections/acme/tables/\(relation)/csv?\(question)").text
                return text.split(separator: "\r\n").count - 1
            }
            for (question, condition) in [
                ("c1=budget&o1=at_least&v1=5000.00001", "budget >= 5000.00001"),
                ("c1=budget&o1=empty", "budget is null"), ("c1=name&o1=contains&v1=RE", "name ilike '%re%'"),
                ("c1=name&o1=begins&v1=%25", "false"),
                ("c1=state&o1=is_not&v1=Completed", "state is distinct from 'Completed'"),
                ("c1=start_on&o1=less&v1=2026-01-01&c2=name&o2=filled", "start_on < '2026-01-01' and name <> ''"),
                ("c1=name&o1=is&v1=\(PageBrowser.escaped("' or true --"))", "false"),
            ] {
                let expected = try await fixture.number(
                    "select count(*) from wfm.job where connection_id = 1 and (\(condition))")
                #expect(try await csv("wfm.job", question) == expected, "\(question)")
            }
            for question in [
                "c1=budget&o1=is&v1=x", "c1=start_on&o1=less&v1=soon", "c1=nothing&o1=is&v1=x", "sort=nothing",
                "c1=\(PageBrowser.escaped("name\" = '' or true --"))&o1=is&v1=x", "after=x",
                "after=%5B%22a%22%2C%22b%22%2C%22c%22%5D",
                "before=x", "before=%5B%22a%22%2C%22b%22%2C%22c%22%5D",
                "c1=name&o1=is&v1=%00",
            ] {
                let page = try await browser.get("/connections/acme/tables/wfm.job?\(question)")
                #expect(page.status == 422, "\(question): \(page.status) \(page.plain.suffix(500))")
            }
            for name in [
                "wfm.nothing", "pg_catalog.pg_authid", "inflow.token", "inflow.connection", "wfm.job;drop", "wfm",
            ] {
                #expect(
                    try await browser.get("/connections/acme/tables/\(PageBrowser.escaped(name))").status == 404,
                    "\(name)")
            }
            // Each relation of the list can be opened, and none has the other connection's rows.
            let list = try await browser.get("/connections/acme/tables")
            let paths = list.text.matches(of: /<th scope="row"><a href="([^"]+)"/).map { String($0.1) }
            #expect(paths.count > 60)
            for path in paths {
                let page = try await browser.get(path)
                #expect(page.status == 200, "\(path): \(page.plain.suffix(500))")
                #expect(!page.text.contains("OTHER"), "\(path)")
            }
            #expect(try await browser.get("/connections/other/tables/wfm.client").text.contains("OTHER"))
        }
    }

    @Test("Script in a job's name, a quote's number and a client is text on every page")
    func escaping() async throws {
        try await InflowFixture.runWithBrowser { fixture, browser, _ in
            try await execute(
                fixture,
                """
                update wfm.job set name = '\(Self.script)', state = '\(Self.script)', client_name = '\(Self.script)';
                update wfm.quote set number = '\(Self.script)' where uuid = (select min(uuid) from wfm.quote);
                update wfm.client set name = '\(Self.script)';
                update wfm.staff set name = '\(Self.script)';
                """)
            let job = try #require(try await fixture.query("select min(uuid) as u from wfm.job").texts("u").first)
            let quote = try #require(try await fixture.query("select min(uuid) as u from wfm.quote").texts("u").first)
            for path in [
                "tables/wfm.job", "tables/wfm.quote?c1=number&o1=contains&v1=script", "records/job/\(job)",
                "records/quote/\(quote)", "records/quote/\(PageBrowser.escaped(Self.script))", "summaries", "charts",
            ] {
                let page = try await browser.get("/connections/acme/\(path)")
                #expect(page.status == 200, "\(path): \(page.plain.suffix(500))")
                #expect(!page.text.contains("<script>alert"), "\(path)")
                #expect(page.plain.contains(Self.script), "\(path)")
            }
        }
    }

    @Test("A record has its lines, its history, what refers to it and its XML; a number leads to it")
    func record() async throws {
        try await InflowFixture.runWithBrowser { fixture, browser, _ in
            let row = try #require(
                try await fixture.query(
                    """
                    select job.uuid, job.number, job.client_uuid, count(*) as entries
                    from wfm.job join wfm.timesheet t on t.job_number = job.number and t.deleted_at is null
                    where exists (select from wfm.job_task k where k.job_uuid = job.uuid)
                    group by job.uuid, job.number, job.client_uuid order by count(*) desc limit 1
                    """
                ).first)
            let (uuid, number, client) = (try row.text("uuid"), try row.text("number"), try row.text("client_uuid"))
            let page = try await browser.get("/connections/acme/records/job/\(number)")
            #expect(
                page.text.contains("wfm.job_task</h2>") && page.text.contains("first seen"), "\(page.plain.suffix(900))"
            )
            #expect(page.text.contains("/connections/acme/records/client/\(client)\""))
            let mention = try #require(
                page.text.firstMatch(
                    of: /href="([^"]+)">wfm\.timesheet<\/a><\/th><td>job_number<\/td><td class="number">([\d,]+)</))
            #expect(Int(mention.2.replacing(",", with: "")) == (try row.int("entries")))
            let entries = try await browser.get(PageBrowser.plain(String(mention.1)))
            #expect(entries.text.contains(" of \(mention.2)."), "\(entries.plain)")
            #expect(try await browser.get("/connections/acme/records/client/\(client)").text.contains("wfm.job</a>"))
            let raw = try await browser.get("/connections/acme/records/job/\(uuid)/raw")
            #expect(
                raw.plain.contains("<ID>\(number)</ID>") || raw.plain.contains("The archive holds no answer"),
                "\(raw.plain)")
            #expect(try await browser.get("/connections/acme/records/job/none").status == 404)
            #expect(try await browser.get("/connections/acme/records/nothing/1").status == 404)
        }
    }

    @Test("The totals of all summaries agree with each other and with the reports; CSV has the same rows")
    func summaries() async throws {
        try await InflowFixture.runWithBrowser { fixture, browser, _ in
            // A span that begins and ends within months, and goes on after today.
            let (from, to) = (InflowFixture.today.adding(days: -200), InflowFixture.today.adding(days: 40))
            let span = "from=\(from)&to=\(to)"
            let page = try await browser.get("/connections/acme/summaries?\(span)")
            #expect(page.status == 200, "\(page.plain.suffix(900))")
            let totals = page.text.matches(
                of:
                    /<tfoot><tr><th scope="row">All<\/th><td class="number">([^<]+)<\/td><td class="number">([^<]+)<\/td><td class="number">([^<]+)</
            ).map { [String($0.1), String($0.2), String($0.3)] }
            #expect(totals.count == 4, "\(page.plain)")
            // By staff, amounts are those of time only.
            #expect(Set(totals.map { $0[0] }).count == 1 && Set(totals.map { $0[1] }).count == 1, "\(totals)")
            #expect(totals[0][2] == totals[1][2] && totals[0][2] == totals[3][2], "\(totals)")
            let sql = try #require(
                try await fixture.query(
                    """
                    select (select sum(minutes) / 60.0 from report.staff_day where day_on between $1::date and $2::date)
                            ::numeric(12, 2) as hours,
                        (select sum(amount) from report.invoice_line where issued_on between $1::date and $2::date)
                            ::numeric(12, 2) as amount,
                        (select sum(invoiced_amount) from report.staff_day where day_on between $1::date and $2::date)
                            ::numeric(12, 2) as by_time
                    """, [.text(from.description), .text(to.description)]
                ).first)
            #expect(totals[0][0].replacing(",", with: "") == (try sql.text("hours")))
            #expect(totals[0][2].replacing(",", with: "") == (try sql.text("amount")))
            #expect(totals[2][2].replacing(",", with: "") == (try sql.text("by_time")), "\(totals)")
            #expect(page.text.contains("Timesheets: complete from "), "\(page.plain.prefix(2_000))")
            for kind in ["month", "client", "staff", "job_state"] {
                let csv = try await browser.get("/connections/acme/summaries/\(kind)/csv?\(span)").text
                #expect(csv.hasPrefix("key,label,hours,billable_hours,invoiced_amount\r\n"), "\(csv.prefix(200))")
                #expect(csv.split(separator: "\r\n").count > 1)
            }
            let drill = try #require(page.text.firstMatch(of: /href="([^"]+wfm\.timesheet[^"]+)">([\d,.]+)</))
            let entries = try await browser.get(
                PageBrowser.plain(String(drill.1)).replacing("wfm.timesheet?", with: "wfm.timesheet/csv?")
            ).text
            let lines = entries.split(separator: "\r\n").map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
            }
            let place = try #require(lines.first?.firstIndex(of: "minutes"))
            let minutes = lines.dropFirst().compactMap { $0.count > place ? Int($0[place]) : nil }.reduce(0, +)
            #expect(String(format: "%.2f", Double(minutes) / 60) == drill.2.replacing(",", with: ""))
        }
    }

    @Test("Figures of records that were never read are not called complete, and charts without data say so")
    func unread() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { _, browser, _ in
            let page = try await browser.get("/connections/acme/summaries")
            #expect(page.text.contains("Timesheets: not complete from "), "\(page.plain)")
            #expect(!page.text.contains(": complete "))
            let charts = try await browser.get("/connections/acme/charts")
            #expect(charts.status == 200 && !charts.text.contains(": complete ") && !charts.text.contains("<rect"))
            #expect(charts.text.contains("There is nothing to draw yet."))
            #expect(!(try await browser.get("/connections/acme/tables/wfm.job").text.contains(": complete ")))
        }
    }

    /// Takes the first piece of an answer and hangs up.
    private func leave(_ browser: PageBrowser, _ path: String, _ fields: [(String, String)]) async throws {
        let answer = try await browser.begin(path, fields: fields)
        var pieces = answer.body.makeAsyncIterator()
        #expect(try await pieces.next() != nil)
    }

    @Test("A CSV of 200,000 rows is sent while it is read, in constant memory")
    func manyRows() async throws {
        try await InflowFixture.runWithBrowser { fixture, browser, serve in
            try await execute(
                fixture,
                """
                insert into wfm.timesheet
                select (jsonb_populate_record(null::wfm.timesheet, to_jsonb(t)
                    || jsonb_build_object('uuid', 'n' || n, 'note', repeat('note ', 40)))).*
                from (select * from wfm.timesheet limit 1) t cross join generate_series(1, 200000) n
                """)
            _ = try await browser.get("/connections/acme/tables/wfm.timesheet")
            let before = try #require(serve.mostMemory)
            let answer = try await browser.begin("/connections/acme/tables/wfm.timesheet/csv")
            var (bytes, lines) = (0, 0)
            for try await piece in answer.body {
                bytes += piece.count
                lines += piece.count(where: { $0 == UInt8(ascii: "\n") })
            }
            let after = try #require(serve.mostMemory)
            let rows = try await fixture.count("wfm.timesheet")
            #expect(rows > 200_000 && lines >= rows + 1 && bytes > 60_000_000, "\(lines) lines, \(bytes) bytes")
            #expect(after - before < 40 << 20, "grew by \((after - before) >> 20) MiB for \(bytes >> 20) MiB")
            // A browser leaves in the middle of the same answer to a query: the session ends with it.
            let fields = try await browser.withToken(
                [("sql", "select * from timesheet")], from: "/connections/acme/query")
            try await leave(browser, "/connections/acme/query/csv", fields)
            try await eventually("the session of the file that nobody wants to end") {
                try await fixture.number(
                    """
                    select count(*) from pg_stat_activity
                    where datname = current_database() and usename like '%\\_terminal' and state <> 'idle'
                    """) == 0
            }
        }
    }
}
