import Curl
import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

@Suite("API over HTTP", .database(.warehouse), .timeLimit(.minutes(5)))
struct APITests {
    /// A program that uses the API with a token.
    private struct Program: Sendable {
        let address: String
        let token: String
        private let transfer = Transfer(configuration: CurlConfiguration())

        struct Answer {
            let status: Int
            let type: String?
            let location: String?
            let text: String

            func document() throws -> [String: Any] {
                try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
            }
        }

        init(_ address: String, _ token: String) { (self.address, self.token) = (address, token) }

        func begin(_ path: String, post: String? = nil) async throws -> CurlResponse {
            var request = CurlRequest(
                url: path.hasPrefix("/api") ? address + path : address + "/api/v1" + path,
                headers: [("Authorization", "Bearer \(token)")])
            if let post {
                request.method = .post
                request.headers.append(("Content-Type", "application/json"))
                request.body = Array(post.utf8)
            }
            return try await transfer.send(request)
        }

        func send(_ path: String, post: String? = nil) async throws -> Answer {
            let response = try await begin(path, post: post)
            let body = try await response.body.collect(atMost: 32 << 20)
            return Answer(
                status: response.status, type: response.headers["Content-Type"],
                location: response.headers["Location"], text: String(decoding: body, as: UTF8.self))
        }
    }

