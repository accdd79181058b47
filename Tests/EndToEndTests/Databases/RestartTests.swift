import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

/// A server that is restarted while Inflow works.
@Suite("A server that is restarted", .timeLimit(.minutes(5)))
struct RestartTests {
    private static let sync = ["sync", "acme", "staff", "client", "task"]

    @Test("A run whose server goes in the middle of a chunk waits for it, and is green")
    func inMidRun() async throws {
        try await withServer { fixture, server in
            try await fixture.sandbox.hold("/task.api")
            let sync = try fixture.start(Self.sync)
            try await fixture.sandbox.untilHeld()
            try await server.stop()
            try await fixture.sandbox.release()
            #expect(await sync.error.contains("Inflow asks again"))
            try await server.start()
            let ending = await sync.ending()
            #expect(ending.code == 0, "\(ending)")
            #expect(try await statuses(fixture) == ["green"])
            #expect(try await fixture.count("wfm.task") > 0)
        }
    }

    @Test("Wherever a restart meets a run, the run is green and its row is closed")
    func atAnyPoint() async throws {
        try await withServer { fixture, server in
            let points: [Failpoint] = [.runBegun, .chunkStaged, .mergeBeforeCommit, .chunkCommitted, .runBeforeFinish]
            for point in points {
                let sync = try fixture.start(Self.sync, ["INFLOW_FAILPOINT": "\(point.rawValue):stop"])
                try await sync.stopping()
                try await server.stop()
                try await server.start()
                sync.goOn()
                let ending = await sync.ending()
                #expect(ending.code == 0, "\(point): \(ending)")
            }
            #expect(try await statuses(fixture) == points.map { _ in "green" })
            #expect(try await fixture.number("select count(*) from inflow.entity_run where status = 'running'") == 0)
        }
    }

    @Test("A command that nobody waits half a minute for fails at once where no server is")
    func noServer() async throws {
        try await withServer { fixture, server in
            try await server.stop()
            let status = try await fixture.inflow("status")
            #expect(status.code == 1 && status.error.contains("Inflow cannot use the warehouse"), "\(status)")
            try await server.start()
        }
    }

    @Test("A daemon whose server is away logs one line when it goes and one when it is back, and goes on")
    func daemon() async throws {
        try await withServer { fixture, server in
            let daemon = try fixture.serve(patience: 60)
            #expect(await daemon.error.contains("Serving"))
            try await server.stop()
            #expect(await daemon.error.contains("The warehouse is away"))
            try await server.start()
            #expect(await daemon.error.contains("The warehouse is back"))
            let sync = try await fixture.inflow("sync", "acme", "staff")
            #expect(sync.code == 0, "\(sync)")
            daemon.interrupt()
            let ending = await daemon.ending()
            #expect(ending.code == 0, "\(ending)")
            #expect(ending.errorLines.count { $0.contains("warning") } == 1, "\(ending)")
            #expect(ending.errorLines.count { $0.contains("The warehouse is back") } == 1, "\(ending)")
        }
    }

    @Test("A request whose run a restart ends beside the daemon is run to its end by the same daemon")
    func daemonInMidRun() async throws {
        try await withServer { fixture, server in
            try await fixture.sandbox.hold("/task.api")
            let daemon = try fixture.serve(patience: 60)
            #expect(await daemon.error.contains("Serving"))
            let sync = try fixture.start(["sync", "acme", "staff", "task", "--no-wait"])
            #expect(await sync.ending().code == 0)
            try await fixture.sandbox.untilHeld()
            try await server.stop()
            try await fixture.sandbox.release()
            #expect(await daemon.error.contains("The warehouse is away"))
            try await server.start()
            #expect(await daemon.error.contains("run ended"))
            daemon.interrupt()
            let ending = await daemon.ending()
            #expect(ending.code == 0, "\(ending)")
            #expect(
                InflowFixture.rows(try await fixture.query("select status, outcome, error from inflow.request"))
                    == ["done | green | ∅"], "\(ending)")
            #expect(try await statuses(fixture) == ["green"])
        }
    }

    private func statuses(_ fixture: InflowFixture) async throws -> [String] {
        InflowFixture.rows(try await fixture.query("select status from inflow.run order by id"))
    }

    /// Runs `body` with a warehouse on a server of its own, which it may stop and start.
    private func withServer(_ body: (InflowFixture, PostgresCluster) async throws -> Void) async throws {
        let parent = "/tmp/inflow-restart-\(UUID().uuidString.prefix(8))"
        let server = PostgresCluster(folder: "\(parent)/c", purpose: .lasting)
        defer {
            server.destroy()
            try? FileManager.default.removeItem(atPath: parent)
        }
        try await server.start()
        try await server.ensureDatabase("w")
        let url = try server.url(database: "w")
        try await TestTemplate.warehouse.make(url)
        try await InflowFixture.run(url: url) { fixture in try await body(fixture, server) }
    }
}
