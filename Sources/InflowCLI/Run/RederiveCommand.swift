import ArgumentParser
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct RederiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rederive", abstract: "Load the tables again from archived answers, without calling WorkflowMax.",
        discussion: """
            Inflow loads the archived answers in the order of their requests. It fills new columns, corrects values \
            that differ and restores missing records. It neither marks records as deleted nor removes such marks.
            """
                + "\n\n"
                + examples(
                    "inflow rederive acme",
                    "inflow rederive acme invoice"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "Entities, such as invoice or timesheet; without any, all.", completion: .entities) var entities:
        [String] = []
    @Flag(help: "Print one JSON document and nothing else on standard output.") var json = false
    @OptionGroup var quiet: QuietOption

    func run() async throws {
        try await reporting(json: json) {
            let chosen = try choose()
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            try connection.checkStays()
            try await wiring.audit(.runStarted, by: .command, connection, subject: "archived answers")
            let display = ProgressDisplay()
            let rederivation = Rederivation(
                wiring.warehouse, connection, logger: wiring.logger,
                source: { ArchivedSource($0, of: connection, reader: $1) }, progress: { display.take($0) })
            let report = try await interruptible { try await rederivation.run(chosen) }
            display.end()
            if json {
                try Console.json(RunDocument(report, connection: name))
            } else {
                show(report)
            }
            if report.outcome.exitCode != 0 { throw ExitCode(report.outcome.exitCode) }
        }
    }

    private func choose() throws -> [EntityDefinition] {
        let chosen = try WorkflowMax.entityNames.find(entities)
        for entity in chosen {
            guard case .derived = entity.window, entity.alternative == nil else { continue }
            throw UserError(
                "\"\(entity.name)\" comes from other records and has no answers of its own.", exitCode: 64)
        }
        return WorkflowMax.entities.filter { entity in
            chosen.isEmpty || chosen.contains { $0.name == entity.name }
        }
    }

    private func show(_ report: RunReport) {
        Console.table(
            [
                "entity", "chunks", "pulled", "inserted", "updated", "unchanged", "rejected", "duplicates", "older",
                "outside",
                "status",
            ],
            report.entities.map { entity in
                let tally = entity.tally
                return [entity.entity]
                    + [
                        entity.loadedChunks, tally.pulled, tally.inserted, tally.updated, tally.unchanged,
                        tally.rejected, tally.duplicates, tally.older, tally.outside,
                    ].map(Console.grouped) + [entity.status.rawValue]
            })
        Console.print("Run \(report.run) of \"\(name)\", from the archive: \(report.outcome.words).")
        for entity in report.entities where entity.plannedChunks == 0 {
            Console.note("The archive holds no answer of \"\(entity.entity)\".")
        }
        if let error = report.error { Console.note(error) }
    }
}
