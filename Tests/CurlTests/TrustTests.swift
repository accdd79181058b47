import Foundation
import TestSupport
import Testing

@testable import Curl

@Suite("Trust and ways out", .timeLimit(.minutes(5)))
struct TrustTests {
    @Test("A certificate is believed only when its issuer is trusted and its name is right")
    func certificates() async throws {
        let server = try TLSServer()
        defer { server.stop() }
        let trusting = Transfer(configuration: CurlConfiguration(certificateFile: server.certificate))
        let response = try await trusting.send(CurlRequest(url: "https://localhost:\(server.port)/"))
        #expect(response.status == 200)
        let wrongName = await #expect(throws: CurlError.self) {
            try await trusting.send(CurlRequest(url: "https://127.0.0.1:\(server.port)/"))
        }
        #expect(wrongName?.code == .tls)
        let unknown = await #expect(throws: CurlError.self) {
            try await Transfer.plain().send(CurlRequest(url: "https://localhost:\(server.port)/"))
        }
        #expect(unknown?.code == .tls)
    }

    @Test("A file of certificates that is not there trusts nobody")
    func noCertificates() async throws {
        let server = try RawServer { $0.waitForClose() }
        defer { server.stop() }
        let engine = Transfer(configuration: CurlConfiguration(certificateFile: "/nonexistent.pem"))
        let error = await #expect(throws: CurlError.self) {
            try await engine.send(CurlRequest(url: server.url(scheme: "https")))
        }
        #expect(error?.code == .tls)
    }

    @Test("A server that speaks no TLS gets no request")
    func noTLS() async throws {
        let asked = Note("")
        let server = try RawServer { connection in
            connection.send("220 hello\n")
            asked.value = connection.request() ?? ""
        }
        defer { server.stop() }
        let error = await #expect(throws: CurlError.self) {
            try await Transfer.plain().send(CurlRequest(url: server.url(scheme: "https")))
        }
        #expect(error?.code == .handshake)
        #expect(asked.value == "")
    }

    @Test(
        "A handshake that is broken off may be tried again, and no word of the error decides it",
        arguments: [true, false])
    func brokenHandshake(isReset: Bool) async throws {
        let server = try RawServer { connection in
            _ = connection.body(1)
            if isReset { connection.reset() }
        }
        defer { server.stop() }
        let error = await #expect(throws: CurlError.self) {
            try await Transfer.plain().send(CurlRequest(url: server.url(scheme: "https")))
        }
        #expect(error?.code == .handshake)
    }

    @Test("Https goes through the proxy, which sees no header of the request, and its refusal is no connection")
    func proxy() async throws {
        let seen = Note("")
        let proxy = try RawServer { connection in
            seen.value = connection.request() ?? ""
            connection.answer("403 Forbidden", headers: "X-Proxy: 1\n")
        }
        defer { proxy.stop() }
        let engine = Transfer(configuration: CurlConfiguration(environment: ["https_proxy": proxy.url()]))
        let error = await #expect(throws: CurlError.self) {
            try await engine.send(
                CurlRequest(url: "https://api.invalid/v1", headers: [("Authorization", "Bearer s3cret")]))
        }
        #expect(error?.code == .connect)
        #expect(seen.value.hasPrefix("CONNECT api.invalid:443 HTTP/1.1\r\n"))
        #expect(!seen.value.contains("s3cret"))
    }

    @Test(
        "A proxy's password is never told",
        arguments: ["socks9://user:s3cret@127.0.0.1", "http://user:s3cret@127.0.0.1:0"])
    func proxyPassword(proxy: String) async throws {
        let configuration = CurlConfiguration(proxy: proxy)
        let error = await #expect(throws: CurlError.self) {
            try await Transfer(configuration: configuration).send(CurlRequest(url: "https://api.invalid/"))
        }
        #expect(error.map { String(reflecting: $0).contains("s3cret") } == false)
        #expect(!"\(configuration)".contains("s3cret"))
    }

    @Test("Plain http to this machine, and hosts excepted, go past the proxy")
    func pastTheProxy() async throws {
        let proxy = try RawServer { $0.answer("403 Forbidden") }
        defer { proxy.stop() }
        let server = try RawServer { connection in
            if connection.request() != nil { connection.answer() }
        }
        defer { server.stop() }
        let noTLS = try RawServer { $0.send("220 hello\n") }
        defer { noTLS.stop() }
        let environment = ["HTTPS_PROXY": proxy.url(), "http_proxy": proxy.url(), "no_proxy": "example.org,127.0.0.1"]
        let engine = Transfer(configuration: CurlConfiguration(environment: environment))
        #expect(try await engine.send(CurlRequest(url: server.url())).status == 200)
        let error = await #expect(throws: CurlError.self) {
            try await engine.send(CurlRequest(url: noTLS.url(scheme: "https")))
        }
        #expect(error?.code == .handshake, "the excepted host was spoken to, and speaks no TLS")
        #expect(server.connections == 1 && noTLS.connections == 1 && proxy.connections == 0)
    }

    @Test("The customary variables of the environment are read, the more special first")
    func environment() {
        let all = CurlConfiguration(environment: [
            "https_proxy": "a", "HTTPS_PROXY": "b", "ALL_PROXY": "c", "NO_PROXY": "d", "CURL_CA_BUNDLE": "e",
            "SSL_CERT_FILE": "f", "SSL_CERT_DIR": "g",
        ])
        #expect(
            all == CurlConfiguration(proxy: "a", noProxy: "d", certificateFile: "e", certificateFolder: "g"))
        let some = CurlConfiguration(
            environment: ["https_proxy": "", "all_proxy": "c", "CURL_CA_BUNDLE": "", "SSL_CERT_FILE": "f"])
        #expect(some == CurlConfiguration(proxy: "c", certificateFile: "f"))
        #expect(CurlConfiguration(environment: ["http_proxy": "a"]) == CurlConfiguration())
    }
}
