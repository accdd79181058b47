import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Test("A refresh token is good once; the next one is good once more")
func rotation() async throws {
    try await Sandbox(Play.small()).application().test(.router) { client in
        let first = try await Play.refresh(client, "sandbox-refresh-token")
        let second = try await Play.refresh(client, first.refresh)
        #expect(first.access != second.access)
        let reused = try await Play.token(client, "grant_type=refresh_token&refresh_token=\(first.refresh)")
        #expect(reused.status == .badRequest)
        #expect(reused.text == #"{"error":"invalid_grant","error_description":"refresh token reuse detected"}"#)
    }
}

@Test("Basic authentication is refused with 401, and so is a wrong secret")
func clientAuthentication() async throws {
    try await Play.run { (play: Play) async throws in
        let basic = try await play.client.execute(
            uri: "/oauth/token", method: .post,
            headers: [.authorization: "Basic c2FuZDpib3g=", .contentType: "application/x-www-form-urlencoded"],
            body: ByteBuffer(string: "grant_type=refresh_token&refresh_token=x"))
        #expect(basic.status == .unauthorized)
        let wrong = try await play.client.execute(
            uri: "/oauth/token", method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
            body: ByteBuffer(
                string: "grant_type=refresh_token&refresh_token=x&client_id=sandbox-client&client_secret=no"))
        #expect(wrong.status == .unauthorized)
        #expect(wrong.text.contains("invalid_client"))
    }
}

@Test("The access token names its organisations and its end")
func claims() async throws {
    try await Play.run { (play: Play) async throws in
        let parts = play.bearer.split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        var payload = parts[1].replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        while payload.count % 4 > 0 { payload += "=" }
        let text = String(decoding: try #require(Data(base64Encoded: payload)), as: UTF8.self)
        #expect(text.contains(#""org_ids":["\#(Play.account)"]"#))
        #expect(text.contains(#""exp":"#))
    }
}

@Test("A consent gives a code that is good once and proves its key")
func consent() async throws {
    try await Play.run { (play: Play) async throws in
        let challenge = Digest.base64(Digest.sha256(Array("a-long-enough-verifier".utf8)))
        let page = try await play.client.execute(
            uri: "/oauth/authorize?response_type=code&client_id=sandbox-client&redirect_uri=https://here.example/back"
                + "&scope=openid&state=s%201&code_challenge=\(challenge)&code_challenge_method=S256", method: .get)
        #expect(page.status == .found)
        let place = try #require(page.headers[.location])
        #expect(place.hasPrefix("https://here.example/back?code=code-"))
        #expect(place.hasSuffix("&state=s%201"))
        let code = try #require(place.split(separator: "=").dropFirst().first?.split(separator: "&").first)
        let form =
            "grant_type=authorization_code&code=\(code)&redirect_uri=https%3A%2F%2Fhere.example%2Fback"
            + "&code_verifier=a-long-enough-verifier"
        _ = try Play.granted(try await Play.token(play.client, form))
        #expect(try await Play.token(play.client, form).status == .badRequest)
    }
}

@Test("A refused consent comes back with access_denied")
func refusedConsent() async throws {
    try await Play.run { (play: Play) async throws in
        try await play.control(.post, "switches", #"{"refusesConsent": true}"#)
        let page = try await play.client.execute(
            uri: "/oauth/authorize?response_type=code&client_id=sandbox-client&redirect_uri=https://here.example/",
            method: .get)
        #expect(page.headers[.location]?.contains("error=access_denied") == true)
    }
}

@Test("Access tokens end on time, and at once when told to")
func expiry() async throws {
    try await Play.run(Play.small { $0.accessTokenSeconds = 0 }) { (play: Play) async throws in
        #expect(try await play.get("/staff.api/list").status == .unauthorized)
    }
    try await Play.run { (play: Play) async throws in
        #expect(try await play.get("/staff.api/list").status == .ok)
        try await play.control(.post, "tokens/expire")
        #expect(try await play.get("/staff.api/list").status == .unauthorized)
    }
}

@Test("The digest agrees with the published example")
func digest() {
    #expect(
        Digest.hex(Digest.sha256(Array("abc".utf8)))
            == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Digest.base64([0xFB, 0xFF, 0xFE, 0x01]) == "-__-AQ")
}
