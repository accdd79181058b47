import ArgumentParser
import Inflow
import Warehouse

struct QualityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality", abstract: "Records that contradict themselves or each other: the view report.quality.",
        discussion: "Findings are the organisation's to mend at the platform; they fail no run.")

    @Argument(help: "The connection.") var name: String
    @Option(help: "How many of each kind are told.") var limit = 5
    @Flag(help: "One JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let kinds = try await DataFindings(wiring.warehouse, connection).contradictions(limit: limit)
            if json { return try Console.json(kinds) }
            guard !kinds.isEmpty else {
                return Console.print("Nothing in the records of \"\(name)\" contradicts itself.")
            }
            Console.table(["kind", "findings"], kinds.map { [$0.kind, Console.grouped($0.count)] })
            for kind in kinds {
                Console.print("\n\(kind.kind)\(kind.count > kind.first.count ? ", the first \(kind.first.count)" : "")")
                for one in kind.first {
                    let label = one.label.map { " (\($0))" } ?? ""
                    let difference = one.difference.map { " Difference: \($0)." } ?? ""
                    Console.print("  \(one.entity) \(one.key)\(label): \(one.words)\(difference)")
                }
            }
        }
    }
}