    /// Makes a token by the command.
    private func token(_ fixture: InflowFixture, _ name: String, _ more: String...) async throws -> String {
        let made = try await fixture.start(["api-token", "add", name] + more).ending()
        #expect(made.code == 0, "\(made)")
        return made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func address(_ serve: InflowProcess) async throws -> String {
        #expect(await serve.error.contains("good once"))
        return String(try #require(serve.error.soFar.firstMatch(of: /Open (http:\/\/[^\/]+)\/enter/)?.1))
    }

    @Test("A program starts a Sync All, follows it to its end and reads its counts; the audit log has its token's name")
    func sync() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { fixture, _, serve in
            let address = try await address(serve)
            let program = Program(
                address, try await token(fixture, "robot", "--scope", "operate", "--connection", "acme"))
            let before = try await program.send("/connections/acme/counts").document()
            let empty = try #require(before["counts"] as? [[String: Any]])
            #expect(empty.allSatisfy { $0["rows"] as? Int == 0 })

            let started = try await program.send("/connections/acme/runs", post: "")
            #expect(started.status == 202, "\(started)")
            let place = try #require(started.location)
            let request = try #require(try started.document()["request"] as? Int)
            #expect(place == "/api/v1/connections/acme/requests/\(request)")
            let events = try await program.send(place + "/events")
            #expect(events.status == 200 && events.type == "text/event-stream")
            let last = try #require(events.text.components(separatedBy: "event: end\ndata: ").last)
            #expect(events.text.hasSuffix("\n\n") && events.text.contains("event: run\n"), "\(events.text.suffix(500))")
            let end = try #require(
                try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any], "\(last)")
            #expect(end["state"] as? String == "done" && end["outcome"] as? String == "green", "\(end)")

            let number = try #require(end["run"] as? Int)
            let run = try await program.send("/connections/acme/runs/\(number)").document()
            #expect(run["status"] as? String == "green" && run["trigger"] as? String == "manual")
            let counts = try #require(
                try await program.send("/connections/acme/counts").document()["counts"] as? [[String: Any]])
            for (entity, table) in [("job", "wfm.job"), ("client", "wfm.client"), ("invoice", "wfm.invoice")] {
                let rows = counts.first { $0["entity"] as? String == entity }?["rows"] as? Int
                let held = try await fixture.number("select count(*) from \(table) where deleted_at is null")
                #expect(rows == held && held > 0, "\(entity)")
            }
            let entry = try #require(
                try await fixture.query(
                    "select actor_kind, actor, connection from inflow.audit where action = 'run_started'"
                )
                .first)
            let kind = try entry.text("actor_kind")
            #expect(try kind == "token" && entry.text("actor") == "robot" && entry.text("connection") == "acme")

            // A report for some days has the rows that a select has.
            let rows = try await program.send("/connections/acme/reports/invoice_line?from=2026-01-01&to=2026-03-31")
            #expect(rows.status == 200 && rows.type == "application/json")
            let array = try #require(
                try JSONSerialization.jsonObject(with: Data(rows.text.utf8)) as? [[String: Any]],
                "\(rows.text.prefix(300))")
            let expected = try await fixture.number(
                "select count(*) from report.invoice_line where issued_on between '2026-01-01' and '2026-03-31'")
            #expect(array.count == expected && expected > 0)
            #expect(
                array.allSatisfy {
                    ($0["issued_on"] as? String).map { "2026-01-01" <= $0 && $0 <= "2026-03-31" } == true
                })
            #expect(try await program.send("/connections/acme/reports/nothing").status == 404)
            #expect(try await program.send("/connections/acme/reports/client_list?from=2026-01-01").status == 422)
            let reports = try #require(
                try await program.send("/connections/acme/reports").document()["reports"] as? [[String: Any]])
            struct Listed: Decodable { let name: String; let dateColumn: String? }
            let listed = try await fixture.inflow("report", "list", "--json").json([Listed].self)
            // Views of the connection's own fields bear their schema.
            let common = reports.compactMap { $0["name"] as? String }.filter { !$0.contains(".") }
            #expect(common.sorted() == listed.map(\.name).sorted() && listed.count > 20)
            for report in listed {
                let own = reports.first { $0["name"] as? String == report.name }
                #expect(own != nil && own?["date_column"] as? String == report.dateColumn, "\(report.name)")
            }
        }
    }

    @Test(
        "A token that reads starts nothing; one of a connection knows no other; one that is over is refused everywhere")
    func rights() async throws {
        try await InflowFixture.runWithBrowser(loading: false) { fixture, browser, serve in
            try await fixture.addOther()
            let address = try await address(serve)
            let reader = Program(address, try await token(fixture, "reader", "--scope", "read"))
            #expect(try await reader.send("/connections/acme/runs", post: "").status == 403)
            #expect(try await fixture.number("select count(*) from inflow.request") == 0)
            let both = try #require(try await reader.send("/connections").document()["connections"] as? [Any])
            #expect(both.count == 2)

            let own = Program(
                address, try await token(fixture, "own", "--scope", "operate", "--connection", "acme"))
            let mine = try #require(try await own.send("/connections").document()["connections"] as? [[String: Any]])
            #expect(mine.map { $0["name"] as? String } == ["acme"])
            for path in ["", "/counts", "/runs", "/reports/invoice_line", "/schedule", "/requests/1", "/runs/1/events"]
            {
                let other = try await own.send("/connections/other" + path)
                let none = try await own.send("/connections/nothing" + path)
                #expect(other.status == 404 && other.text == none.text, "\(path): \(other)")
                #expect(try await reader.send("/connections/nothing" + path).status == 404, "\(path)")
            }
            // A request and a run of another connection are none of this one.
            let other = try await reader.send("/connections/other/runs/1")
            #expect(other.status == 404 && other.type == "application/problem+json")
            #expect(try await own.send("/connections/other/webhooks/sync", post: "").status == 404)
            #expect(try await fixture.number("select count(*) from inflow.request") == 0)

            // The session of a browser opens pages, and not the API.
            #expect(try await browser.get("/").status == 200)
            #expect(try await browser.get("/api/v1/connections").status == 401)
            #expect(try await browser.get("/api/v1/openapi.json").status == 200)

            let expired = Program(address, try await token(fixture, "short", "--scope", "read", "--expires", "1"))
            #expect(try await expired.send("/connections").status == 200)
            _ = try await fixture.query("update inflow.api_token set expires_at = now() where name = 'short'")
            #expect(try await expired.send("/connections").status == 401)
            #expect(try await fixture.inflow("api-token", "revoke", "own").code == 0)
            let refused = try await own.send("/connections/acme/runs", post: "")
            #expect(refused.status == 401 && refused.type == "application/problem+json", "\(refused)")
            #expect(try await fixture.number("select count(*) from inflow.request") == 0)

            // Too many failures from an address: a good token is taken nevertheless, and people can still sign in.
            for _ in 0..<20 { _ = try await own.send("/connections") }
            #expect(try await own.send("/connections").status == 429)
            #expect(try await reader.send("/connections").status == 200)
            #expect(
                try await fixture.number(
                    "select count(*) from inflow.sign_in_limit where kind = 'address' and subject not like 'api %'")
                    == 0)
        }
    }
}
