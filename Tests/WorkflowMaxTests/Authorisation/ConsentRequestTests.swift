import Foundation
import Inflow
import Testing

@testable import WorkflowMax

@Suite("ConsentRequest")
struct ConsentRequestTests {
    private var connection: Connection {
        var settings = ConnectionSettings(
            accountID: "org-1", clientID: "client 1", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 0))
        settings.authoriseURL = "https://oauth.example/authorize"
        return Connection(id: 1, name: "acme", settings: settings)
    }

    private func request() -> ConsentRequest {
        ConsentRequest(connection, redirectURL: "http://127.0.0.1:8932/callback")
    }

    private func field(_ name: String, _ request: ConsentRequest) throws -> String {
        try #require(ConsentRequest.fields(of: request.url)[name])
    }

    @Test("Each request has a state and a verifier of its own, and shows only the verifier's digest")
    func random() throws {
        let (one, other) = (request(), request())
        #expect(try field("state", one) != field("state", other))
        #expect(one.verifier != other.verifier && one.verifier.count == 43)
        #expect(!one.url.contains(one.verifier))
        #expect(one.url.hasPrefix("https://oauth.example/authorize?response_type=code&client_id=client%201&"))
        #expect(try field("redirect_uri", one) == "http://127.0.0.1:8932/callback")
    }

    @Test("A code is taken from an address, a query alone, and one with blanks or a fragment")
    func code() throws {
        let request = request()
        let state = try field("state", request)
        for address in [
            "http://127.0.0.1:8932/callback?code=a%2Fb&state=\(state)", "?state=\(state)&code=a/b",
            "code=a/b&state=\(state)", "  https://x.example/cb?code=a/b&state=\(state)#_=_ \n",
        ] {
            #expect(try request.code(in: address) == "a/b")
        }
    }

    @Test("What answers another request, or nothing, is refused in words")
    func refused() throws {
        let request = request()
        let state = try field("state", request)
        for (address, code, words) in [
            ("?code=x", SourceError.Code.badRequest, "the state differs"),
            ("?code=x&state=\(state)x", .badRequest, "the state differs"),
            ("?code=x&state=\(String(state.dropLast()))", .badRequest, "the state differs"),
            ("?state=\(state)", .badRequest, "without a code"), ("", .badRequest, "the state differs"),
            ("?error=access_denied&state=\(state)", .consentNeeded, "Consent was refused"),
            ("?error=invalid_scope&error_description=bad%1B%5B2J&state=\(state)", .consentNeeded, "did not give"),
        ] {
            let error = #expect(throws: SourceError.self) { try request.code(in: address) }
            #expect(error?.code == code && error?.message.contains(words) == true, "\(address)")
            #expect(error?.detail.contains("\u{1B}") == false)
        }
    }
}
