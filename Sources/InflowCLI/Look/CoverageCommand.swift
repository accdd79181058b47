import ArgumentParser
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct CoverageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage", abstract: "Show which months of each entity Inflow has read, and how recently.",
        discussion: """
            A map of entities by months: # complete and read within 31 days, o complete and read before that, ~ read \
            but not complete (before its end, or a record is missing, held, rejected or without its lines), x the last \
            reading failed, . never read completely. Part of a month does not count as the month. Where months do not \
            fit the terminal, one character is a quarter or a year.
            """
                + "\n\n"
                + examples(
                    "inflow coverage acme",
                    "inflow coverage acme --json"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let coverage = try await RowCounts(wiring.warehouse, connection).coverage()
            if json { return try Console.json(coverage) }
            guard !coverage.isEmpty else {
                return Console.print(
                    "Inflow has read nothing of \"\(name)\" yet. Run \"inflow sync "
                        + "\(name.shellWord)\".")
            }
            for line in try CoverageMap.lines(
                coverage, catalogue: WorkflowMax.entities.map(\.name), zone: connection.settings.timeZone)
            {
                Console.print(line)
            }
        }
    }
}
