import Curl
import Foundation
import TestSupport
import Testing

@Suite("The page is locked", .database(.warehouse), .timeLimit(.minutes(10)))
struct PageSecurityTests {
    /// What a page answered.
    private struct Answer {
        let status: Int
        let text: String
        let location: String
        let cookie: String?
        let headers: CurlHeaders
    }

    private let transfer = Transfer(configuration: CurlConfiguration())

    private func ask(
        _ url: String, _ fields: String? = nil, cookie: String? = nil, _ headers: [CurlRequest.Header] = []
    ) async throws -> Answer {
        var request = CurlRequest(url: url, method: fields == nil ? .get : .post)
        request.headers = headers + (cookie.map { [("Cookie", "inflow_session=\($0)")] } ?? [])
        if let fields {
            request.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
            request.body = Array(fields.utf8)
        }
        let response = try await transfer.send(request)
        let bytes = try await response.body.collect(atMost: 4 << 20)
        let set = response.headers["Set-Cookie"]?.split(separator: ";").first?.split(separator: "=", maxSplits: 1).last
        return Answer(
            status: response.status, text: String(decoding: bytes, as: UTF8.self),
            location: response.headers["Location"] ?? "", cookie: set.map(String.init), headers: response.headers)
    }

    /// The form token of a page.
    private func token(_ page: Answer) throws -> String {
        let rest = try #require(page.text.components(separatedBy: "name=\"form_token\" value=\"").dropFirst().first)
        return String(rest.prefix { $0 != "\"" })
    }

    private func serving(
        _ body: (InflowFixture, _ address: String, _ link: String) async throws -> Void
    ) async throws {
        try await InflowFixture.run { fixture in
            let server = try await fixture.page()
            try await body(fixture, server.address, server.link)
            server.daemon.interrupt()
            _ = await server.daemon.ending()
        }
    }

    @Test("A link opens one browser, once; without a session every page leads to the way in")
    func link() async throws {
        try await serving { _, address, link in
            for page in ["/", "/connections/acme", "/connections/acme/settings", "/users"] {
                let answer = try await ask(address + page)
                #expect(answer.status == 303 && answer.location.hasPrefix("/sign-in"), "\(page): \(answer.status)")
            }
            #expect(try await ask(address + "/connections/acme/sync", "").status == 403)
            let entered = try await ask(link)
            let cookie = try #require(entered.cookie)
            #expect(entered.status == 303 && cookie.count > 30)
            #expect(entered.headers["Set-Cookie"]?.contains("HttpOnly") == true)
            #expect(entered.headers["Set-Cookie"]?.contains("SameSite=Lax") == true)
            #expect(try await ask(address + "/", cookie: cookie).status == 200)
            let again = try await ask(link)
            #expect(again.status == 403 && again.cookie == nil && again.text.contains("no longer good"))
        }
    }

