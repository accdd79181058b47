import ArgumentParser
import Inflow
import Warehouse

struct QualityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality",
        abstract: "List records that contradict themselves or each other (view report.quality).",
        discussion: """
            No run fails because of them. Correct the records in WorkflowMax. Findings with one cause, such as a staff \
            member who is not in the list of staff any more, are one line.
            """
                + "\n\n"
                + examples(
                    "inflow quality acme",
                    "inflow quality acme --limit 20"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Option(help: "Most causes to list of each kind.") var limit = 5
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
            Console.table(
                ["kind", "findings", "causes"],
                kinds.map { [$0.kind, Console.grouped($0.count), Console.grouped($0.causes)] })
            for kind in kinds {
                let first = kind.causes > kind.first.count ? ", the first \(kind.first.count) causes" : ""
                Console.print("\n\(kind.kind)\(first)")
                for one in kind.first { Console.print("  " + QualityCommand.line(one)) }
            }
        }
    }

    /// A cause in one line: the record, or how many records it concerns and from where to where they lie.
    private static func line(_ one: DataFindings.Contradiction) -> String {
        let difference = one.difference.map { " Difference: \($0)." } ?? ""
        guard one.count > 1 else {
            let label = one.label.map { " (\($0))" } ?? ""
            return "\(one.entity) \(one.key)\(label): \(one.words)\(difference)"
        }
        let labels = [one.firstLabel, one.lastLabel].compactMap(\.self)
        let span = Set(labels).count > 1 ? ", \(labels.joined(separator: " to "))" : ""
        return "\(one.words) \(Console.grouped(one.count)) records of \(one.entity)\(span)."
    }
}
