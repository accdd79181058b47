import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("A request whose run kills its process", .warehouse)
struct DeadlyRequestTests {
    private func ask(_ fixture: LoaderFixture, _ kind: SyncRequest.Kind = .syncAll) async throws -> Int64 {
        let queue = RunQueue(fixture.warehouse)
        guard case .queued(let id, _) = try await queue.ask(SyncRequest(kind, askedAt: Date()), of: fixture.connection)
        else { throw NotQueued() }
        return id
    }

    private struct NotQueued: Error {}

    /// A worker takes a request and falls silent.
    @discardableResult
    private func die(_ fixture: LoaderFixture, run: Int64? = nil) async throws -> RunQueue.Taken {
        let queue = RunQueue(fixture.warehouse)
        let taken = try #require(try await queue.take("worker"))
        if let run { try await queue.note(run: run, of: taken) }
        try await fixture.rows("update inflow.request set heartbeat_at = now() - interval '1 hour'")
        return taken
    }

    @Test("At the third time it ends as failed with its run, and its connection gets an alert")
    func third() async throws {
        let fixture = try await LoaderFixture()
        let queue = RunQueue(fixture.warehouse)
        let request = try await ask(fixture)
        for _ in 1...2 {
            try await die(fixture, run: fixture.run)
            #expect(try await queue.endDeadly() == [])
            #expect(try await queue.revive() == [request])
        }
        let last = try await die(fixture, run: fixture.run)
        #expect(try await queue.endDeadly() == [request])
        #expect(try await queue.revive() == [])
        let status = try #require(try await queue.status(request))
        #expect(
            status.state == .done && status.outcome == .failed && status.error?.contains("3 times in a row") == true)
        #expect(try await queue.take("worker") == nil, "it is not taken again")
        let statuses = try await ConnectionStatusReader(fixture.warehouse).all(now: Date())
        let connection = try #require(statuses.first { $0.id == fixture.connection.id })
        let facts = ConnectionFacts(connection, entities: ["thing"], wholeDays: 7, now: Date())
        let review = IncidentReview(facts, open: [], freshnessHours: 30, now: Date())
        #expect(review.opened.map(\.kind) == [.runFailed])
        #expect(facts.lastFullRun?.id == fixture.run)
        // What the silent process might still do is refused.
        try await queue.end(last, outcome: .green, error: nil, run: nil, parkedUntil: nil)
        #expect(try await queue.status(request)?.outcome == .failed)
        let late = await failure { try await fixture.load(Thing("a")) }
        #expect(late?.code == .runClosed)
    }

    @Test("10.E23 A request of a person that does so is an incident, too, until a run ends well")
    func targeted() async throws {
        let fixture = try await LoaderFixture()
        try await RunLog(fixture.warehouse).end(fixture.run, outcome: .green, error: nil)
        let queue = RunQueue(fixture.warehouse)
        _ = try await ask(fixture, .targeted(entities: ["thing"], first: nil, last: nil))
        func incidents() async throws -> [IncidentKind] {
            let statuses = try await ConnectionStatusReader(fixture.warehouse).all(now: Date())
            let connection = try #require(statuses.first { $0.id == fixture.connection.id })
            let facts = ConnectionFacts(connection, entities: ["thing"], wholeDays: 7, now: Date())
            return IncidentReview(facts, open: [], freshnessHours: 30, now: Date()).opened.map(\.kind)
        }
        for _ in 1...3 {
            #expect(try await incidents() == [])
            try await die(fixture)
            try await queue.endDeadly()
            try await queue.revive()
        }
        #expect(try await incidents() == [.requestFailed])
        let later = try await fixture.nextRun()
        #expect(try await incidents() == [.requestFailed])
        try await RunLog(fixture.warehouse).end(later.run, outcome: .green, error: nil)
        #expect(try await incidents() == [])
    }

    @Test("A process that dies before its run begins leaves a failed run all the same")
    func withoutRun() async throws {
        let fixture = try await LoaderFixture()
        try await RunLog(fixture.warehouse).end(fixture.run, outcome: .green, error: nil)
        let queue = RunQueue(fixture.warehouse)
        _ = try await ask(fixture)
        for _ in 1...3 {
            try await die(fixture)
            try await queue.endDeadly()
            try await queue.revive()
        }
        #expect(
            try await fixture.rows("select trigger, status from inflow.run order by id desc limit 1")
                == ["manual | failed"])
    }

    @Test("A request that came back once lets the others go first; one that was given back in order does not count")
    func order() async throws {
        let (acme, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        let queue = RunQueue(acme.warehouse)
        let first = try await ask(acme)
        let second = try await ask(other)
        for _ in 1...4 {
            let taken = try #require(try await queue.take("worker"))
            #expect(taken.id == first)
            try await queue.putBack(taken)
        }
        try await die(acme)
        try await queue.revive()
        #expect(try await queue.take("worker")?.id == second)
    }
}
