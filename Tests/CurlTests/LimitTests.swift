import Foundation
import TestSupport
import Testing

@testable import Curl

@Suite("Limits", .timeLimit(.minutes(5)))
struct LimitTests {
    @Test("A server that never finishes the handshake is given up after the limit for connecting")
    func connecting() async throws {
        let accepted = Signal()
        let server = try RawServer { connection in
            accepted.fire()
            connection.waitForClose()
        }
        defer { server.stop() }
        let clock = TestClock()
        let engine = Transfer.plain(now: { clock.continuousNow })
        let error = await #expect(throws: CurlError.self) {
            async let answer = engine.send(CurlRequest(url: server.url(scheme: "https")))
            await accepted.wait()
            clock.advance(by: .seconds(30))
            engine.wake()
            _ = try await answer
        }
        #expect(error?.code == .timedOutConnecting)
    }

    @Test("A server that never answers is given up after the limit for the first byte, and not before")
    func firstByte() async throws {
        let asked = Signal()
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\nX-Half: 1\n")
            asked.fire()
            connection.waitForClose()
        }
        defer { server.stop() }
        let clock = TestClock()
        let engine = Transfer.plain(now: { clock.continuousNow })
        let error = await #expect(throws: CurlError.self) {
            async let answer = engine.send(CurlRequest(url: server.url()))
            await asked.wait()
            clock.advance(by: .seconds(179))
            engine.wake()
            clock.advance(by: .seconds(1))
            engine.wake()
            _ = try await answer
        }
        #expect(error?.code == .timedOutFirstByte)
        #expect(error?.detail == "limit 180.0 seconds")
    }

    @Test("A server that falls silent in mid-body is given up after the limit for idleness")
    func idle() async throws {
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\nContent-Length: 9\n\nhalf")
            connection.waitForClose()
        }
        defer { server.stop() }
        let clock = TestClock()
        let engine = Transfer.plain(now: { clock.continuousNow })
        let response = try await engine.send(CurlRequest(url: server.url()))
        var body = response.body.makeAsyncIterator()
        #expect(try await body.next() == Array("half".utf8))
        clock.advance(by: .seconds(60))
        engine.wake()
        let error = await #expect(throws: CurlError.self) { try await body.next() }
        #expect(error?.code == .timedOutIdle)
    }

    @Test("Time in which the reader is behind is not the server's idleness, but counts for the total")
    func slowReader() async throws {
        let isFull = Signal()
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\nContent-Length: 33554432\n\n")
            var sent = 0
            while sent < 33_554_432 {
                let count = connection.sendSome(Pattern.slice(at: sent, count: 33_554_432 - sent))
                if count == 0 { break }
                sent += count
            }
            isFull.fire()
            connection.waitForClose()
        }
        defer { server.stop() }
        let clock = TestClock()
        let engine = Transfer.plain(now: { clock.continuousNow })
        let response = try await engine.send(CurlRequest(url: server.url()))
        await isFull.wait()
        clock.advance(by: .seconds(7_199))
        engine.wake()
        var body = response.body.makeAsyncIterator()
        #expect(try await body.next()?.isEmpty == false)
        clock.advance(by: .seconds(1))
        engine.wake()
        let error = await #expect(throws: CurlError.self) { while try await body.next() != nil {} }
        #expect(error?.code == .timedOutTotal)
    }

    @Test(
        "Limits hold by the real clock too",
        arguments: [
            ("", CurlLimits(firstByte: .milliseconds(80)), CurlError.Code.timedOutFirstByte),
            ("HTTP/1.1 200 OK\n\nhalf", CurlLimits(idle: .milliseconds(80)), .timedOutIdle),
            ("HTTP/1.1 200 OK\n\nhalf", CurlLimits(total: .milliseconds(80)), .timedOutTotal),
        ])
    func realClock(answer: String, limits: CurlLimits, code: CurlError.Code) async throws {
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send(answer)
            connection.waitForClose()
        }
        defer { server.stop() }
        let error = await #expect(throws: CurlError.self) {
            try await Transfer.plain().fetch(CurlRequest(url: server.url(), limits: limits))
        }
        #expect(error?.code == code)
    }

    @Test("The handshake's limit holds by the real clock too")
    func realClockConnecting() async throws {
        let server = try RawServer { $0.waitForClose() }
        defer { server.stop() }
        let error = await #expect(throws: CurlError.self) {
            let limits = CurlLimits(connect: .milliseconds(80))
            return try await Transfer.plain().send(CurlRequest(url: server.url(scheme: "https"), limits: limits))
        }
        #expect(error?.code == .timedOutConnecting)
    }

    @Test("The standard limits are those that the platform's slow answers need")
    func standard() {
        let limits = CurlRequest(url: "").limits
        #expect(limits == CurlLimits(connect: .seconds(30), firstByte: .seconds(180), idle: .seconds(60)))
        #expect(limits.total == .seconds(7_200))
    }

    @Test("Each event begins the wait for the next; the earlier of step and total counts")
    func deadlines() {
        let start = ContinuousClock.now
        var deadlines = Deadlines(CurlLimits(total: .seconds(300)), startedAt: start)
        #expect(deadlines.next == (start + .seconds(30), .timedOutConnecting))
        #expect(deadlines.expired(at: start + .seconds(29)) == nil)
        #expect(deadlines.expired(at: start + .seconds(30)) == .timedOutConnecting)
        deadlines.connected(at: start + .seconds(10))
        #expect(deadlines.next == (start + .seconds(190), .timedOutFirstByte))
        deadlines.arrived(at: start + .seconds(100))
        #expect(deadlines.next == (start + .seconds(160), .timedOutIdle))
        deadlines.paused()
        #expect(deadlines.next == (start + .seconds(300), .timedOutTotal))
        deadlines.resumed(at: start + .seconds(200))
        #expect(deadlines.next == (start + .seconds(260), .timedOutIdle))
        deadlines.arrived(at: start + .seconds(250))
        #expect(deadlines.next == (start + .seconds(300), .timedOutTotal))
    }
}
