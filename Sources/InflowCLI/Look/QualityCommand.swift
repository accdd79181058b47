import ArgumentParser
import Inflow
import Warehouse

struct QualityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality",
        abstract: "List records that contradict themselves or each other (view report.quality).",
        discussion: "No run fails because of them. Correct the records in WorkflowMax."
            + "\n\n"
            + examples(
                "inflow quality acme",
                "inflow quality acme --limit 20"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Option(help: "Most findings to list of each kind.") var limit = 5
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let kinds = try await DataFindings(wiring.warehouse, connection).contradictions(limit: limit)
            if json { return try Console.json(kinds) }
            guard !kinds.isEmpty else {
                return Console.print("Inflow found no contradiction in the records of \"\(name)\".")
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
