import ArgumentParser
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct DeletionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deletions",
        abstract: "Rows absent from the platform that are held until a person decides: list, approve, reject.",
        discussion: """
            Too many rows missing at once are more likely a fault of the platform than deletions, so they are held: \
            "approve" looks for them once more and marks what is really gone; "reject" keeps the rows and does not ask again \
            until they reappear.
            """)

    enum Action: String, ExpressibleByArgument, CaseIterable {
        case list, approve, reject
    }

    @Argument(help: "The connection.") var name: String
    @Argument(help: "list, approve or reject.") var action = Action.list
    @Argument(help: "Numbers of rows; none for all that are held.") var ids: [Int64] = []
    @Option(help: "Only rows of this entity.") var entity: String?
    @Flag(help: "List also what is still looked for, or kept.") var all = false
    @Flag(help: "One JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let deletions = MissingRows(wiring.warehouse, connection)
            switch action {
            case .list: try await list(deletions)
            case .reject:
                let kept = try await deletions.decide(approving: false, entity: entity, ids: ids)
                let sum = kept.reduce(0) { $0 + $1.rows }
                if json { return try Console.json(["kept": sum]) }
                Console.print(
                    sum == 0 ? "Nothing of \"\(name)\" is held." : "\(Console.grouped(sum)) rows are kept as they are.")
            case .approve:
                let decided = try await deletions.decide(approving: true, entity: entity, ids: ids)
                let pending = try await deletions.pending(.approved)
                guard !decided.isEmpty || !pending.isEmpty else {
                    if json { return try Console.json(["approved": 0]) }
                    return Console.print("Nothing of \"\(name)\" is held.")
                }
                try await lookOnceMore(wiring, connection, pending.sorted())
            }
        }
    }

    private func list(_ deletions: MissingRows) async throws {
        let rows = try await deletions.list(all: all)
        if json { return try Console.json(rows) }
        guard !rows.isEmpty else { return Console.print("Nothing of \"\(name)\" is held.") }
        Console.table(
            ["id", "entity", "key", "date", "status", "absent from", "run", "why"],
            rows.map {
                [
                    String($0.id), $0.entity, $0.key, $0.datedOn ?? "", $0.status, $0.chunk, String($0.run),
                    $0.reason ?? "",
                ]
            })
        Console.note("\"inflow deletions \(name) approve\" looks once more and marks them; \"… reject\" keeps them.")
    }

    /// Entities that have a call for one record are asked for by key; the others' lists are read again.
    private func lookOnceMore(_ wiring: Wiring, _ connection: Connection, _ names: [String]) async throws {
        let parts = WorkflowMax.entities.filter { names.contains($0.name) }.map { entity in
            RunPlan.Part(entity: entity, chunks: entity.get == nil && !entity.isDated ? [.whole] : [])
        }
        let plan = RunPlan(
            trigger: .deletions, scope: "deletions approved: \(names.joined(separator: ", "))", parts: parts,
            known: WorkflowMax.entities)
        var failure: (any Error)?
        do {
            try await PlanRunner(wiring: wiring, connection: connection, json: json).run(plan)
        } catch {
            failure = error
        }
        let left = try await MissingRows(wiring.warehouse, connection).countApproved()
        if left > 0 {
            Console.note(
                "\(Console.grouped(left)) approved rows are still to be looked for: each run looks for up to "
                    + "\(MissingRows.mostAsked) of an entity. The next runs, or \"inflow deletions \(name) approve\", go on."
            )
        }
        if let failure { throw failure }
    }
}
