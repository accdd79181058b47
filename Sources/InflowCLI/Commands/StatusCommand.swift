import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How a connection stands: what is still to be read of what costs one call per record.",
        discussion: """
            Custom-field values, job costs and payments cost one call for each record, so they are read within a share of \
            the day's calls (settings per-parent-percent, per-parent-calls), the newest records first.
            """)

    @Argument(help: "The connection; none for all.") var name: String?
    @Flag(help: "One JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            let connections = if let name { [try await store.find(name)] } else { try await store.list() }
            var documents: [StatusDocument] = []
            for connection in connections {
                documents.append(
                    StatusDocument(
                        connection: connection.name, values: try await Values(wiring, connection).status()))
            }
            if json {
                if name != nil, let one = documents.first { return try Console.json(one) }
                return try Console.json(documents)
            }
            guard !documents.isEmpty else {
                return Console.print("There is no connection yet: \"inflow connection add\".")
            }
            for document in documents { document.show() }
        }
    }
}

/// How a connection stands, section by section.
struct StatusDocument: Encodable {
    let connection: String
    let values: Values.Status

    func show() {
        Console.print("\(connection)\n")
        values.show()
    }
}

/// What costs one call per record, as the command tells of it.
struct Values {
    let reads: ParentReads
    let settings: ConnectionSettings

    init(_ wiring: Wiring, _ connection: Connection) {
        reads = ParentReads(wiring.warehouse, connection, known: WorkflowMax.entities)
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
