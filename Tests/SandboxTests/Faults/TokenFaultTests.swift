import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("Odd answers of the token endpoint")
struct TokenFaultTests {
    @Test("Tokens come with any status", arguments: [201, 202, 500])
    func granted(status: Int) async throws {
        try await Sandbox(SandboxFixture.small()).application().test(.router) { client in
            _ = try await client.execute(
                uri: "/sandbox/faults", method: .post,
                body: ByteBuffer(string: #"{"kind":"granted_status","match":"/oauth/token","status":\#(status)}"#))
            let form = "grant_type=refresh_token&refresh_token="
            let odd = try await SandboxFixture.token(client, form + "sandbox-refresh-token")
            #expect(odd.status.code == status)
            let tokens = try #require(
                JSONSerialization.jsonObject(with: Data(odd.body.readableBytesView)) as? [String: Any])
            let next = try #require(tokens["refresh_token"] as? String)
            #expect(tokens["access_token"] is String)
            // It rotated: the old token is spent, the new one good.
            #expect(try await SandboxFixture.token(client, form + "sandbox-refresh-token").status == .badRequest)
            #expect(try await SandboxFixture.token(client, form + next).status == .ok)
        }
    }

    @Test("An invalid grant comes with status 200, and nothing has rotated")
    func invalidGrant() async throws {
        try await Sandbox(SandboxFixture.small()).application().test(.router) { client in
            _ = try await client.execute(
                uri: "/sandbox/faults?kind=invalid_grant&match=/oauth/token&status=200", method: .post)
            let form = "grant_type=refresh_token&refresh_token=sandbox-refresh-token"
            let odd = try await SandboxFixture.token(client, form)
            #expect(odd.status == .ok && odd.text.hasPrefix(#"{"error":"invalid_grant""#))
            #expect(try await SandboxFixture.token(client, form).status == .ok)
        }
    }

    @Test("Any status and body can be answered, with any header")
    func anything() async throws {
        try await Sandbox(SandboxFixture.small()).application().test(.router) { client in
            let fault = """
                {"kind":"answer","match":"/oauth/token","status":418,"body":"{\\"error\\":\\"invalid_grant\\"}",\
                "headers":{"Content-Type":"text/plain","X-Odd":"1"}}
                """
            _ = try await client.execute(uri: "/sandbox/faults", method: .post, body: ByteBuffer(string: fault))
            let odd = try await SandboxFixture.token(client, "grant_type=refresh_token&refresh_token=x")
            #expect(odd.status.code == 418 && odd.text == #"{"error":"invalid_grant"}"#)
            #expect(odd.headers[.contentType] == "text/plain")
            let name = try #require(HTTPField.Name("X-Odd"))
            #expect(odd.headers[name] == "1")
        }
    }
}
