import Curl
import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse
import WorkflowMax

@Suite("Queries on the page", .database(.warehouse), .timeLimit(.minutes(5)))
struct PageQueryTests {
    @Test("No query writes, leaves its rows, its role or its transaction, or reaches a file, a program or a secret")
    func hostile() async throws {
        try await InflowFixture.runWithBrowser { fixture, browser, _ in
            try await fixture.addOther()
            // The first query makes the reader's role.
            #expect(try await browser.query("select 1").text.contains("1 row."))
            let before = try await fixture.state()
            let refused = [
                "delete from wfm.client", "update wfm.client set name = 'x'", "drop table wfm.client",
                "with x as (delete from wfm.client returning *) select * from x", "select 1; select 2",
                "select 1; drop table wfm.client", "select 1) as q (c1); drop table wfm.client; --",
                "select * into wfm.copy from wfm.client", "select * from wfm.client for update",
                "copy wfm.client to program 'id'", "copy wfm.client to stdout", "set role postgres", "reset role",
                "set session authorization default", "begin", "commit", "rollback", "create temp table t (a int)",
                "declare c cursor with hold for select 1", "do $$begin delete from wfm.client; end$$", "call x()",
                "lock table wfm.client", "listen x", "prepare p as select 1",
                "select set_config('transaction_read_only', 'off', true)",
                "select set_config('role', rolname, false) from pg_roles where rolsuper",
                "select set_config('session_authorization', rolname, false) from pg_roles where rolsuper",
                "select pg_read_file('/etc/passwd')", "select pg_ls_dir('/')", "select lo_import('/etc/passwd')",
                "select * from dblink('dbname=postgres', 'select 1') as t (a int)", "select * from pg_authid",
                "select query_to_xml('delete from wfm.client', true, true, '')", "select pg_reload_conf()",
                "select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user and pid is not null",
            ]
            for sql in refused {
                let page = try await browser.query(sql)
                #expect(page.status == 422 && page.text.contains("role=\"alert\""), "\(sql): \(page.plain.suffix(900))")
            }
            #expect(try await fixture.state() == before)
            // What it may ask, and sees nothing of.
            for sql in [
                "select * from wfm.client where connection_id <> 1", "select * from inflow.connection where id <> 1",
                "select * from inflow.connection_secret", "select * from inflow.token",
                "select * from report.client_list where connection_name = 'other'",
                "select * from inflow.archive_piece", "select * from inflow.page_session",
            ] {
                let page = try await browser.query(sql)
                #expect(page.text.contains("0 rows.") || page.status == 422, "\(sql): \(page.plain.suffix(900))")
                #expect(!page.text.contains("OTHER"), "\(sql)")
            }
            let own = try await browser.query(
                "select count(*) as n, count(*) filter (where name = 'OTHER') from client")
            let count = try await fixture.number("select count(*) from wfm.client where connection_id = 1")
            #expect(own.text.contains("<td class=\"number\">\(count)</td><td class=\"number\">0</td>"), "\(own.plain)")
            // Nothing stays open: neither a cursor nor a transaction.
            try await eventually("the sessions of queries to end") {
                try await fixture.number(
                    "select count(*) from pg_stat_activity where datname = current_database() and usename like '%\\_terminal' and state <> 'idle'"
                ) == 0
            }
        }
    }

