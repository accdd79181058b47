import Foundation
import Inflow
import Postgres
import Sandbox
import TestSupport
import Testing

/// A model test: a small organisation lives through rounds of edits, deletions, faults, crashes and runs, and in the
/// end every table equals the sandbox's own truth.
///
/// `INFLOW_MODEL_SEEDS` is how many seeds to play, or which: `seed:17` or `seed:17,18`. What a seed does depends on
/// the seed and on the day; a failing one is printed with its steps, each edit as `POST /sandbox/edit` takes it.
@Suite("A small organisation over many rounds", .timeLimit(.minutes(10)))
struct ModelTests {
    private static let rounds = 20

    @Test(
        "After rounds of edits, faults, crashes and runs a reconcile leaves every table equal to the platform's truth")
    func seeds() async throws {
        let cluster = TestCluster.shared
        let template = TestTemplate.warehouse
        let name = try await cluster.template(named: template.name, make: template.make)
        var waiting = try ModelTests.wanted()[...]
        await withTaskGroup(of: String?.self) { group in
            for _ in 0..<min(5, waiting.count) {
                let seed = waiting.removeFirst()
                group.addTask { await ModelTests.play(seed, cluster, name) }
            }
            while let failure = await group.next() {
                if let failure { Issue.record(Comment(rawValue: failure)) }
                guard let seed = waiting.popFirst() else { continue }
                group.addTask { await ModelTests.play(seed, cluster, name) }
            }
        }
    }

    /// Plays a seed on a warehouse of its own; what went wrong, with how to play it again, or nil.
    private static func play(_ seed: UInt64, _ cluster: TestCluster, _ template: String) async -> String? {
        let diary = ModelDiary()
        do {
            let database = try await cluster.database(from: template)
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await Model.play(seed, rounds: rounds, url: database.url, diary))
            } catch {
                outcome = .failure(error)
            }
            try await cluster.drop(database)
            try outcome.get()
            return nil
        } catch {
            return """
                Seed \(seed) on \(InflowFixture.today): \(error)
                Replay: INFLOW_MODEL_SEEDS=seed:\(seed) scripts/test --filter ModelTests
                \(diary.text)
                """
        }
    }

    @Test(
        "The model notices a value, a row or a line that is not the platform's",
        .database(.warehouse),
        arguments: [
            "update wfm.client set name = name || '!' where uuid = (select max(uuid) from wfm.client)",
            "update wfm.job set completed_on = '1999-01-01' where uuid = (select min(uuid) from wfm.job)",
            "update wfm.invoice set amount_tax = amount_tax + 0.0001 where uuid = (select min(uuid) from wfm.invoice)",
            "update wfm.timesheet set billable = not billable where uuid = (select min(uuid) from wfm.timesheet)",
            "update wfm.staff set deleted_at = now() where uuid = (select max(uuid) from wfm.staff)",
            "delete from wfm.purchase_order where number = (select min(number) from wfm.purchase_order)",
            "delete from wfm.job_task where uuid = (select min(uuid) from wfm.job_task)",
            "update wfm.quote_cost set quantity = quantity + 1",
            "delete from wfm.job_status where name = (select min(name) from wfm.job_status)",
        ])
    func notices(change: String) async throws {
        var configuration = SandboxConfiguration.tiny()
        if let today = LocalDay(InflowFixture.today.description) { configuration.today = today }
        try await InflowFixture.run(configuration) { fixture in
            try await Model.with(fixture, 1, ModelDiary()) { model in
                try await model.reconcile()
                try await model.expectTruth()
                try await model.session.query(change)
                await #expect(throws: ModelFailure.self) { try await model.expectTruth() }
            }
        }
    }

    @Test("The model notices a row that is marked although the platform has it", .database(.warehouse))
    func noticesMarks() async throws {
        var configuration = SandboxConfiguration.tiny()
        if let today = LocalDay(InflowFixture.today.description) { configuration.today = today }
        try await InflowFixture.run(configuration) { fixture in
            try await Model.with(fixture, 1, ModelDiary()) { model in
                try await model.reconcile()
                let key = try await fixture.sandbox.row("invoice", where: \.isPaid).key
                try await model.session.query("update wfm.invoice set deleted_at = now() where uuid = '\(key)'")
                await #expect(throws: ModelFailure.self) {
                    try await model.expectNothingWronglyMarked(since: [], "now")
                }
                try await fixture.sandbox.delete("invoice", key)
                try await model.expectNothingWronglyMarked(since: [], "then")
            }
        }
    }

    /// The seeds to play.
    private static func wanted() throws -> [UInt64] {
        let text = ProcessInfo.processInfo.environment["INFLOW_MODEL_SEEDS"] ?? ""
        if text.isEmpty { return Array(1...20) }
        if let count = UInt64(text), count > 0 { return Array(1...count) }
        let named = text.hasPrefix("seed:") ? text.dropFirst(5).split(separator: ",").map { UInt64($0) } : []
        let seeds = named.compactMap(\.self)
        guard !seeds.isEmpty, seeds.count == named.count else {
            throw ModelFailure("INFLOW_MODEL_SEEDS is \"\(text)\"; it must be a count, or seed:17, or seed:17,18")
        }
        return seeds
    }
}

/// Something is not as it must be.
struct ModelFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
