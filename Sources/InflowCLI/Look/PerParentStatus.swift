import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// The backlog of entities that cost one call for each parent record, such as custom-field values.
struct PerParentStatus: Encodable {
    /// The backlog of one such entity.
    struct Kind: Encodable {
        let entity: String
        /// Whether any record can have such values: a custom field exists for its kind.
        let used: Bool
        /// Parents that Inflow can ask; those of them that are new or changed since the last reading; those that the
        /// platform does not know.
        let records, toBeAsked, unknown: Int
        /// Parents that did not change but whose last reading is too old.
        let old: Int
        let oldestReadAt: Date?
    }

    /// The most calls that one run spends on these entities.
    let callsPerRun: Int
    /// Calls that runs spent on them in the last 24 hours.
    let callsSpent: Int
    /// Parents that wait for their call, of all kinds.
    let toBeAsked: Int
    /// Days until none waits, at one run a day; null when the connection's share is 0.
    let days: Int?
    let kinds: [Kind]

    /// Prints the backlog as a table and a sentence.
    func show() {
        Console.table(
            ["values", "records", "to be asked", "unknown", "old", "oldest reading (UTC)"],
            kinds.map { kind in
                guard kind.used else { return [kind.entity, "no field for it", "", "", "", ""] }
                return [
                    kind.entity, Console.grouped(kind.records), Console.grouped(kind.toBeAsked),
                    Console.grouped(kind.unknown), Console.grouped(kind.old),
                    kind.oldestReadAt.map { $0.formatted(.iso8601) } ?? "",
                ]
            })
        let when = days.map { $0 == 0 ? "all are read" : "done in about \($0) day(s) at one run a day" }
        Console.print(
            "\(Console.grouped(toBeAsked)) records wait for a call; each run makes \(Console.grouped(callsPerRun)): "
                + "\(when ?? "never done, because per-parent-percent is 0"). "
                + "\(Console.grouped(callsSpent)) calls in the last 24 hours.")
    }
}

/// Reads the backlog of per-parent entities of one connection.
struct PerParentStatusReader {
    private let store: PerParentStore
    private let settings: ConnectionSettings

    init(_ wiring: Wiring, _ connection: Connection) {
        store = PerParentStore(wiring.warehouse, connection, known: WorkflowMax.entities)
        settings = connection.settings
    }

    /// The backlog of every per-parent entity now.
    func status() async throws -> PerParentStatus {
        let entities = WorkflowMax.entities.filter(\.isPerParent)
        let found = try await store.backlogs(entities, limit: 0)
        let due = found.reduce(0) { $0 + $1.due }
        return PerParentStatus(
            callsPerRun: PerParentPlan.daily(settings), callsSpent: try await store.spent(entities).own,
            toBeAsked: due, days: PerParentPlan.days(due, settings),
            kinds: found.map {
                PerParentStatus.Kind(
                    entity: $0.entity, used: $0.isUsed, records: $0.parents, toBeAsked: $0.due, unknown: $0.unknown,
                    old: $0.old, oldestReadAt: $0.oldestReadAt)
            })
    }

    /// The per-parent calls that a run of this plan would make now.
    func expected(_ plan: RunPlan) async throws -> [RunPlan.Part] {
        let entities = plan.perParent
        guard !entities.isEmpty else { return [] }
        let spent = try await store.spent(WorkflowMax.entities)
        let budget = PerParentPlan.budget(
            settings, spent: spent.own, spentInAll: spent.all + (plan.isFull ? plan.calls : 0), isAsked: !plan.isFull)
        return PerParentPlan(settings, budget: budget)
            .parts(entities, try await store.backlogs(entities, limit: min(budget, PerParentPlan.mostListed)))
    }
}
