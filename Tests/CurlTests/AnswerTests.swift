@testable import Curl
import Foundation
import TestSupport
import Testing

@Suite("Answers", .timeLimit(.minutes(5)))
struct AnswerTests {
    @Test("An answer has its status, its headers without regard to case, and its whole body")
    func wholeAnswer() async throws {
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.answer(
                "429 Too Many", headers: "Date: Thu, 01 Jan 2026 00:00:00 GMT\nRETRY-AFTER:  7 \nX-A: 1\nx-a: 2\n",
                body: Array("slow down".utf8))
        }
        defer { server.stop() }
        let (response, text) = try await Transfer.plain().fetch(CurlRequest(url: server.url()))
        #expect(response.status == 429)
        #expect(text == "slow down")
        #expect(response.headers["retry-after"] == "7")
        #expect(response.headers["date"] == "Thu, 01 Jan 2026 00:00:00 GMT")
        #expect(response.headers.all("X-a") == ["1", "2"])
        #expect(response.headers["x-b"] == nil)
        #expect(response.waited > .zero)
    }

    @Test("The headers are handed over before any of the body has come")
    func headersFirst() async throws {
        let goOn = Signal()
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\nContent-Length: 2\n\n")
            goOn.waitOnThread()
            connection.send("ok")
        }
        defer { server.stop() }
        let response = try await Transfer.plain().send(CurlRequest(url: server.url()))
        #expect(response.traffic.bodyBytes == 0)
        goOn.fire()
        #expect(try await response.body.collect(atMost: 2) == Array("ok".utf8))
    }

    @Test("Bytes of headers, of the wire and of the body are counted")
    func traffic() async throws {
        let zeros = GzippedZeros.file(runs: 1_000)
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.answer(headers: "Content-Encoding: gzip\n", body: zeros)
        }
        defer { server.stop() }
        let response = try await Transfer.plain().send(CurlRequest(url: server.url()))
        let body = try await response.body.collect(atMost: 1 << 20)
        #expect(body == [UInt8](repeating: 0, count: 258_001))
        #expect(response.traffic.bodyBytes == 258_001)
        #expect(response.traffic.wireBytes == zeros.count)
        #expect(
            response.traffic.headerBytes == "HTTP/1.1 200 OK--Content-Encoding: gzip--Content-Length: 1656----".count)
    }

    @Test("Gzip is asked for")
    func asksForGzip() async throws {
        let asked = Note("")
        let server = try RawServer { connection in
            asked.value = connection.request() ?? ""
            connection.answer()
        }
        defer { server.stop() }
        _ = try await Transfer.plain().fetch(
            CurlRequest(url: server.url(), headers: [("X-Empty", ""), ("X-One", "1")]))
        #expect(asked.value.contains("Accept-Encoding:"))
        #expect(asked.value.contains("gzip"))
        #expect(asked.value.contains("User-Agent: inflow\r\n"))
        #expect(asked.value.contains("X-Empty:\r\n"))
        #expect(asked.value.contains("X-One: 1\r\n"))
    }

    @Test("A chunked body sent byte by byte arrives whole, and trailers are not headers")
    func chunked() async throws {
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")
            for letter in "inflow" { connection.send("1\n\(letter)\n") }
            connection.send("0\nX-Late: 1\n\n")
        }
        defer { server.stop() }
        let (response, text) = try await Transfer.plain().fetch(CurlRequest(url: server.url()))
        #expect(text == "inflow")
        #expect(response.headers["x-late"] == nil)
    }

    @Test("Answers that come before the answer are passed over with their headers")
    func interim() async throws {
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 103 Early Hints\nX-Early: 1\n\n")
            connection.answer("201 Created", headers: "X-Final: 1\n")
        }
        defer { server.stop() }
        let (response, _) = try await Transfer.plain().fetch(CurlRequest(url: server.url()))
        #expect(response.status == 201)
        #expect(response.headers["x-early"] == nil)
        #expect(response.headers["x-final"] == "1")
    }

    @Test("An answer without a body ends at once", arguments: ["204 No Content", "304 Not Modified"])
    func empty(status: String) async throws {
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 \(status)\n\n")
            connection.waitForClose()
        }
        defer { server.stop() }
        let (_, text) = try await Transfer.plain().fetch(CurlRequest(url: server.url()))
        #expect(text.isEmpty)
    }

    @Test("A redirection is an answer: its address is never asked, so that no token leaks")
    func redirection() async throws {
        let other = try RawServer { $0.answer() }
        defer { other.stop() }
        let elsewhere = other.url("/elsewhere")
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.answer("302 Found", headers: "Location: \(elsewhere)\n")
        }
        defer { server.stop() }
        let (response, _) = try await Transfer.plain().fetch(
            CurlRequest(url: server.url(), headers: [("Authorization", "Bearer s3cret")]))
        #expect(response.status == 302)
        #expect(response.headers["Location"] == elsewhere)
        #expect(other.connections == 0)
    }

    @Test("Requests of one engine share a connection")
    func keepAlive() async throws {
        let server = try RawServer { connection in
            while connection.request() != nil { connection.answer(body: Array("again".utf8)) }
        }
        defer { server.stop() }
        let engine = Transfer.plain()
        for _ in 0..<5 {
            #expect(try await engine.fetch(CurlRequest(url: server.url())).text == "again")
        }
        #expect(server.connections == 1)
    }

    @Test("A post arrives as given, over a new connection each time, with no header that was not asked for")
    func post() async throws {
        let body = Array("grant_type=refresh_token&refresh_token=a b".utf8)
        let seen = Note<[String]>([])
        let server = try RawServer { connection in
            while let head = connection.request() {
                let text = String(decoding: connection.body(body.count) ?? [], as: UTF8.self)
                seen.change { $0.append(head + text) }
                connection.answer()
            }
        }
        defer { server.stop() }
        let engine = Transfer.plain()
        for _ in 0..<2 {
            _ = try await engine.fetch(CurlRequest(url: server.url("/token"), method: .post, body: body))
        }
        #expect(server.connections == 2)
        #expect(seen.value.count == 2)
        #expect(seen.value.allSatisfy { $0.hasPrefix("POST /token HTTP/1.1\r\n") })
        #expect(seen.value.allSatisfy { $0.hasSuffix("\r\n\r\n" + String(decoding: body, as: UTF8.self)) })
        #expect(!seen.value.contains { $0.contains("Content-Type") || $0.contains("Expect") })
    }

    @Test("A post whose connection dies is not sent again")
    func postOnce() async throws {
        let posts = Note(0)
        let server = try RawServer { connection in
            while let head = connection.request() {
                guard head.hasPrefix("POST") else {
                    connection.answer()
                    continue
                }
                posts.change { $0 += 1 }
                return connection.reset()
            }
        }
        defer { server.stop() }
        let engine = Transfer.plain()
        _ = try await engine.fetch(CurlRequest(url: server.url()))
        let error = await #expect(throws: CurlError.self) {
            try await engine.fetch(CurlRequest(url: server.url(), method: .post, body: [1]))
        }
        #expect(error?.code == .reset)
        #expect(posts.value == 1)
    }

    @Test("Sixty-four transfers run at once, each with its own body")
    func many() async throws {
        let all = Signal()
        let waiting = Note(0)
        let server = try RawServer { connection in
            guard let head = connection.request() else { return }
            if waiting.change({ $0 += 1 }) == 64 { all.fire() }
            all.waitOnThread()
            connection.answer(body: Array((head.split(separator: " ")[1]).utf8))
        }
        defer { server.stop() }
        let engine = Transfer.plain()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    try await engine.fetch(CurlRequest(url: server.url("/\(number)"))).text == "/\(number)"
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(server.connections == 64)
    }
}
