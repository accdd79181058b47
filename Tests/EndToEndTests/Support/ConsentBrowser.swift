import Curl
import Foundation
import Testing

/// A browser as far as a consent needs one: it opens pages, fills in their form and follows where it is sent.
struct ConsentBrowser: Sendable {
    struct Page: Sendable {
        let status: Int
        let body: String
        let location: String?
        let headers: CurlHeaders
    }

    private let transfer = Transfer(configuration: CurlConfiguration())

    /// The consent page a command asks to be opened.
    func address(printedBy process: InflowProcess) async throws -> String {
        let isThere = await process.output.contains("code_challenge_method=S256" + process.newline)
        let text = process.output.soFar
        try #require(isThere, "no address was printed: \(text)")
        return try #require(text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("http") }.map(String.init))
    }

    func get(_ url: String) async throws -> Page { try await page(CurlRequest(url: url)) }

    /// Opens the consent page, decides on it, and returns the address the browser is sent back to.
    func consent(
        to url: String, decision: String = "approve", user: String = "owner", organisations: [String]? = nil
    ) async throws -> String {
        let page = try await get(url)
        try #require(page.status == 200, "\(page.body)")
        let action = try #require(page.body.firstMatch(of: /action="([^"]+)"/)?.1)
        var fields = [("decision", decision), ("user", user)]
        for input in page.body.matches(of: /<input ([^>]+)>/) {
            let text = String(input.1)
            guard let name = text.firstMatch(of: /name="([^"]*)"/)?.1,
                let value = text.firstMatch(of: /value="([^"]*)"/)?.1
            else { continue }
            if text.contains("checkbox"), let organisations, !organisations.contains(String(name.dropFirst(4))) {
                continue
            }
            fields.append((String(name), String(value).replacing("&quot;", with: "\"").replacing("&amp;", with: "&")))
        }
        let origin = try #require(url.firstMatch(of: /^https?:\/\/[^\/]+/)?.0)
        let form = fields.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
        let answer = try await self.page(
            CurlRequest(
                url: "\(origin)\(action)", method: .post,
                headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(form.utf8)))
        try #require(answer.status == 302, "\(answer.body)")
        return try #require(answer.location)
    }

    /// A field of an address's query.
    func field(_ name: String, of address: String) -> String? {
        URLComponents(string: address)?.queryItems?.first { $0.name == name }?.value
    }

    /// The address with another value of a field.
    func replacing(_ name: String, with value: String, in address: String) throws -> String {
        var parts = try #require(URLComponents(string: address))
        parts.queryItems = parts.queryItems?.map { $0.name == name ? URLQueryItem(name: name, value: value) : $0 }
        return try #require(parts.string)
    }

    private func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }

    private func page(_ request: CurlRequest) async throws -> Page {
        let response = try await transfer.send(request)
        let body = try await response.body.collect(atMost: 1 << 20)
        return Page(
            status: response.status, body: String(decoding: body, as: UTF8.self),
            location: response.headers["Location"],
            headers: response.headers)
    }
}
