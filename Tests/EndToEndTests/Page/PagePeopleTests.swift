import Curl
import Foundation
import Inflow
import TestSupport
import Testing
import Warehouse

@Suite("Users on the page", .database(.warehouse), .timeLimit(.minutes(5)))
struct PagePeopleTests {
    private static let password = "correct horse battery"

    private func add(_ fixture: InflowFixture, _ name: String, _ role: String) async throws {
        let file = try fixture.file("password.txt", Self.password + "\n")
        let ending = try await fixture.inflow("user", "add", name, "--password-file", file, "--role", role)
        #expect(ending.code == 0, "\(ending)")
    }

    /// Addresses of the buttons that end one session, with the text of their rows.
    private func rows(_ page: PageBrowser.Page) -> [(path: String, row: String)] {
        page.text.components(separatedBy: "<tr>").dropFirst().compactMap { row in
            row.firstMatch(of: /action="(\/sessions\/\d+\/end)"/).map { (String($0.1), row) }
        }
    }

    @Test("An admin sees who is signed in and ends one session or all of a user; a living page says so and ends")
    func sessions() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { fixture, link, _ in
            let alone = rows(try await link.get("/users"))
            #expect(alone.count == 1 && alone.first?.row.contains("one-time link") == true, "\(alone)")
            try await add(fixture, "Ann", "admin")
            try await add(fixture, "Bob", "viewer")
            let ann = try await link.signingIn("ann", Self.password)
            let (one, two) = (
                try await link.signingIn("bob", Self.password), try await link.signingIn("bob", Self.password)
            )
            let shown = rows(try await ann.get("/users"))
            #expect(shown.count == 3, "that of the link has ended: \(shown)")
            #expect(shown.filter { $0.row.contains("this browser") }.map { $0.row.contains("Ann") } == [true])
            // What a viewer presses does nothing.
            let path = try #require(shown.last { $0.row.contains("Bob") }?.path)
            #expect(try await one.post(path, from: "/connections/acme/backfill").status == 403)
            #expect(try await one.get("/users").status == 403)
            #expect(rows(try await ann.get("/users")).count == 3)

            let live = try await two.begin("/connections/acme/live")
            let stream = Task { String(decoding: try await live.body.collect(atMost: 32 << 20), as: UTF8.self) }
            let ended = try await ann.post("/users/Bob/sign-out", from: "/users")
            #expect(ended.location == "/users?done=signedOut")
            let text = try await stream.value
            #expect(text.contains("Your session has ended: what you see is old.") && text.contains("event: ended\n"))
            for browser in [one, two] { #expect(try await browser.get("/").location?.hasPrefix("/sign-in") == true) }
            #expect(rows(try await ann.get("/users")).count == 1)

            let again = try await link.signingIn("bob", Self.password)
            let bob = try #require(rows(try await ann.get("/users")).first { $0.row.contains("Bob") }?.path)
            #expect(try await ann.post(bob, from: "/users").status == 303)
            #expect(try await again.get("/").location?.hasPrefix("/sign-in") == true)
            #expect(try await ann.get("/").status == 200)
            let late = try await ann.post(bob, from: "/users")
            #expect(late.status == 422 && late.plain.contains("It had ended before."), "\(late.plain)")
            let log = try await AuditLog(fixture.warehouse).list(action: .sessionEnded, limit: 9)
            #expect(log.map(\.subject) == ["Bob", "Bob"] && log.map(\.doer.actor.name) == ["Ann", "Ann"])
            #expect(log.map { $0.details["sessions"] } == [nil, "2"])
            // Her own too: then she signs in again.
            let own = try #require(rows(try await ann.get("/users")).first?.path)
            _ = try await ann.post(own, from: "/users")
            #expect(try await ann.get("/users").location?.hasPrefix("/sign-in") == true)
        }
    }

    @Test("A living part that is made once for several sessions has for each the form token of that session")
    func formsThatLive() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { fixture, link, _ in
            try await add(fixture, "Ann", "admin")
            try await add(fixture, "Bob", "operator")
            // A paused connection says so with a button, in a part that lives.
            #expect(try await fixture.inflow("connection", "pause", "acme").code == 0)
            var seen: [String] = []
            for name in ["ann", "bob", "bob"] {
                let browser = try await link.signingIn(name, Self.password)
                let token = try #require(try await browser.withToken([], from: "/connections/acme").first?.1)
                var text = ""
                for try await piece in try await browser.begin("/connections/acme/live").body {
                    text += String(decoding: piece, as: UTF8.self)
                    if text.contains("/resume") { break }
                }
                let tokens = text.matches(of: /name=\\"form_token\\" value=\\"([^"\\]+)\\"/).map { String($0.1) }
                #expect(!tokens.isEmpty && Set(tokens) == [token], "\(name): \(text)")
                seen.append(token)
            }
            #expect(Set(seen).count == 3)
        }
    }

    @Test("Queries and files are in the audit log with who took them, what was asked and from where")
    func readings() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { fixture, browser, _ in
            _ = try await browser.query("select 'a secret thought'")
            _ = try await browser.get("/connections/acme/tables/wfm.client/csv?c1=name&o1=is&v1=A%20b")
            _ = try await browser.get("/connections/acme/summaries/month/csv")
            _ = try await browser.get("/connections/acme/charts/hours/csv")
            _ = try await browser.post(
                "/connections/acme/query/csv", [("sql", "select 2")], from: "/connections/acme/query")
            _ = try await browser.get("/connections/acme/tables/wfm.client")
            let log = try await AuditLog(fixture.warehouse).list(connection: "acme", limit: 99).reversed()
            #expect(
                log.map(\.action) == [.queryRun, .rowsExported, .rowsExported, .rowsExported, .rowsExported])
            #expect(log.map(\.subject) == [nil, "wfm.client", "summary by month", "chart hours", "a query"])
            #expect(log.first?.details == ["query": "select 'a secret thought'"])
            #expect(Array(log)[1].details == ["rows": "c1=name&o1=is&v1=A b"])
            #expect(log.allSatisfy { $0.doer.actor.kind == .link && $0.doer.address == "127.0.0.1" })
            let page = try await browser.get("/audit")
            #expect(page.plain.contains("select 'a secret thought'") && page.plain.contains("rows exported"))
        }
    }

    @Test("A retry that finds nothing left to read is told in words on the page, and no run is called green")
    func nothingLeft() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { fixture, browser, _ in
            let before = try await browser.get("/connections/acme")
            #expect(!before.text.contains("No run began for"))
            _ = try await RunQueue(fixture.warehouse).ask(
                SyncRequest(.retry([4_711]), askedAt: Date()), of: fixture.connection)
            try await eventually("the request to end") {
                try await fixture.number("select count(*) from inflow.request where outcome = 'green'") == 1
            }
            let page = try await browser.get("/connections/acme")
            #expect(page.plain.contains("No run began for rejected records, once more; its request ended at "))
            #expect(page.plain.contains("Nothing of it was left to read"), "\(page.plain)")
            #expect(!page.text.contains(">Green<"))
            #expect(try await fixture.count("inflow.run") == 0)
            // A run that begins later is newer news.
            try await fixture.sync(try fixture.lists("staff"))
            #expect(!(try await browser.get("/connections/acme").text.contains("No run began for")))
        }
    }
}
