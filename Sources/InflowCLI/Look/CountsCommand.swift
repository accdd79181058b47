import ArgumentParser
import Inflow
import Warehouse
import WorkflowMax

struct CountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "counts", abstract: "Count the records in each table.",
        discussion: examples("inflow counts acme"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let counts = try await RowCounts(wiring.warehouse, connection).counts(WorkflowMax.entities)
            if json { return try Console.json(counts) }
            Console.table(
                ["table", "rows", "marked deleted"],
                counts.map { [$0.table, Console.grouped($0.rows), Console.grouped($0.markedDeleted)] })
        }
    }
}
