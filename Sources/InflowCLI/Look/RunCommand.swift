import ArgumentParser
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Show a run: its entities, numbers and errors.",
        discussion: """
            With --follow, Inflow shows the run until it ends, also from another machine, and ends with the run's \
            exit code. Ctrl-C ends the display, not the run.
            """
                + "\n\n"
                + examples(
                    "inflow run 27",
                    "inflow run 27 --follow"))

    @Argument(help: "Number of the run, as \"inflow runs\" lists it.") var id: Int64
    @Flag(help: "List the chunks too.") var chunks = false
    @Flag(help: "Show the run until it ends; end with its exit code.") var follow = false
    @Flag(help: "Print one JSON document and nothing else on standard output.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let book = RunLogReader(wiring.warehouse)
            var outcome: RunOutcome?
            if follow { outcome = try await RunFollower(wiring).followed(id) }
            guard let (run, parts) = try await book.run(id) else { throw UserError.unknownRun(id) }
            let pieces = chunks ? try await book.chunks(of: id) : nil
            let document = RunLogDocument(run, parts.inOrder(WorkflowMax.entities), chunks: pieces)
            if json { try Console.json(document) } else { for line in document.lines { Console.print(line) } }
            if let outcome, outcome.exitCode != 0 { throw ExitCode(outcome.exitCode) }
        }
    }
}