    @Test("A form without the session's token, with another's, or from another site changes nothing")
    func forgery() async throws {
        try await serving { fixture, address, link in
            let cookie = try #require(try await ask(link).cookie)
            let page = try await ask(address + "/connections/acme", cookie: cookie)
            let token = try token(page)
            let sync = address + "/connections/acme/sync"
            #expect(try await ask(sync, "", cookie: cookie).status == 403)
            #expect(
                try await ask(sync, "form_token=\(String(repeating: "0", count: token.count))", cookie: cookie).status
                    == 403)
            for header in [("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site")] {
                #expect(try await ask(sync, "form_token=\(token)", cookie: cookie, [header]).status == 403)
            }
            #expect(try await fixture.count("inflow.request") == 0)
            #expect(try await ask(sync, "form_token=\(token)", cookie: cookie, [("Origin", address)]).status == 303)
            #expect(try await fixture.count("inflow.request") == 1)
        }
    }

    @Test("Another host's name is refused, whatever the cookie; answers forbid frames, scripts of others and copies")
    func rebinding() async throws {
        try await serving { _, address, link in
            let cookie = try #require(try await ask(link).cookie)
            for host in ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", ""] {
                let answer = try await ask(address + "/", cookie: cookie, [("Host", host)])
                #expect(answer.status == 403 || answer.status == 400, "\(host): \(answer.status)")
            }
            let page = try await ask(address + "/", cookie: cookie)
            let policy = page.headers["Content-Security-Policy"] ?? ""
            #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
            #expect(
                !policy.contains("unsafe-inline") && !page.text.contains("<script>") && !page.text.contains(" style="))
            #expect(page.headers["X-Content-Type-Options"] == "nosniff" && page.headers["Cache-Control"] == "no-store")
        }
    }

    @Test("Signing in ignores a session that was planted; a wrong password and an unknown name get the same words")
    func fixation() async throws {
        try await serving { fixture, address, _ in
            let file = try fixture.file("password", "correct horse battery\n")
            let added = try await fixture.inflow("user", "add", "ann", "--role", "admin", "--password-file", file)
            #expect(added.code == 0, "\(added)")
            let planted = String(repeating: "a", count: 43)
            let signIn = address + "/sign-in"
            let entered = try await ask(signIn, "name=ann&password=correct+horse+battery", cookie: planted)
            let cookie = try #require(entered.cookie)
            #expect(entered.status == 303 && cookie != planted)
            #expect(try await ask(address + "/", cookie: planted).status == 303)
            #expect(try await ask(address + "/", cookie: cookie).status == 200)
            let wrong = try await ask(signIn, "name=ann&password=wrong")
            let unknown = try await ask(signIn, "name=bob&password=wrong")
            #expect(wrong.status == 401 && unknown.status == 401 && wrong.cookie == nil)
            #expect(wrong.text.replacing("ann", with: "bob") == unknown.text)
            // A page of another site may not be where the way in leads.
            let away = try await ask(signIn, "name=ann&password=correct+horse+battery&next=//evil.example/")
            #expect(away.location == "/")
        }
    }

    @Test("A session that has ended leads to the way in, and a press in it does nothing")
    func expired() async throws {
        try await serving { fixture, address, link in
            let cookie = try #require(try await ask(link).cookie)
            let token = try token(try await ask(address + "/connections/acme", cookie: cookie))
            _ = try await fixture.query("update inflow.page_session set ends_at = now() - interval '1 second'")
            #expect(try await ask(address + "/connections/acme", cookie: cookie).status == 303)
            let press = try await ask(address + "/connections/acme/sync", "form_token=\(token)", cookie: cookie)
            #expect(press.status == 403 && press.text.contains("Your session has ended"))
            #expect(try await fixture.count("inflow.request") == 0)
        }
    }

    @Test("A viewer sees no button of an operator, and pressing one all the same is refused and changes nothing")
    func viewer() async throws {
        try await serving { fixture, address, _ in
            let file = try fixture.file("password", "correct horse battery\n")
            for (name, role) in [("ann", "admin"), ("vic", "viewer"), ("oli", "operator")] {
                _ = try await fixture.inflow("user", "add", name, "--role", role, "--password-file", file)
            }
            func enter(_ name: String) async throws -> String {
                try #require(try await ask(address + "/sign-in", "name=\(name)&password=correct+horse+battery").cookie)
            }
            let viewer = try await enter("vic")
            let page = try await ask(address + "/connections/acme", cookie: viewer)
            #expect(page.status == 200 && !page.text.contains("Sync All</button>") && !page.text.contains("/settings"))
            let token = try token(page)
            for path in ["sync", "cancel", "schedule", "pause", "backfill/start", "deletions/approve", "remove"] {
                let answer = try await ask(
                    address + "/connections/acme/\(path)", "form_token=\(token)&id=1", cookie: viewer)
                #expect(answer.status == 403, "\(path): \(answer.status)")
            }
            for path in ["/connections/acme/settings", "/connections/acme/credentials", "/users", "/audit"] {
                #expect(try await ask(address + path, cookie: viewer).status == 403, "\(path)")
                #expect(try await ask(address + path, cookie: try await enter("oli")).status == 403, "\(path)")
            }
            #expect(try await fixture.count("inflow.request") == 0)
        }
    }

    @Test("Script in a record's name and in an error is shown as text")
    func escaped() async throws {
        try await InflowFixture.run { fixture in
            let job = try #require(try await fixture.sandbox.truth("job").keys.first)
            try await fixture.sandbox.edit("job", job, "Name", "<script>alert(1)</script><img src=x onerror=alert(2)>")
            try await fixture.sync(try await fixture.syncAllPlan())
            _ = try await fixture.query(
                "update inflow.run set error = '<script>alert(3)</script>', status = 'failed' where id = 1")
            let server = try await fixture.page()
            let cookie = try #require(try await ask(server.link).cookie)
            for path in ["tables/wfm.job", "runs", "runs/1", "", "tables/report.job_profitability"] {
                let page = try await ask("\(server.address)/connections/acme/\(path)", cookie: cookie)
                #expect(
                    page.status == 200 && !page.text.contains("<script>alert") && !page.text.contains("<img src=x"),
                    "\(path)")
            }
            let job1 = try await ask("\(server.address)/connections/acme/tables/wfm.job", cookie: cookie)
            #expect(job1.text.contains("&lt;script&gt;alert(1)"))
            server.daemon.interrupt()
            _ = await server.daemon.ending()
        }
    }
}
