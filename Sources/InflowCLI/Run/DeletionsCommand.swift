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
    @Option(help: "Most rows to list; the summary counts all.") var limit = 20
    @Flag(help: "List also approved rows that Inflow still checks, and rejected ones.") var all = false
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let deletions = MissingRows(wiring.warehouse, connection)
            let entity = try entity.map { try findEntity($0).name }
            switch action {
            case .list: try await list(deletions, RecordLabels(wiring.warehouse, connection))
            case .reject:
                let kept = try await deletions.decide(approving: false, entity: entity, ids: ids)
                try await note(.deletionsRejected, kept, wiring, connection)
                let sum = kept.reduce(0) { $0 + $1.rows }
                if json { return try Console.json(["kept": sum]) }
                Console.print(
                    sum == 0
                        ? "No deletion of \"\(name)\" waits for a decision."
                        : "Inflow keeps \(Console.grouped(sum)) rows as they are.")
            case .approve:
                let decided = try await deletions.decide(approving: true, entity: entity, ids: ids)
                try await note(.deletionsApproved, decided, wiring, connection)
                let pending = try await deletions.pending(.approved)
                guard !decided.isEmpty || !pending.isEmpty else {
                    if json { return try Console.json(["approved": 0]) }
                    return Console.print("No deletion of \"\(name)\" waits for a decision.")
                }
                try await checkAgain(wiring, connection, pending)
            }
        }
    }

    private func note(
        _ action: AuditAction, _ decided: [(entity: String, rows: Int)], _ wiring: Wiring, _ connection: Connection
    ) async throws {
        guard !decided.isEmpty else { return }
        let words = decided.map { "\($0.entity) \($0.rows)" }.joined(separator: ", ")
        try await wiring.audit(action, by: .command, connection, subject: words)
    }

    private func list(_ deletions: MissingRows, _ labels: RecordLabels) async throws {
        var rows = try await deletions.list(all: all)
        let shown = json ? rows.count : max(1, limit)
        for entity in WorkflowMax.entities {
            let places = rows.indices.prefix(shown).filter { rows[$0].entity == entity.name }
            let known = try await labels.of(entity, keys: places.map { rows[$0].key })
            for place in places { rows[place].label = known[rows[place].key] }
        }
        if json { return try Console.json(rows) }
        guard !rows.isEmpty else { return Console.print("No deletion of \"\(name)\" waits for a decision.") }
        for group in MissingRowGroup.groups(rows) { Console.print(group.words) }
        Console.print("")
        Console.table(
            ["id", "entity", "record", "date", "status", "run", "key"],
            rows.prefix(shown).map { row in
                [
                    String(row.id), row.entity, row.label ?? "", row.datedOn ?? "", row.status.rawValue,
                    String(row.run), row.key,
                ]
            })
        if rows.count > shown {
            Console.note(
                "\(Console.grouped(rows.count - shown)) more rows are not shown: \"inflow deletions "
                    + "\(name.shellWord) --limit "
                    + "\(rows.count)\" lists all.")
        }
        Console.note(
            "\"inflow deletions \(name.shellWord) approve\" checks once more and marks them; \"… "
                + "reject\" keeps them.")
    }

    /// Looks for the rows once more, and says what is left to check.
    private func checkAgain(_ wiring: Wiring, _ connection: Connection, _ pending: Set<String>) async throws {
        let plan = try await RunPlan.lookingAgain(for: pending, wiring, connection)
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
                    + "\(MissingRows.mostAsked) of an entity. The next runs, or \"inflow deletions "
                    + "\(name.shellWord) approve\", "
                    + "continue."
            )
        }
        if let failure { throw failure }
    }
}
