import ArgumentParser
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "One run: its parts, their numbers and what went wrong; followed while it goes on.",
        discussion: """
            With --follow a run that goes on, here or on another machine, is shown until it ends, and the exit code is its \
            outcome's. Ctrl-C ends the showing and not the run.
            """)

    @Argument(help: "Number of the run, as \"inflow runs\" lists it.") var id: Int64
    @Flag(help: "List its chunks too.") var chunks = false
    @Flag(help: "Show it until it ends; the exit code is its outcome's.") var follow = false
    @Flag(help: "One JSON document and nothing else on standard output.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let book = RunLogReader(wiring.warehouse)
            var outcome: RunOutcome?
            if follow { outcome = try await RunFollower(book).followed(id) }
            guard let (run, parts) = try await book.run(id) else { throw UserError.unknownRun(id) }
            let pieces = chunks ? try await book.chunks(of: id) : nil
            let document = RunLogDocument(run, parts.inOrder(WorkflowMax.entities), chunks: pieces)
            if json { try Console.json(document) } else { for line in document.lines { Console.print(line) } }
            if let outcome, outcome.exitCode != 0 { throw ExitCode(outcome.exitCode) }
        }
    }
}
