import Curl
import Foundation
import TestSupport
import Testing

/// A browser without scripts at a running `inflow serve`, with the session that its link gave.
struct PageBrowser: Sendable {
    let address: String
    private let cookie: String
    private let transfer: Transfer

    /// An answer as the browser got it.
    struct Page: Sendable {
        let status: Int
        let location: String?
        let text: String

        /// What a person reads of it: `&amp;` is `&`.
        var plain: String { PageBrowser.plain(text) }
    }

    /// Follows the link that `inflow serve` printed; the one place that knows the way in.
    static func enter(_ serve: InflowProcess) async throws -> PageBrowser {
        #expect(await serve.error.contains("good once"))
        let link = try #require(serve.error.soFar.firstMatch(of: /Open (http:\/\/[^\/]+)(\/enter\S+)/))
        let transfer = Transfer(configuration: CurlConfiguration())
        let response = try await transfer.send(CurlRequest(url: String(link.1 + link.2)))
        _ = try await response.body.collect(atMost: 1 << 20)
        let cookie = try #require(response.headers["Set-Cookie"]?.split(separator: ";").first)
        return PageBrowser(address: String(link.1), cookie: String(cookie), transfer: transfer)
    }

    /// Signs in as a user at the same server.
    func signingIn(_ name: String, _ password: String) async throws -> PageBrowser {
        let answer = try await begin("/sign-in", fields: [("name", name), ("password", password)])
        _ = try await answer.body.collect(atMost: 1 << 20)
        let cookie = try #require(answer.headers["Set-Cookie"]?.split(separator: ";").first, "\(answer.status)")
        return PageBrowser(address: address, cookie: String(cookie), transfer: transfer)
    }

    /// A page of this server.
    func get(_ path: String) async throws -> Page { try await page(try await begin(path)) }

    /// Sends a form with the token of a page of this session.
    func post(_ path: String, _ fields: [(String, String)] = [], from form: String) async throws -> Page {
        try await page(try await begin(path, fields: try await withToken(fields, from: form)))
    }

    /// Begins to read an answer, whose body may be of any length.
    func begin(_ path: String, fields: [(String, String)]? = nil) async throws -> CurlResponse {
        var request = CurlRequest(url: address + path, headers: [("Cookie", cookie)])
        if let fields {
            request.method = .post
            request.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
            request.headers.append(("Origin", address))
            request.body = Array(fields.map { "\($0)=\(PageBrowser.escaped($1))" }.joined(separator: "&").utf8)
        }
        return try await transfer.send(request)
    }

    /// The fields with the form's token.
    func withToken(_ fields: [(String, String)], from form: String) async throws -> [(String, String)] {
        let token = try #require(try await get(form).text.firstMatch(of: /name="form_token" value="([^"]+)"/)?.1)
        return fields + [("form_token", String(token))]
    }

    private func page(_ response: CurlResponse) async throws -> Page {
        let body = try await response.body.collect(atMost: 32 << 20)
        return Page(
            status: response.status, location: response.headers["Location"], text: String(decoding: body, as: UTF8.self)
        )
    }

    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    static func plain(_ html: String) -> String {
        html.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    }
}

extension PageBrowser {
    /// Runs a query on the page of "acme" and returns the page with its answer or refusal.
    ///
    /// The server answers when the query has ended, or after a moment that it runs.
    func query(_ sql: String, seconds: Int = 30) async throws -> Page {
        let begun = try await post(
            "/connections/acme/query", [("sql", sql), ("seconds", String(seconds))], from: "/connections/acme/query")
        let place = try #require(begun.location, "\(begun)")
        while true {
            let page = try await get(place)
            if !page.text.contains("The query runs") { return page }
        }
    }
}

extension InflowFixture {
    /// Runs a test with a browser at a serving Inflow over records of the sandbox, and ends the server after.
    static func runWithBrowser(
        loading: Bool = true, _ body: (InflowFixture, PageBrowser, InflowProcess) async throws -> Void
    ) async throws {
        try await runWithReaders { fixture in
            if loading {
                let lists = ["client", "staff", "task", "job", "invoice", "quote", "timesheet"]
                try await fixture.sync(
                    try await fixture.everything(try lists.map { try InflowFixture.entity($0) }, inOne: true))
                // As the server does by itself a minute later; plans for tables of unknown size may take for ever.
                _ = try await fixture.query("analyze")
            }
            let serve = try fixture.start(["serve", "--port", "0"])
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(fixture, try await PageBrowser.enter(serve), serve))
            } catch {
                outcome = .failure(error)
            }
            serve.interrupt()
            _ = await serve.ending()
            try outcome.get()
        }
    }
}
