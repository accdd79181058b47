import Foundation
import Inflow
import Synchronization
import TestSupport
import Testing
import Warehouse

@testable import Sync

@Suite("The line, for one chunk", .database(.warehouse), .timeLimit(.minutes(5)))
struct EntityRunnerTests {
    private func runner(
        _ fixture: SyncFixture, _ loader: Loader, progress: @escaping @Sendable (Sync.Progress) -> Void = { _ in }
    ) throws -> EntityRunner<ScriptedSource> {
        EntityRunner(
            source: fixture.source, loader: loader, entity: try ScriptedSource.entity("job_category"),
            progress: progress)
    }

    /// The failure that loading throws; `nil` where it throws none.
    private func failure(
        _ runner: EntityRunner<ScriptedSource>, _ outcome: inout ChunkOutcome
    ) async -> Failure? {
        do throws(Failure) {
            try await runner.load(.whole, carries: .everything, into: &outcome)
            return nil
        } catch {
            return error
        }
    }

    @Test("Records of all batches come to the table; the rejected and the unknown are counted beside them")
    func loads() async throws {
        let fixture = try await SyncFixture { _, _, _ in
            [
                .categories("a", "b"), .categories("c", more: "<Colour>red</Colour>"),
                .records("<Categories><Category><Name>no key</Name></Category></Categories>"),
            ]
        }
        let (_, loader) = try await fixture.loader("job_category")
        var outcome = ChunkOutcome()
        #expect(await failure(try runner(fixture, loader), &outcome) == nil)
        await loader.close()
        #expect(try await fixture.column("select uuid from wfm.job_category order by uuid") == ["a", "b", "c"])
        let tally = try #require(outcome.merged?.tally)
        #expect((tally.pulled, tally.inserted, tally.rejected) == (4, 3, 1))
        #expect(outcome.receipt.pulled == 4 && outcome.receipt.traffic.calls == 3)
        #expect(outcome.receipt.answeredAt == Instant(timeIntervalSince1970: 1_700_000_000), "the first answer's time")
        #expect(outcome.drift == ["wfm.job_category Colour"])
        #expect(outcome.receipt.seconds > 0)
    }

    @Test("A reading that fails in mid-answer leaves no row; its calls are counted")
    func failsInMidAnswer() async throws {
        let fixture = try await SyncFixture { _, _, _ in [.categories("a", "b"), .failure(.cutOff)] }
        let (_, loader) = try await fixture.loader("job_category")
        var outcome = ChunkOutcome()
        let failure = try #require(await failure(try runner(fixture, loader), &outcome))
        await loader.close()
        guard case .source(let error) = failure else {
            Issue.record("the failure is not the source's: \(failure)")
            return
        }
        #expect(error.code == .cutOff && outcome.merged == nil)
        #expect(outcome.receipt.traffic.calls == 2)
        #expect(try await fixture.column("select uuid from wfm.job_category") == [])
    }

    @Test("A chunk that is loaded at the second try has its records once, and the calls of both tries")
    func secondTry() async throws {
        let fixture = try await SyncFixture { _, _, before in
            before == 0 ? [.categories("a", "b", "c"), .failure(.cutOff)] : [.categories("a", "b")]
        }
        let (_, loader) = try await fixture.loader("job_category")
        var outcome = ChunkOutcome()
        let runner = try runner(fixture, loader)
        #expect(await failure(runner, &outcome) != nil)
        // As if the first try had taken longer than any test does.
        outcome.receipt.seconds += 10_000
        #expect(await failure(runner, &outcome) == nil)
        await loader.close()
        #expect(try await fixture.column("select uuid from wfm.job_category order by uuid") == ["a", "b"])
        #expect(outcome.receipt.pulled == 2 && outcome.merged?.tally.pulled == 2)
        #expect(outcome.receipt.traffic.calls == 3)
        #expect(outcome.receipt.seconds > 10_000, "the time of both tries")
    }

    @Test("The next batch is taken only after the last one was handed on")
    func backPressure() async throws {
        let fixture = try await SyncFixture { _, _, _ in [.categories("a"), .categories("b"), .categories("c")] }
        let (_, loader) = try await fixture.loader("job_category")
        let takenAtProgress = Mutex<[Int]>([])
        let events = fixture.source.events
        var outcome = ChunkOutcome()
        let runner = try runner(fixture, loader) { event in
            guard case .pulled = event else { return }
            takenAtProgress.withLock { $0.append(events.all.count) }
        }
        #expect(await failure(runner, &outcome) == nil)
        await loader.close()
        // One event for the question, then one for each batch taken.
        #expect(takenAtProgress.withLock { $0 } == [2, 3, 4])
    }

    @Test("A fault of the warehouse is the warehouse's failure, not the platform's")
    func warehouseFails() async throws {
        let fixture = try await SyncFixture { _, _, _ in [.categories("a")] }
        let (run, loader) = try await fixture.loader("job_category")
        try await RunLog(fixture.warehouse).end(run, outcome: .interrupted, error: "closed by a test")
        var outcome = ChunkOutcome()
        let failure = try #require(await failure(try runner(fixture, loader), &outcome))
        await loader.close()
        guard case .warehouse(let error) = failure else {
            Issue.record("the failure is not the warehouse's: \(failure)")
            return
        }
        #expect(error.code == .runClosed)
        #expect(try await fixture.column("select uuid from wfm.job_category") == [])
    }
}