    @Test("A query ends at its time limit, also one that takes the limit off, and one that is cancelled at once")
    func forEver() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { fixture, browser, _ in
            let endless = try await browser.query("select count(*) from generate_series(1, 1000000000000)", seconds: 1)
            #expect(
                endless.status == 422 && endless.text.contains("took longer than 1 s"), "\(endless.plain.suffix(900))")
            // Rows come, and then none: the query has switched the limit of its session off in its first step.
            let slow = """
                select set_config('statement_timeout', '0', false), case when n > 120 then (select 1 from pg_sleep(3600)) end
                from generate_series(1, 200) n
                """
            let fields = try await browser.withToken(
                [("sql", slow), ("seconds", "2")], from: "/connections/acme/query")
            let answer = try await browser.begin("/connections/acme/query/csv", fields: fields)
            #expect(answer.status == 200)
            await #expect(throws: CurlError.self, "a file that broke off must not look whole") {
                _ = try await answer.body.collect(atMost: 1 << 20)
            }
            let onPage = try await browser.query(slow, seconds: 1)
            #expect(onPage.text.contains("took longer than 1 s"), "\(onPage.plain.suffix(900))")
            let begun = try await browser.post(
                "/connections/acme/query", [("sql", "select pg_sleep(3000)"), ("seconds", "300")],
                from: "/connections/acme/query")
            let place = try #require(begun.location)
            #expect(try await browser.get(place).text.contains("The query runs"))
            let cancelled = try await browser.post("\(place)/cancel", from: place)
            #expect(cancelled.location == place)
            #expect(try await browser.get(place).text.contains("The query was cancelled."))
            try await eventually("the server to stop the query") {
                try await fixture.number(
                    "select count(*) from pg_stat_activity where datname = current_database() and query like '%fetch%' and state = 'active' and usename like '%\\_terminal'"
                ) == 0
            }
        }
    }

    @Test("Errors have their place, huge values are cut, 500 rows are shown, semicolons and comments do no harm")
    func answers() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { _, browser, serve in
            let wrong = try await browser.query("select 1,\n  nothing\nfrom client")
            #expect(wrong.plain.contains("column \"nothing\" does not exist"), "\(wrong.plain.suffix(900))")
            #expect(wrong.text.contains("Line 2, character 3:") && wrong.text.contains("<pre>  nothing\n  ^</pre>"))
            let script = try await browser.query("select '<script>alert(1)</script>'::int")
            #expect(script.status == 422 && !script.text.contains("<script>alert"), "\(script.plain)")
            let huge = try await browser.query("select repeat('x', 50000000) from generate_series(1, 30)")
            #expect(huge.status == 200 && huge.text.utf8.count < 100_000)
            #expect(try #require(serve.mostMemory) < 700 << 20)
            let many = try await browser.query(
                "select n, '' as empty, null as nothing from generate_series(1, 501) n;; ")
            #expect(many.text.contains("The first 500 rows of more; CSV has all."), "\(many.plain.suffix(400))")
            let end = try await browser.query("select n from generate_series(1, 500) n -- the end")
            #expect(end.text.contains("500 rows. It took"), "\(end.plain.suffix(400))")
            let twice = try await browser.query(
                "select 1 as a, 2 as a, array[1, 2], '{\"b\": 1}'::json, true, current_date")
            #expect(
                twice.text.contains("1 row.") && twice.plain.contains("{1,2}") && twice.plain.contains("{\"b\": 1}"))
            let none = try await browser.query("select from client")
            #expect(none.plain.contains("The answer would have no columns."), "\(none.plain.suffix(400))")
        }
    }

    @Test("A query is saved, opened in another session, changed, renamed and removed, and the audit log says so")
    func saved() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { fixture, browser, _ in
            let page = "/connections/acme/query"
            let saved = try await browser.post(
                "\(page)/save", [("sql", "select 41 + 1 as \"<n>\" -- why"), ("name", "The <answer>")], from: page)
            let place = try #require(saved.location)
            let opened = try await browser.get(place)
            #expect(opened.plain.contains("select 41 + 1 as \"<n>\" -- why</textarea>"), "\(opened.plain)")
            #expect(opened.text.contains("The &lt;answer&gt;</a>") && !opened.text.contains("The <answer>"))
            let taken = try await browser.post(
                "\(page)/save", [("sql", "select 0"), ("name", "The <answer>")], from: page)
            #expect(taken.status == 200 && taken.plain.contains("already. Nothing was changed."), "\(taken.plain)")
            let long = try await browser.post(
                "\(page)/save", [("sql", "select 0"), ("name", String(repeating: "x", count: 65))], from: page)
            #expect(long.plain.contains("A name has 64 characters at most."), "\(long.plain)")
            let number = try #require(place.firstMatch(of: /saved=(\d+)/)?.1)
            let renamed = try await browser.post("\(page)/saved/\(number)/rename", [("name", "42")], from: page)
            #expect(renamed.location == "\(page)?saved=\(number)&done=saved")
            _ = try await browser.post("\(page)/saved/\(number)/remove", from: page)
            #expect(!(try await browser.get(page).text.contains("Saved queries")))
            let again = try await browser.post("\(page)/saved/\(number)/remove", from: page)
            #expect(again.status == 404)
            let log = try await fixture.inflow("audit", "--connection", "acme", "--json").output
            for action in ["query_saved", "query_renamed", "query_removed"] {
                #expect(log.components(separatedBy: "\"\(action)\"").count == 2, "\(log)")
            }
        }
    }
}

extension InflowFixture {
    /// Adds a connection "other" with a client of its own, called OTHER.
    func addOther() async throws {
        let other = try await ConnectionStore(warehouse).add(
            "other", connection.settings, platform: WorkflowMax.platform, clientSecret: "other-secret",
            box: try await box())
        let session = try await PostgresConnection.connect(to: url, applicationName: "test")
        try await session.query(
            """
            insert into wfm.client
            select (jsonb_populate_record(c, jsonb_build_object('connection_id', $1::bigint, 'name', 'OTHER'))).*
            from wfm.client c where connection_id = $2 limit 1
            """, [.int64(other.id), .int64(connection.id)])
        await session.close()
    }

    /// What a query could change: rows, relations and large objects.
    func state() async throws -> [String] {
        InflowFixture.rows(
            try await query(
                """
                select (select md5(string_agg(c::text, '' order by c.uuid)) from wfm.client c) as clients,
                    (
                        select count(*) from pg_class
                        where relnamespace::regnamespace::text in ('wfm', 'report', 'inflow', 'public', 'setting')
                    ) as relations,
                    (select count(*) from pg_largeobject_metadata) as objects
                """))
    }
}

extension InflowProcess {
    /// The most memory that it has had, in bytes.
    var mostMemory: Int? {
        let status = FileManager.default.contents(atPath: "/proc/\(identifier)/status") ?? Data()
        let line = String(decoding: status, as: UTF8.self).firstMatch(of: /VmHWM:\s+(\d+) kB/)
        return line.flatMap { Int($0.1) }.map { $0 * 1_024 }
    }
}
