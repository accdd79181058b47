import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct CoverageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage", abstract: "Which months of which entity have been read, and how lately.",
        discussion: """
            A small map of entities by months: # read within 31 days, o read before that, x the last reading failed, \
            . never read whole. A part of a month never counts as the month.
            """)

    @Argument(help: "The connection.") var name: String
    @Flag(help: "One JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let coverage = try await RowCounts(wiring.warehouse, connection).coverage()
            if json { return try Console.json(coverage) }
            guard !coverage.isEmpty else {
                return Console.print("Nothing of \"\(name)\" has been read yet: run \"inflow sync \(name)\".")
            }
            for line in CoverageMap(coverage, entities: WorkflowMax.entities.map(\.name)).lines { Console.print(line) }
        }
    }
}

/// Entities by months, a character each.
struct CoverageMap {
    let lines: [String]

    init(_ coverage: [RowCounts.Coverage], entities: [String]) {
        let dated = coverage.compactMap { row in row.monthOn.flatMap { LocalDate($0) }.map { ($0, row) } }
        let width = (entities.map(\.count).max() ?? 0) + 2
        func padded(_ text: String) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
        var lines: [String] = []
        if let first = dated.map(\.0).min(), let last = dated.map(\.0).max() {
            var months: [LocalDate] = []
            var month = first
            while month <= last {
                months.append(month)
                month = month.adding(months: 1)
            }
            // The year stands above its first month shown; months are read off by their place.
            var years = ""
            for (place, month) in months.enumerated() where place == 0 || month.components.month == 1 {
                guard years.count <= place else { continue }
                years += String(repeating: " ", count: place - years.count) + "\(month.components.year) "
            }
            lines.append(padded("") + years)
            lines.append(
                padded("") + months.map { String("JFMAMJJASOND".dropFirst($0.components.month - 1).prefix(1)) }.joined()
            )
            for entity in entities {
                let own = Dictionary(
                    dated.filter { $0.1.entity == entity }.map { ($0.0, $0.1.status) },
                    uniquingKeysWith: { first, _ in first })
                guard !own.isEmpty else { continue }
                lines.append(padded(entity) + months.map { CoverageMap.mark(own[$0]) }.joined())
            }
            lines.append("")
        }
        for row in coverage where row.monthOn == nil {
            let when = row.verifiedAt.map { "read whole \($0.formatted(.iso8601))" } ?? "never read whole"
            lines.append(
                padded(row.entity) + CoverageMap.mark(row.status) + " " + when
                    + (row.verifiedAt == nil ? "" : ", \(Console.grouped(row.rowsHeld)) rows"))
        }
        lines.append("# fresh   o old   x last reading failed   . never read whole")
        self.lines = lines
    }

    private static func mark(_ status: String?) -> String {
        switch status {
        case "fresh": "#"
        case "old": "o"
        case "failed": "x"
        default: "."
        }
    }
}

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
            trigger: "deletions", scope: "deletions approved: \(names.joined(separator: ", "))", parts: parts,
            known: WorkflowMax.entities)
        var failure: (any Error)?
        do {
            try await RunCommand(wiring: wiring, connection: connection, json: json).run(plan)
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

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Read all that is covered once more, and list each difference that was found and mended.",
        discussion: """
            Months that were read before, of the entities named or of all, within the dates given, both included; lists \
            without dates whole, unless dates are given.
            """)

    @Argument(help: "The connection.") var name: String
    @Argument(help: "Entities; none for all.") var entities: [String] = []
    @Option(help: "First day, yyyy-MM-dd.") var from: Day?
    @Option(help: "Last day, yyyy-MM-dd, included.") var to: Day?
    @Flag(help: "One JSON document and nothing else on standard output.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let settings = connection.settings
            let plan = try RunPlan.reconcile(
                entities, of: WorkflowMax.entities, from: from?.date, to: to?.date, settings,
                state: try await SyncStateStore(wiring.warehouse, connection).read(),
                today: LocalDate(Date(), in: settings.timeZone))
            try await RunCommand(wiring: wiring, connection: connection, json: json, listsDifferences: true).run(plan)
        }
    }
}
