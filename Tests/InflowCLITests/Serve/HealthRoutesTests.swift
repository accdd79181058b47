import Curl
import Foundation
import Hummingbird
import Logging
import Postgres
import TestSupport
import Testing
import Warehouse

@testable import InflowCLI

@Suite("Health and metrics over HTTP", .timeLimit(.minutes(5)))
struct HealthRoutesTests {
    @Test("With a warehouse at this Inflow's schema all three pages answer with 200", .database(.warehouse))
    func well() async throws {
        let url = try TestDatabase.current.url
        try await serving(url) { get in
            #expect(try await get("healthz") == Answer(status: 200, text: "ok\n"))
            #expect(try await get("readyz") == Answer(status: 200, text: "ready\n"))
            let metrics = try await get("metrics")
            #expect(metrics.status == 200 && metrics.type == "text/plain; version=0.0.4; charset=utf-8")
            #expect(metrics.text.contains("# TYPE inflow_records_total counter\n"))
            #expect(metrics.text.contains("inflow_workers 0\n"))
            #expect(try await get("elsewhere").status == 404)
        }
    }

    @Test("With an empty database it is alive and not ready, and says what to run", .database)
    func unmigrated() async throws {
        try await serving(try TestDatabase.current.url) { get in
            #expect(try await get("healthz").status == 200)
            let ready = try await get("readyz")
            #expect(ready.status == 503 && ready.text.contains("Run \"inflow migrate\"."), "\(ready)")
            #expect(try await get("metrics").status == 503)
        }
    }

    @Test("With a warehouse that cannot be reached it is alive and not ready, and shows no address and no secret")
    func unreachable() async throws {
        try await serving("postgresql://somebody:hush-hush@127.0.0.1:1/nowhere") { get in
            #expect(try await get("healthz").status == 200)
            for page in ["readyz", "metrics"] {
                let answer = try await get(page)
                #expect(answer.status == 503 && !answer.text.isEmpty)
                for secret in ["hush-hush", "somebody", "127.0.0.1"] {
                    #expect(!answer.text.contains(secret), "\(answer)")
                }
            }
        }
    }

    @Test("A daemon that is not well says so, and why")
    func notWell() async throws {
        try await serving("postgresql://127.0.0.1:1/nowhere", fault: "the warehouse is silent") { get in
            let answer = try await get("healthz")
            #expect(answer == Answer(status: 503, text: "not well: the warehouse is silent\n"))
        }
    }

    private struct Answer: Sendable, Equatable {
        let status: Int
        let text: String
        var type: String?

        static func == (left: Answer, right: Answer) -> Bool {
            left.status == right.status && left.text == right.text
        }
    }

    /// Serves for the length of the body, which is given a way to ask for a page.
    private func serving(
        _ url: String, fault: String? = nil, _ body: (_ get: (String) async throws -> Answer) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let settings = Settings(
            databaseURL: url, home: "/nonexistent", keyFile: "/nonexistent/key", logLevel: .critical, workerPatience: 30
        )
        let wiring = Wiring(settings: settings, warehouse: Warehouse(url: url), logger: logger)
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        let serving = try PageServing(.init(port: 0, isPlain: true))
        let application = try await wiring.page(serving, fault: { fault }) { ready.yield($0) }
        let server = Task {
            defer { ready.finish() }
            try await application.run()
        }
        defer { server.cancel() }
        var first = ports.makeAsyncIterator()
        let port = try #require(await first.next())
        let transfer = Transfer(configuration: CurlConfiguration())
        try await body { page in
            let response = try await transfer.send(CurlRequest(url: "http://127.0.0.1:\(port)/\(page)"))
            let bytes = try await response.body.collect(atMost: 1 << 20)
            return Answer(
                status: response.status, text: String(decoding: bytes, as: UTF8.self),
                type: response.headers["Content-Type"])
        }
        server.cancel()
        _ = await server.result
    }
}
