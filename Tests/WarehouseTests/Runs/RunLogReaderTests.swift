import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("RunLogReader", .warehouse)
struct RunLogReaderTests {
    @Test("Of a run that goes on the numbers are those of its chunks, and its parts say how many are planned")
    func goingOn() async throws {
        let fixture = try await LoaderFixture()
        let log = RunLog(fixture.warehouse)
        try await log.end(fixture.run, outcome: .green, error: nil)
        let next = try await fixture.next(planned: ["thing": 2])
        try await next.load(Thing("a"), Thing("b", weight: "much"), chunk: .whole)
        let (run, parts) = try #require(try await RunLogReader(fixture.warehouse).run(next.run))
        #expect(run.status == .running && run.finishedAt == nil && run.seconds != nil)
        #expect(run.tally.words == "2 = 1 inserted + 1 rejected")
        let part = try #require(parts.first)
        #expect(parts.count == 1 && part.status == .running && part.tally == run.tally)
        #expect(part.details.plannedChunks == 2 && part.details.loadedChunks == 1 && part.failedChunks == 0)
        let chunks = try await RunLogReader(fixture.warehouse).chunks(of: next.run)
        #expect(chunks.map { "\($0.entity), \($0.chunk): \($0.status)" } == ["thing, \(Chunk.whole): loaded"])
        #expect(chunks.first?.tally == run.tally)
    }

    @Test("How a part ended is reported in full: what was held, replaced, unknown, worth a look, and each error")
    func details() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"))
        var details = PartDetails()
        (details.plannedChunks, details.loadedChunks, details.held, details.replacedCharacters) = (3, 1, 4, 5)
        details.notes = ["as it should be"]
        details.drift = ["t.thing New", "t.thing \"Odd\",{x}"]
        details.warnings = ["one; two", ""]
        details.errors = ["first\nin two lines", "second"]
        let log = RunLog(fixture.warehouse)
        try await log.endEntities(
            fixture.run, [RunLog.EntityEnd("thing", status: .failed, note: "a note", error: "first", details: details)]
        )
        try await log.end(fixture.run, outcome: .failed, error: "first")
        let (run, parts) = try #require(try await RunLogReader(fixture.warehouse).run(fixture.run))
        #expect(run.status == .ended(.failed) && run.error == "first" && run.finishedAt != nil)
        let part = try #require(parts.first)
        #expect(part.details == details && part.note == "a note" && part.error == "first" && part.tally.inserted == 1)
    }

    @Test("A follower sees whether a process holds the run and whether the queue still names it")
    func sight() async throws {
        let fixture = try await LoaderFixture()
        let other = try await LoaderFixture("Other")
        let book = RunLogReader(fixture.warehouse)
        #expect(try await book.look(at: fixture.run, since: nil)?.isHeld == false)
        let foreign = try await RunLock.take(fixture.warehouse, for: other.connection) { _ in }
        #expect(try await book.look(at: fixture.run, since: nil)?.isHeld == false)
        await foreign.release()
        let lock = try await RunLock.take(fixture.warehouse, for: fixture.connection) { _ in }
        #expect(try await book.look(at: fixture.run, since: nil)?.isHeld == true)
        await lock.release()
        #expect(try await book.look(at: fixture.run, since: nil)?.isAwaited == false)
        try await fixture.rows(
            """
            insert into inflow.request (connection_id, kind, asked_at, asked_by, status, run_id)
            values ($1, 'sync_all', now(), 'a test', 'queued', $2)
            """, .int64(fixture.connection.id), .int64(fixture.run))
        #expect(try await book.look(at: fixture.run, since: nil)?.isAwaited == true)
        try await fixture.rows("update inflow.request set status = 'done'")
        #expect(try await book.look(at: fixture.run, since: nil)?.isAwaited == false)
    }

    @Test("Only chunks that ended since are listed again")
    func since() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"), chunk: .whole)
        let book = RunLogReader(fixture.warehouse)
        let first = try #require(try await book.look(at: fixture.run, since: nil)?.chunks.first)
        try await fixture.load(Thing("b"), chunk: .parents(["b"]))
        let later = try await book.look(at: fixture.run, since: first.endedAt.addingTimeInterval(0.000_002))?.chunks
        #expect(later?.map(\.chunk) == ["1 by key from b"])
        #expect(try await book.look(at: fixture.run, since: first.endedAt)?.chunks.count == 2)
    }

    @Test("A number that no run has is an answer of its own")
    func unknown() async throws {
        let fixture = try await LoaderFixture()
        let book = RunLogReader(fixture.warehouse)
        #expect(try await book.run(fixture.run + 1)?.run == nil)
        #expect(try await book.look(at: fixture.run + 1, since: nil)?.run == nil)
        #expect(try await book.chunks(of: fixture.run + 1).isEmpty)
    }
}
