import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// The backlog of entities that cost one call for each parent record, such as custom-field values.
struct PerParentStatus: Encodable {
    /// The backlog of one such entity.
    struct Kind: Encodable {
        let entity: String
        /// Whether the setting `values` names the kind; Inflow does not read the others.
        let read: Bool
        /// Whether any record can have such values: a custom field exists for its kind.
        let used: Bool
        /// Parents that Inflow can ask; those of them that are new or changed since the last reading; those that the
        /// platform does not know; those that need no call, since they say themselves that all is here.
        let records, toBeAsked, unknown, proven: Int
        /// Parents that did not change but whose last reading is too old.
        let old: Int
        let oldestReadAt: Date?
        /// Whether the values of every record are here; never of a kind that is not read.
        let complete: Bool
        /// What it is, in the words of the status line.
        let words: String

        private enum CodingKeys: String, CodingKey {
            case entity, read, used, records, toBeAsked, unknown, proven, old, oldestReadAt, complete
        }

        /// The share of the records whose values are here; 100 only where those of all are.
        var percent: Int { records == 0 ? 100 : (records - toBeAsked - unknown) * 100 / records }
    }

    /// The most calls that one run spends on these entities.
    let callsPerRun: Int
    /// The most calls of a day: all day where a daemon serves, else those of one Sync All.
    let callsPerDay: Int
    /// Whether a daemon serves, which reads values in the background.
    let served: Bool
    /// Calls that runs spent on them in the last 24 hours.
    let callsSpent: Int
    /// Parents that wait for their call, of all kinds that are read.
    let toBeAsked: Int
    /// Days until none waits, all day where a daemon serves, else at one Sync All a day; null when the connection's
    /// share is 0.
    let days: Int?
    let kinds: [Kind]

    /// How far the kinds are that are not complete, and when all of them will be: "payments 3 %, job costs 7 %, complete
    /// in about 4 days".
    var line: String {
        let open = kinds.filter { $0.read && $0.used && !$0.complete }
        guard !open.isEmpty else { return kinds.contains(where: \.read) ? "complete" : "not read, by choice" }
        let parts = open.map { "\($0.words) \($0.percent) %" }
        guard toBeAsked > 0 else { return (parts + ["the platform does not know the rest"]).joined(separator: ", ") }
        let when =
            switch days {
            case .none: "never complete: per-parent-percent or per-parent-sync-calls is 0"
            case .some(1): "complete in about a day"
            case .some(let days): "complete in about \(days) days"
            }
        return (parts + [served ? when : "\(when) at one Sync All a day"]).joined(separator: ", ")
    }

    /// What reads the rest, as a sentence with its command; `nil` where nothing waits.
    func remedy(_ connection: String) -> String? {
        guard toBeAsked > 0 else { return nil }
        if served { return "The daemon reads them in the background." }
        let first = kinds.first { $0.read && $0.used && !$0.complete }?.entity ?? ""
        return
            "\"inflow serve\" reads them in the background, all day; \"inflow sync \(connection.shellWord) "
            + "\(first)\" reads some "
            + "now."
    }

    /// Prints the backlog as a table and a sentence, by the clock of `zone`.
    func show(in zone: TimeZone) {
        Console.table(
            ["values", "records", "to be asked", "unknown", "old", "oldest reading"],
            kinds.map { kind in
                guard kind.read else { return [kind.entity, "not read (by choice)", "", "", "", ""] }
                guard kind.used else { return [kind.entity, "no field for it", "", "", "", ""] }
                return [
                    kind.entity, Console.grouped(kind.records), Console.grouped(kind.toBeAsked),
                    Console.grouped(kind.unknown), Console.grouped(kind.old),
                    kind.oldestReadAt.map { $0.text(in: zone) } ?? "",
                ]
            })
        let rate =
            served
            ? callsPerDay < 1_000_000
                ? "the daemon makes up to \(Console.grouped(callsPerDay)) a day"
                : "the daemon makes them without a limit"
            : "each Sync All makes up to \(Console.grouped(callsPerRun)), and nothing serves"
        Console.print(
            "\(Console.grouped(toBeAsked)) records wait for a call; \(rate). \(Console.grouped(callsSpent)) calls in the "
                + "last 24 hours. The setting values says which kinds Inflow reads, and in which order.")
    }
}

/// Reads the backlog of per-parent entities of one connection.
struct PerParentStatusReader {
    private let wiring: Wiring
    private let store: PerParentStore
    private let settings: ConnectionSettings

    init(_ wiring: Wiring, _ connection: Connection) {
        self.wiring = wiring
        store = PerParentStore(wiring.warehouse, connection, known: WorkflowMax.entities)
        settings = connection.settings
    }

    private var read: [EntityDefinition] { WorkflowMax.entities.values(settings) }

    /// The backlog of every per-parent entity now, those that are read in order of worth.
    func status() async throws -> PerParentStatus {
        let read = read
        let others = WorkflowMax.entities.filter { entity in
            entity.isPerParent && !read.contains { $0.name == entity.name }
        }
        let found = try await store.backlogs(read, limit: 0)
        let due = found.reduce(0) { $0 + $1.due }
        let isServed = try await wiring.queue.isServed()
        let kinds =
            found.map { kind($0, isRead: true) }
            + others.map { kind(ParentBacklog(entity: $0.name), isRead: false) }
        return PerParentStatus(
            callsPerRun: PerParentPlan.daily(settings, isServed: false),
            callsPerDay: PerParentPlan.daily(settings, isServed: isServed), served: isServed,
            callsSpent: try await store.spent(WorkflowMax.entities).own, toBeAsked: due,
            days: PerParentPlan.days(due, settings, isServed: isServed), kinds: kinds)
    }

    private func kind(_ backlog: ParentBacklog, isRead: Bool) -> PerParentStatus.Kind {
        let kind = WorkflowMax.entities.first { $0.name == backlog.entity }?.perParent?.kind
        return PerParentStatus.Kind(
            entity: backlog.entity, read: isRead, used: backlog.isUsed, records: backlog.parents,
            toBeAsked: backlog.due, unknown: backlog.unknown, proven: backlog.proven, old: backlog.old,
            oldestReadAt: backlog.oldestReadAt, complete: isRead && backlog.waiting == 0,
            words: kind?.words ?? backlog.entity)
    }

    /// The per-parent calls that a run of this plan would make now, and the most that it may make.
    func expected(_ plan: RunPlan) async throws -> (parts: [RunPlan.Part], most: Int) {
        let entities = plan.perParent
        guard !entities.isEmpty else { return ([], 0) }
        let spent = try await store.spent(WorkflowMax.entities)
        let budget = PerParentPlan.budget(
            settings, spent: spent.own, spentInAll: spent.all + (plan.isFull ? plan.calls : 0),
            reader: plan.valueReader)
        let backlogs = try await store.backlogs(entities, limit: min(budget, PerParentPlan.mostListed))
        return (PerParentPlan(settings, budget: budget, reader: plan.valueReader).parts(entities, backlogs), budget)
    }

    /// The plan with the values that it would read now, and what a person should know of its cost besides.
    func document(_ plan: RunPlan) async throws -> RunPlanDocument {
        let (parts, most) = try await expected(plan)
        let planned = parts.flatMap(\.readings).reduce(0) { $0 + $1.calls }
        return RunPlanDocument(
            plan.expecting(parts), moreValueCalls: max(0, most - planned), values: try await status())
    }
}
