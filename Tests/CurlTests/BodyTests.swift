import Foundation
import TestSupport
import Testing

@testable import Curl

@Suite("Bodies", .timeLimit(.minutes(5)))
struct BodyTests {
    private static let size = 64 << 20

    @Test("A server is stopped by a reader that takes nothing, and then everything arrives intact")
    func backPressure() async throws {
        let isStopped = Signal()
        let sentAtStop = Note(0)
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\nContent-Length: \(Self.size)\n\n")
            var sent = 0
            while sent < Self.size {
                let count = connection.sendSome(Pattern.slice(at: sent, count: Self.size - sent))
                if count == 0 {
                    sentAtStop.value = sent
                    isStopped.fire()
                }
                sent += count
            }
            isStopped.fire()
        }
        defer { server.stop() }
        let response = try await Transfer.plain().send(CurlRequest(url: server.url()))
        await isStopped.wait()
        #expect(sentAtStop.value > Pipe.fullAt)
        #expect(sentAtStop.value < Self.size / 2)
        #expect(response.traffic.bodyBytes <= Pipe.fullAt + 16_384)
        var received = 0
        for try await piece in response.body {
            #expect(Pattern.matches(piece, at: received))
            received += piece.count
        }
        #expect(received == Self.size)
        #expect(response.traffic.wireBytes == Self.size)
    }

    @Test("A compressed body survives being stopped and read on")
    func compressedBackPressure() async throws {
        let file = GzippedZeros.file(runs: 40_000)
        let sent = Signal()
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.answer(headers: "Content-Encoding: gzip\n", body: file)
            sent.fire()
        }
        defer { server.stop() }
        let response = try await Transfer.plain().send(CurlRequest(url: server.url()))
        await sent.wait()
        #expect(response.traffic.bodyBytes <= Pipe.fullAt + 16_384)
        var received = 0
        for try await piece in response.body {
            #expect(piece == [UInt8](repeating: 0, count: piece.count))
            received += piece.count
        }
        #expect(received == 1 + 258 * 40_000)
    }

    @Test("What is ready is handed over in large pieces")
    func largePieces() async throws {
        let sent = Signal()
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.answer(body: Array(Pattern.slice(at: 0, count: 200_000)))
            sent.fire()
            _ = connection.request()
        }
        defer { server.stop() }
        let engine = Transfer.plain()
        let response = try await engine.send(CurlRequest(url: server.url()))
        await sent.wait()
        try await eventually("200,000 bytes of the body") { response.traffic.bodyBytes >= 200_000 }
        var sizes: [Int] = []
        for try await piece in response.body { sizes.append(piece.count) }
        #expect(sizes.reduce(0, +) == 200_000)
        #expect(sizes.count <= 5)
    }

    @Test("Cancelling a task that waits for headers closes the connection")
    func cancelSend() async throws {
        let asked = Signal()
        let closed = Signal()
        let server = try RawServer { connection in
            _ = connection.request()
            asked.fire()
            connection.waitForClose()
            closed.fire()
        }
        defer { server.stop() }
        let engine = Transfer.plain()
        let task = Task { try await engine.send(CurlRequest(url: server.url())) }
        await asked.wait()
        task.cancel()
        let error = await #expect(throws: CurlError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        await closed.wait()
    }

    @Test("Cancelling a task that reads a body closes the connection")
    func cancelBody() async throws {
        let closed = Signal()
        let server = try RawServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\n\nhalf")
            connection.waitForClose()
            closed.fire()
        }
        defer { server.stop() }
        let engine = Transfer.plain()
        let hasBegun = Signal()
        let task = Task {
            for try await _ in try await engine.send(CurlRequest(url: server.url())).body { hasBegun.fire() }
        }
        await hasBegun.wait()
        task.cancel()
        let error = await #expect(throws: CurlError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        await closed.wait()
    }

    @Test("A task that is cancelled already asks nothing")
    func cancelledBefore() async throws {
        let server = try RawServer { $0.answer() }
        defer { server.stop() }
        let go = Signal()
        let engine = Transfer.plain()
        let task = Task {
            await go.wait()
            return try await engine.send(CurlRequest(url: server.url()))
        }
        task.cancel()
        go.fire()
        let error = await #expect(throws: CurlError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(server.connections == 0)
    }

    @Test("Letting an answer go unread, or half read, closes the connection", arguments: [false, true])
    func drop(isHalfRead: Bool) async throws {
        let closed = Signal()
        let server = try RawServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\nContent-Length: 9\n\nhalf")
            connection.waitForClose()
            closed.fire()
        }
        defer { server.stop() }
        let engine = Transfer.plain()
        func askAndLetGo() async throws {
            let response = try await engine.send(CurlRequest(url: server.url()))
            var body = response.body.makeAsyncIterator()
            if isHalfRead { _ = try await body.next() }
        }
        try await askAndLetGo()
        await closed.wait()
        #expect(server.connections == 1)
    }

    @Test("A body has one reader: a second one is refused and the first goes on")
    func twoReaders() async throws {
        let goOn = Signal()
        let server = try RawServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\nContent-Length: 4\n\n")
            goOn.waitOnThread()
            connection.send("body")
        }
        defer { server.stop() }
        let response = try await Transfer.plain().send(CurlRequest(url: server.url()))
        let results = await withTaskGroup(of: Result<[UInt8], CurlError>.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do throws(CurlError) {
                        return .success(try await response.body.collect(atMost: 4))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            var results: [Result<[UInt8], CurlError>] = []
            for await result in group {
                results.append(result)
                goOn.fire()
            }
            return results
        }
        #expect(results.first == .failure(CurlError(.readTwice, url: server.url())))
        #expect(results.last == .success(Array("body".utf8)))
    }

    @Test("Shutting down gives up what runs, ends the thread and refuses what comes later")
    func shutdown() async throws {
        let asked = Signal()
        let server = try RawServer { connection in
            _ = connection.request()
            asked.fire()
            connection.waitForClose()
        }
        defer { server.stop() }
        let engine = Transfer.plain()
        let task = Task { try await engine.send(CurlRequest(url: server.url())) }
        await asked.wait()
        await engine.shutdown()
        await engine.shutdown()
        let error = await #expect(throws: CurlError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        let later = await #expect(throws: CurlError.self) { try await engine.send(CurlRequest(url: server.url())) }
        #expect(later?.code == .cancelled)
        #expect(server.connections == 1)
    }

    @Test("An answer can be read after its engine was let go, and the connection closes when both are gone")
    func engineLetGo() async throws {
        let goOn = Signal()
        let closed = Signal()
        let server = try RawServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\nContent-Length: 4\n\n")
            goOn.waitOnThread()
            connection.send("body")
            connection.waitForClose()
            closed.fire()
        }
        defer { server.stop() }
        func ask() async throws {
            let response = try await Transfer.plain().send(CurlRequest(url: server.url()))
            goOn.fire()
            #expect(try await response.body.collect(atMost: 4) == Array("body".utf8))
        }
        try await ask()
        await closed.wait()
    }
}
