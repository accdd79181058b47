import ArgumentParser
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct DeletionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deletions",
        abstract: "List, approve or reject deletions that wait for a person's decision.",
        discussion: """
            When many rows are missing from WorkflowMax at once, an error there is more likely than deletions. Inflow \
            then keeps the rows and waits for you. "approve" checks once more and marks the rows that are really gone. \
            "reject" keeps the rows, and Inflow does not ask again until they reappear.
            """
                + "\n\n"
                + examples(
                    "inflow deletions acme",
                    "inflow deletions acme approve --entity time",
                    "inflow deletions acme reject 12 13"))

    enum Action: String, ExpressibleByArgument, CaseIterable {
        case list, approve, reject
    }

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "What to do: list, approve or reject.") var action = Action.list
    @Argument(help: "Ids of rows; without any, all that wait.") var ids: [Int64] = []
    @Option(help: "Limit to this entity.", completion: .entities) var entity: String?
    @Flag(help: "List also approved rows that Inflow still checks, and rejected ones.") var all = false
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let deletions = MissingRows(wiring.warehouse, connection)
            let entity = try entity.map { try findEntity($0).name }
            switch action {
            case .list: try await list(deletions)
            case .reject:
                let kept = try await deletions.decide(approving: false, entity: entity, ids: ids)
                let sum = kept.reduce(0) { $0 + $1.rows }
                if json { return try Console.json(["kept": sum]) }
                Console.print(
                    sum == 0
                        ? "No deletion of \"\(name)\" waits for a decision."
                        : "Inflow keeps \(Console.grouped(sum)) rows as they are.")
            case .approve:
                let decided = try await deletions.decide(approving: true, entity: entity, ids: ids)
                let pending = try await deletions.pending(.approved)
                guard !decided.isEmpty || !pending.isEmpty else {
                    if json { return try Console.json(["approved": 0]) }
                    return Console.print("No deletion of \"\(name)\" waits for a decision.")
                }
                try await checkAgain(wiring, connection, pending.sorted())
            }
        }
    }

    private func list(_ deletions: MissingRows) async throws {
        let rows = try await deletions.list(all: all)
        if json { return try Console.json(rows) }
        guard !rows.isEmpty else { return Console.print("No deletion of \"\(name)\" waits for a decision.") }
        Console.table(
            ["id", "entity", "key", "date", "status", "absent from", "run", "why"],
            rows.map {
                [
                    String($0.id), $0.entity, $0.key, $0.datedOn ?? "", $0.status.rawValue, $0.chunk, String($0.run),
                    $0.reason ?? $0.answer ?? "",
                ]
            })
        Console.note("\"inflow deletions \(name) approve\" checks once more and marks them; \"… reject\" keeps them.")
    }

    /// Asks for the rows by key where the API has a call for one record, or for the record they hang on, and else
    /// reads the list again.
    private func checkAgain(_ wiring: Wiring, _ connection: Connection, _ names: [String]) async throws {
        let parts = WorkflowMax.entities.filter { names.contains($0.name) }.map { entity in
            RunPlan.Part(
                entity: entity,
                chunks: entity.get == nil && !entity.isDated && !entity.isPerParent ? [.whole] : [])
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
                "Inflow has yet to check \(Console.grouped(left)) approved rows: a run checks up to "
                    + "\(MissingRows.mostAsked) of an entity. The next runs, or \"inflow deletions \(name) approve\", "
                    + "continue."
            )
        }
        if let failure { throw failure }
    }
}
