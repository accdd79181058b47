import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Runs whose process is gone", .warehouse)
struct DeadRunTests {
    /// Begins a run of a process of this machine that is gone, or of a machine of another name.
    private func begin(
        _ fixture: LoaderFixture, _ trigger: Trigger, holder: String, began: String = "now()"
    ) async throws -> Int64 {
        let rows = try await fixture.rows(
            """
            insert into inflow.run (connection_id, trigger, scope, status, holder, started_at)
            values (\(fixture.connection.id), '\(trigger.rawValue)', 'test', 'running', '\(holder)', \(began))
            returning id
            """)
        return try #require(rows.first.flatMap { Int64($0) })
    }

    private var gone: String { "\(ProcessIdentity.host(of: ProcessIdentity.current)), process 4194303" }

    private func isDead(_ fixture: LoaderFixture, _ run: Int64) async throws -> Bool {
        try #require(try await RunLogReader(fixture.warehouse).run(run)).run.isDead
    }

    @Test("A run without lock is dead at once where its process is of this machine, else after 45 s without a sign")
    func dead() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows("update inflow.run set status = 'green'")
        let here = try await begin(fixture, .backfill, holder: gone)
        #expect(try await isDead(fixture, here))
        let elsewhere = try await begin(fixture, .manual, holder: "another, process 1")
        #expect(try await !isDead(fixture, elsewhere))
        let status = try #require(
            try await ConnectionStatusReader(fixture.warehouse).all(now: Date()).first {
                $0.id == fixture.connection.id
            })
        #expect(status.newestRun?.run == elsewhere && status.newestRun?.isDead == false)
        try await fixture.rows("update inflow.run set started_at = now() - interval '1 hour'")
        #expect(try await isDead(fixture, elsewhere))
        // A dead run grows no older than its last sign of life.
        let seconds = try #require(try await RunLogReader(fixture.warehouse).run(elsewhere)).run.seconds
        #expect((seconds ?? 99) < 1)
        let later = try #require(
            try await ConnectionStatusReader(fixture.warehouse).all(now: Date()).first {
                $0.id == fixture.connection.id
            })
        #expect(later.newestRun?.isDead == true)
    }

    @Test("A daemon closes dead runs, a backfill too; not one whose lock is held, nor one that the queue goes on with")
    func closed() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows("update inflow.run set status = 'green'")
        let log = RunLog(fixture.warehouse)
        let old = "now() - interval '1 hour'"
        let backfill = try await begin(fixture, .backfill, holder: gone)
        let run = try await begin(fixture, .manual, holder: "another, process 1", began: old)
        let lock = try await RunLock.take(fixture.warehouse, for: fixture.connection) { _ in }
        #expect(try await !isDead(fixture, run))
        #expect(try await log.closeDead() == [backfill])
        await lock.release()
        let queue = RunQueue(fixture.warehouse)
        _ = try await queue.ask(SyncRequest(.syncAll, askedAt: Date()), of: fixture.connection)
        let taken = try #require(try await queue.take("worker"))
        try await queue.note(run: run, of: taken)
        try await fixture.rows("update inflow.lease set heartbeat_at = \(old)")
        #expect(try await log.closeDead() == [])
        try await queue.end(taken, outcome: .failed, error: nil, run: run, parkedUntil: nil)
        #expect(try await log.closeDead() == [run])
        #expect(
            try await fixture.rows("select distinct status from inflow.run where id in (\(run), \(backfill))")
                == ["interrupted"])
        #expect(try await log.closeDead() == [])
    }

    @Test("A later run closes a dead backfill of its connection")
    func laterRun() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows("update inflow.run set status = 'green'")
        let backfill = try await begin(fixture, .backfill, holder: gone)
        let begun = try await RunLog(fixture.warehouse).begin(
            fixture.connection, trigger: .manual, scope: "test", entities: ["thing"])
        #expect(begun.closed == [backfill])
    }
}
