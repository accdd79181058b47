import Foundation
import TestSupport
import Testing

@testable import Curl

@Suite("Errors", .timeLimit(.minutes(5)))
struct ErrorTests {
    @Test(
        "A connection that dies is told apart from a body that is too short",
        arguments: [
            ("", true, CurlError.Code.reset),
            ("", false, .reset),
            ("HTTP/1.1 200 OK\nContent-Le", false, .reset),
            ("HTTP/1.1 200 OK\nContent-Length: 9\n\nhalf", true, .reset),
            ("HTTP/1.1 200 OK\nContent-Length: 9\n\nhalf", false, .bodyTooShort),
            ("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n9\nhalf", false, .reset),
            ("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n4\nhalf\n", true, .reset),
            ("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nno number\n", false, .reset),
            ("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 18\n\nthis is not gzipped", false, .badEncoding),
            ("SMTP here\n\n", false, .other),
        ])
    func broken(answer: String, isReset: Bool, code: CurlError.Code) async throws {
        let mayEnd = Signal()
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send(answer)
            if isReset {
                // A reset overtakes what was sent: first let the client take it.
                if answer.contains("half") { mayEnd.waitOnThread() }
                connection.reset()
            }
        }
        defer { server.stop() }
        let engine = Transfer.plain()
        let error = await #expect(throws: CurlError.self) {
            let response = try await engine.send(CurlRequest(url: server.url()))
            var body = response.body.makeAsyncIterator()
            let first = try await body.next()
            #expect(first == Array("half".utf8))
            mayEnd.fire()
            while try await body.next() != nil {}
        }
        #expect(error?.code == code)
        #expect(error?.url == server.url())
    }

    @Test("After an error the body stays in error, so that half is never taken for whole")
    func staysInError() async throws {
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\nContent-Length: 9\n\nhalf")
        }
        defer { server.stop() }
        let response = try await Transfer.plain().send(CurlRequest(url: server.url()))
        for _ in 0..<2 {
            let error = await #expect(throws: CurlError.self) { try await response.body.collect(atMost: 100) }
            #expect(error?.code == .bodyTooShort)
        }
    }

    @Test("Nobody listening is no connection")
    func refused() async throws {
        var server: RawServer? = try RawServer { _ in }
        let url = try #require(server?.url())
        server?.stop()
        server = nil
        let error = await #expect(throws: CurlError.self) { try await Transfer.plain().send(CurlRequest(url: url)) }
        #expect(error?.code == .connect)
        #expect(error?.detail.hasPrefix("libcurl 7: ") == true)
    }

    @Test("A name that cannot be looked up is told")
    func dns() async throws {
        // Longer than names may be, so that it is refused on this machine and no packet leaves it.
        let host = String(repeating: "a", count: 70) + ".invalid"
        let error = await #expect(throws: CurlError.self) {
            try await Transfer.plain().send(CurlRequest(url: "https://\(host)/"))
        }
        #expect(error?.code == .dns)
    }

    @Test(
        "An address that is not http or https, or holds a user, is refused",
        arguments: [
            "", "/path", "example.com", "https://", "ftp://127.0.0.1/", "file:///etc/hosts", "https://exa mple.com/",
            "https://user:s3cret@example.com/", "https://127.0.0.1:99999/", "https://127.0.0.1/\r\nX: s3cret",
            "https://127.0.0.1/\0",
        ])
    func badURL(url: String) async throws {
        let error = await #expect(throws: CurlError.self) { try await Transfer.plain().send(CurlRequest(url: url)) }
        #expect(error?.code == .badURL)
        #expect(error.map { String(reflecting: $0).contains("s3cret") } == false)
    }

    @Test(
        "Plain http leaves this machine under no name, also not through a proxy",
        arguments: [
            "http://example.com/", "http://127.0.0.1.example.com/", "http://localhost.example.com/", "http://0.0.0.0/",
            "http://128.0.0.1/", "http://[::2]/", "HTTP://EXAMPLE.COM/?http://127.0.0.1/",
            "http://127.0.0.1@example.com/",
            "http://[::ffff:10.0.0.1]/", "http://10.0.0.1#127.0.0.1", "http://2130706434.example.com/",
        ])
    func plainHTTP(url: String) async throws {
        let proxy = try RawServer { $0.answer() }
        defer { proxy.stop() }
        let engine = Transfer(configuration: CurlConfiguration(proxy: proxy.url()))
        let error = await #expect(throws: CurlError.self) { try await engine.send(CurlRequest(url: url)) }
        #expect(error?.code == .refusedPlainHTTP || (error?.code == .badURL && url.contains("@")))
        #expect(proxy.connections == 0)
    }

    @Test("Plain http reaches this machine itself", arguments: ["localhost", "127.0.0.1", "LOCALHOST", "127.1"])
    func loopback(host: String) async throws {
        let server = try RawServer { connection in
            if connection.request() != nil { connection.answer() }
        }
        defer { server.stop() }
        let url = "http://\(host):\(server.port)/"
        #expect(try await Transfer.plain().fetch(CurlRequest(url: url)).response.status == 200)
    }

    @Test(
        "A header that would begin another header is refused, and its value is not told",
        arguments: [
            ("X-A", "s3cret\r\nX-B: 1"), ("X-A", "s3cret\n"), ("X-A", "s3cret\0"), ("X-A\r\nX-B", "s3cret"),
            ("X A", "s3cret"), ("", "s3cret"), ("X:", "s3cret"),
        ])
    func badHeader(name: String, value: String) async throws {
        let error = await #expect(throws: CurlError.self) {
            try await Transfer.plain().send(CurlRequest(url: "https://127.0.0.1/", headers: [(name, value)]))
        }
        #expect(error?.code == .badHeader)
        #expect(error.map { String(reflecting: $0).contains("s3cret") } == false)
    }

    @Test("An error tells the address but neither its query nor any header")
    func noTokens() async throws {
        let server = try RawServer { connection in
            _ = connection.request()
        }
        defer { server.stop() }
        let url = server.url("/invoice.api/list?code=s3cret#s3cret")
        let error = await #expect(throws: CurlError.self) {
            try await Transfer.plain().send(CurlRequest(url: url, headers: [("Authorization", "Bearer s3cret")]))
        }
        let text = error.map { String(reflecting: $0) } ?? ""
        #expect(text.hasPrefix("reset: The connection broke off before the answer was complete."))
        #expect(text.contains("(\(server.url("/invoice.api/list")))"))
        #expect(!text.contains("s3cret"))
        #expect(error.map { "\($0)".contains("libcurl") } == false)
    }

    @Test("A body larger than may be collected is given up")
    func tooLarge() async throws {
        let closed = Signal()
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\n\n0123456789")
            connection.waitForClose()
            closed.fire()
        }
        defer { server.stop() }
        let response = try await Transfer.plain().send(CurlRequest(url: server.url()))
        let error = await #expect(throws: CurlError.self) { try await response.body.collect(atMost: 9) }
        #expect(error?.code == .tooLarge)
        await closed.wait()
    }

    @Test("Endless headers are given up")
    func endlessHeaders() async throws {
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\n")
            while connection.send("X-More: \(String(repeating: "x", count: 1_000))\n") {}
        }
        defer { server.stop() }
        let error = await #expect(throws: CurlError.self) {
            try await Transfer.plain().send(CurlRequest(url: server.url()))
        }
        #expect(error?.code == .tooLarge)
    }

    @Test("The codes are stable")
    func codes() {
        #expect(
            CurlError.Code.allCases.map(\.rawValue) == [
                "dns", "connect", "tls", "handshake", "timed_out_connecting", "timed_out_first_byte",
                "timed_out_idle", "timed_out_total", "reset", "body_too_short", "bad_encoding", "refused_plain_http",
                "bad_url",
                "bad_header", "too_large", "cancelled", "read_twice", "other",
            ])
    }
}
