import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("Consent and tokens")
struct TokenTests {
    @Test("A refresh token is good once; the next one is good once more")
    func rotation() async throws {
        try await Sandbox(SandboxFixture.small()).application().test(.router) { client in
            let first = try await SandboxFixture.refresh(client, "sandbox-refresh-token")
            let second = try await SandboxFixture.refresh(client, first.refresh)
            #expect(first.access != second.access)
            let reused = try await SandboxFixture.token(
                client, "grant_type=refresh_token&refresh_token=\(first.refresh)")
            #expect(reused.status == .badRequest)
            #expect(reused.text == #"{"error":"invalid_grant","error_description":"refresh token reuse detected"}"#)
        }
    }

    @Test("Basic authentication is refused with 401, and so is a wrong secret")
    func clientAuthentication() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let basic = try await fixture.client.execute(
                uri: "/oauth/token", method: .post,
                headers: [.authorization: "Basic c2FuZDpib3g=", .contentType: "application/x-www-form-urlencoded"],
                body: ByteBuffer(string: "grant_type=refresh_token&refresh_token=x"))
            #expect(basic.status == .unauthorized)
            let wrong = try await fixture.client.execute(
                uri: "/oauth/token", method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
                body: ByteBuffer(
                    string: "grant_type=refresh_token&refresh_token=x&client_id=sandbox-client&client_secret=no"))
            #expect(wrong.status == .unauthorized)
            #expect(wrong.text.contains("invalid_client"))
        }
    }

    @Test("The access token names its organisations and its end")
    func claims() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let parts = fixture.bearer.split(separator: ".").map(String.init)
            #expect(parts.count == 3)
            var payload = parts[1].replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
            while payload.count % 4 > 0 { payload += "=" }
            let text = String(decoding: try #require(Data(base64Encoded: payload)), as: UTF8.self)
            #expect(text.contains(#""org_ids":["\#(SandboxFixture.account)"]"#))
            #expect(text.contains(#""exp":"#))
        }
    }

    /// Opens the consent page and sends its form with these fields besides; the address the browser is sent to.
    private func consent(_ fixture: SandboxFixture, _ more: String, decision: String = "approve") async throws -> String
    {
        let query =
            "response_type=code&client_id=sandbox-client&redirect_uri=https://here.example/back&scope=openid&state=s%201"
        let page = try await fixture.client.execute(uri: "/oauth/authorize?\(query)\(more)", method: .get)
        #expect(page.status == .ok && page.text.contains("<form method=\"post\" action=\"/oauth/consent\">"))
        let answer = try await fixture.client.execute(
            uri: "/oauth/consent", method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
            body: ByteBuffer(string: "\(query)\(more)&decision=\(decision)"))
        #expect(answer.status == .found)
        return try #require(answer.headers[.location])
    }

    private func code(_ place: String) throws -> String {
        String(try #require(place.split(separator: "=").dropFirst().first?.split(separator: "&").first))
    }

    @Test("A consent gives a code that is good once and proves its key")
    func consent() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let challenge = Hashing.base64URL(Hashing.sha256("a-long-enough-verifier".utf8))
            let key = "&code_challenge=\(challenge)&code_challenge_method=S256"
            let place = try await consent(fixture, key)
            #expect(place.hasPrefix("https://here.example/back?code=code-"))
            #expect(place.hasSuffix("&state=s%201"))
            func form(_ code: String, _ verifier: String) -> String {
                "grant_type=authorization_code&code=\(code)&redirect_uri=https%3A%2F%2Fhere.example%2Fback"
                    + "&code_verifier=\(verifier)"
            }
            let good = form(try code(place), "a-long-enough-verifier")
            _ = try SandboxFixture.granted(try await SandboxFixture.token(fixture.client, good))
            #expect(try await SandboxFixture.token(fixture.client, good).status == .badRequest)
            let wrong = form(try code(try await consent(fixture, key)), "another-verifier")
            #expect(try await SandboxFixture.token(fixture.client, wrong).text.contains("code_verifier does not match"))
        }
    }

    @Test("Who refuses comes back with access_denied")
    func decidedAgainst() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            #expect(try await consent(fixture, "", decision: "refuse").contains("error=access_denied"))
        }
    }

    @Test("A token is good for the organisations that were ticked, and a person without the privilege may not read")
    func organisations() async throws {
        let other = "1f0e0d0c-0b0a-4908-8706-050403020100"
        try await SandboxFixture.run(SandboxFixture.small { $0.accountIDs.append(other) }) {
            (fixture: SandboxFixture) async throws in
            for (user, first, second) in [("owner", 403, 200), ("clerk", 403, 403), ("guest", 403, 403)] {
                let place = try await consent(fixture, "&org:\(other)=on&user=\(user)")
                let granted = try SandboxFixture.granted(
                    try await SandboxFixture.token(
                        fixture.client,
                        "grant_type=authorization_code&code=\(try code(place))&redirect_uri=https://here.example/back"))
                let next = try await SandboxFixture.refresh(fixture.client, granted.refresh)
                for bearer in [granted.access, next.access] {
                    let one = try await fixture.get("/staff.api/list", bearer: bearer)
                    let two = try await fixture.get("/staff.api/list", bearer: bearer, account: other)
                    #expect((one.status.code, two.status.code) == (first, second), "\(user)")
                }
            }
        }
    }

    @Test("With a grace period a rotated refresh token is good while its successor is unused; without, never")
    func grace() async throws {
        try await Sandbox(SandboxFixture.small()).application().test(.router) { client in
            let fixture = SandboxFixture(client: client, bearer: "")
            let first = try await SandboxFixture.refresh(client, "sandbox-refresh-token")
            func again(_ token: String) async throws -> TestResponse {
                try await SandboxFixture.token(client, "grant_type=refresh_token&refresh_token=\(token)")
            }
            #expect(try await again("sandbox-refresh-token").status == .badRequest)
            try await fixture.control(.post, "tokens/grace?seconds=60&repeats=true")
            #expect(try SandboxFixture.granted(try await again("sandbox-refresh-token")) == first)
            try await fixture.control(.post, "tokens/grace?seconds=60")
            let second = try SandboxFixture.granted(try await again("sandbox-refresh-token"))
            #expect(second != first)
            #expect(try await again(first.refresh).status == .badRequest, "the lost pair is dead")
            let third = try await SandboxFixture.refresh(client, second.refresh)
            #expect(try await again("sandbox-refresh-token").status == .badRequest, "its successor was used")

            try await fixture.control(.post, "tokens/rollback")
            #expect(try await again(third.refresh).status == .badRequest, "the platform has forgotten it")
            _ = try await SandboxFixture.refresh(client, second.refresh)
        }
    }

    @Test("A refused consent comes back with access_denied")
    func refusedConsent() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            try await fixture.control(.post, "switches", #"{"refusesConsent": true}"#)
            let page = try await fixture.client.execute(
                uri: "/oauth/authorize?response_type=code&client_id=sandbox-client&redirect_uri=https://here.example/",
                method: .get)
            #expect(page.headers[.location]?.contains("error=access_denied") == true)
        }
    }

    @Test("Access tokens end on time, and at once on request")
    func expiry() async throws {
        try await SandboxFixture.run(SandboxFixture.small { $0.accessTokenSeconds = 0 }) {
            (fixture: SandboxFixture) async throws in
            #expect(try await fixture.get("/staff.api/list").status == .unauthorized)
        }
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            #expect(try await fixture.get("/staff.api/list").status == .ok)
            try await fixture.control(.post, "tokens/expire")
            #expect(try await fixture.get("/staff.api/list").status == .unauthorized)
        }
    }

    @Test("The digest agrees with the published example")
    func digest() {
        #expect(
            Hashing.hex(Hashing.sha256("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Hashing.base64URL([0xFB, 0xFF, 0xFE, 0x01]) == "-__-AQ")
    }
}
