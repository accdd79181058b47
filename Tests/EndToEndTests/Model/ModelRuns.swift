import Curl
import Foundation
@testable import Inflow
import Sync
import Synchronization
import TestSupport
import Testing
import Warehouse
import WorkflowMax

/// The runs of the model test: the one place that knows how a run is asked for.
extension Model {
    /// What the model is about: lists and documents; what costs a call for each record hangs on them.
    static let entities = WorkflowMax.entities.filter { !$0.isPerParent }

    /// What a plain Sync All reads.
    func syncAll() async throws -> RunPlan {
        .syncAll(
            Model.entities, fixture.connection.settings,
            state: try await SyncStateStore(fixture.warehouse, fixture.connection).read(),
            now: Date())
    }

    /// Runs a plan; what it wrote into the run log must close.
    func sync(_ plan: RunPlan, workers: Int) async throws -> RunReport {
        let report = try await fixture.unchecked(plan, workers: workers)
        try await expectClosed(report)
        return report
    }

    /// What a targeted sync of an entity reads: a span of some months for dated ones, else the list.
    mutating func targeted() throws -> RunPlan {
        let entity = random.pick(Model.entities.filter { $0.name != "job_status" })
        guard entity.isDated else {
            return try .targeted(
                [entity.name], of: Model.entities, from: nil, to: nil, fixture.connection.settings,
                today: InflowFixture.today)
        }
        let first = InflowFixture.today.adding(days: -random.below(440))
        return try .targeted(
            [entity.name], of: Model.entities, from: first, to: first.adding(days: random.below(120)),
            fixture.connection.settings, today: InflowFixture.today)
    }

    /// What a backfill of some months of history reads.
    mutating func backfill() throws -> RunPlan {
        let first = InflowFixture.today.startOfMonth.adding(months: -4 - random.below(10))
        return try .targeted(
            [], of: Model.entities, from: first, to: first.adding(months: 3).adding(days: -1),
            fixture.connection.settings, today: InflowFixture.today)
    }

    /// Makes the tables equal to the platform: every entity over everything it holds, open lists included, twice, since a
    /// list without a call for one record is believed when two days agree; a person approves what is held.
    func reconcile() async throws {
        let parts = try await fixture.everything(Model.entities, inOne: true, earlier: 400).parts.map { part in
            RunPlan.Part(entity: part.entity, chunks: part.entity.sweeps.map { .sweep($0) } + part.chunks)
        }
        let deletions = MissingRows(fixture.warehouse, fixture.connection)
        for trigger in [Trigger.reconcile, .deletions, .deletions] {
            let plan = RunPlan(trigger: trigger, scope: "the end", parts: parts, known: Model.entities)
            let report = try await sync(plan, workers: 2)
            guard report.outcome == .green || report.outcome == .warnings else {
                throw ModelFailure("the last reconcile ended \(report.outcome): \(report.error ?? "")")
            }
            _ = try await deletions.decide(approving: true, entity: nil, ids: [])
            // As if a day lay between two of these runs.
            _ = try await fixture.query(
                "update inflow.missing set first_asked_at = first_asked_at - interval '1 day'")
        }
    }
}

extension RunPlan {
    /// What it reads of each entity as spans of days; nil where a list is read whole.
    var reads: [(entity: EntityDefinition, window: Window?)] {
        parts.flatMap { part in
            part.chunks.compactMap { chunk -> (entity: EntityDefinition, window: Window?)? in
                switch chunk {
                case .span(let window): (part.entity, window)
                case .whole: (part.entity, nil)
                case .since, .sweep, .parents: nil
                }
            }
        }
    }
}

/// Choices for a seed, the same on every machine.
struct ModelRandom {
    private var numbers: SeededNumbers

    /// Seeds beside each other begin far from each other.
    init(seed: UInt64) { numbers = SeededNumbers(seed: SeededNumbers.mixed(seed)) }

    mutating func below(_ bound: Int) -> Int {
        Int(((numbers.next() >> 32) &* UInt64(max(1, bound))) >> 32)
    }

    /// One element; the list must not be empty.
    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}

/// What a seed did, in order.
final class ModelDiary: Sendable {
    private let lines = Mutex<[String]>([])

    func note(_ line: String) { lines.withLock { $0.append(line) } }

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}
