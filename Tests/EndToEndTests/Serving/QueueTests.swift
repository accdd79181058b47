import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

@Suite("The queue of runs", .database(.warehouse), .timeLimit(.minutes(5)))
struct QueueTests {
    @Test(
        "The queue: one run of a connection at a time, a second Sync All joins or is answered, a silent worker loses its run"
    )
    func queue() async throws {
        try await InflowFixture.run { fixture in
            let queue = RunQueue(fixture.warehouse, patience: 60)
            let all = SyncRequest(.syncAll, askedAt: Date())
            guard case .queued(let first, 0) = try await queue.ask(all, of: fixture.connection) else {
                Issue.record("it was not queued")
                return
            }
            #expect(try await queue.ask(all, of: fixture.connection) == .joined(first))
            let some = SyncRequest(.targeted(entities: ["staff"], first: nil, last: nil), askedAt: Date())
            guard case .queued(let second, 1) = try await queue.ask(some, of: fixture.connection) else {
                Issue.record("it was not queued behind")
                return
            }
            try await queue.enlist("a", version: "test")
            let taken = try #require(try await queue.take("a"))
            #expect(taken.id == first && taken.request.kind == .syncAll)
            #expect(try await queue.take("b") == nil, "one at a time")
            guard case .running(first, _, _, _) = try await queue.ask(all, of: fixture.connection) else {
                Issue.record("it was not told that it runs")
                return
            }
            #expect(try await queue.isServed())
            _ = try await fixture.query("update inflow.request set heartbeat_at = now() - interval '1 hour'")
            #expect(try await queue.revive() == [first])
            // What has killed no worker goes first.
            let other = try #require(try await queue.take("b"))
            #expect(other.id == second)
            try await queue.end(other, outcome: .green, error: nil, run: nil, parkedUntil: nil)
            let again = try #require(try await queue.take("b"))
            #expect(again.id == first && again.epoch == taken.epoch + 1)
            // What the first worker still says is not heard.
            try await queue.end(taken, outcome: .failed, error: "late", run: nil, parkedUntil: nil)
            #expect(try await queue.status(first)?.state == .running)
            try await queue.leave("b")
            #expect(try await queue.status(first)?.state == .queued)
        }
    }
}
