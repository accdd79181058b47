import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// What costs one call per record, as the command tells of it.
struct Values {
    let reads: PerParentStore
    let settings: ConnectionSettings

    init(_ wiring: Wiring, _ connection: Connection) {
        reads = PerParentStore(wiring.warehouse, connection, known: WorkflowMax.entities)
        settings = connection.settings
    }

    /// One kind of it.
    struct Kind: Encodable {
        let entity: String
        /// Whether any record can have it.
        let used: Bool
        /// Records that can be asked, those that are new or have changed since they were, and those the platform does
        /// not know.
        let records, toBeAsked, unknown: Int
        /// Records that did not change but were read too long ago.
        let old: Int
        let oldestReadAt: Date?
    }

    /// All of it.
    struct Status: Encodable {
        /// Calls a run may take for it.
        let callsPerRun: Int
        /// Calls of the last 24 hours for it.
        let callsSpent: Int
        /// Records to be asked, of all kinds.
        let toBeAsked: Int
        /// In how many days that is done, a run a day; null when never.
        let days: Int?
        let kinds: [Kind]

        func show() {
            Console.table(
                ["values", "records", "to be asked", "unknown", "old", "read longest ago (UTC)"],
                kinds.map { kind in
                    guard kind.used else { return [kind.entity, "no field for it", "", "", "", ""] }
                    return [
                        kind.entity, Console.grouped(kind.records), Console.grouped(kind.toBeAsked),
                        Console.grouped(kind.unknown), Console.grouped(kind.old),
                        kind.oldestReadAt.map { $0.formatted(.iso8601) } ?? "",
                    ]
                })
            let when = days.map { $0 == 0 ? "all are read" : "done in about \($0) day(s), a run a day" }
            Console.print(
                "\(Console.grouped(toBeAsked)) records to be asked at \(Console.grouped(callsPerRun)) calls a run: "
                    + "\(when ?? "never, since per-parent-percent is 0"). "
                    + "\(Console.grouped(callsSpent)) calls in the last 24 hours.")
        }
    }

    func status() async throws -> Status {
        let entities = WorkflowMax.entities.filter(\.isPerParent)
        let found = try await reads.backlogs(entities, limit: 0)
        let due = found.reduce(0) { $0 + $1.due }
        return Status(
            callsPerRun: PerParentPlan.daily(settings), callsSpent: try await reads.spent(entities).own,
            toBeAsked: due, days: PerParentPlan.days(due, settings),
            kinds: found.map {
                Kind(
                    entity: $0.entity, used: $0.isUsed, records: $0.parents, toBeAsked: $0.due, unknown: $0.unknown,
                    old: $0.old, oldestReadAt: $0.oldestReadAt)
            })
    }

    /// What a plan would read of it now.
    func expected(_ plan: RunPlan) async throws -> [RunPlan.Part] {
        let entities = plan.perParent
        guard !entities.isEmpty else { return [] }
        let spent = try await reads.spent(WorkflowMax.entities)
        let budget = PerParentPlan.budget(
            settings, spent: spent.own, spentInAll: spent.all + (plan.isFull ? plan.calls : 0), isAsked: !plan.isFull)
        return PerParentPlan(settings, budget: budget)
            .parts(entities, try await reads.backlogs(entities, limit: min(budget, PerParentPlan.mostListed)))
    }
}
