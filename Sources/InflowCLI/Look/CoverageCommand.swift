import ArgumentParser
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
            for line in try CoverageMap.lines(coverage, catalogue: WorkflowMax.entities.map(\.name)) {
                Console.print(line)
            }
        }
    }
}
