import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List runs, newest first.",
        discussion: examples("inflow runs acme --limit 5"))

    @Argument(help: "Name of the connection; without it, all connections.", completion: .connections) var name: String?
    @Option(help: "Most runs to list.") var limit = 20
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            var connection: Connection?
            if let name { connection = try await ConnectionStore(wiring.warehouse).find(name) }
            let runs = try await RunLogReader(wiring.warehouse).runs(of: connection, limit: max(1, limit))
            if json { return try Console.json(runs) }
            guard !runs.isEmpty else { return Console.print("There are no runs yet.") }
            let hasNames = name == nil
            Console.table(
                ["run"] + (hasNames ? ["connection"] : []) + [
                    "started", "outcome", "pulled", "new", "changed", "marked", "rejected", "calls",
                    "time", "what",
                ],
                runs.map { run in
                    [String(run.run)] + (hasNames ? [run.connection] : []) + [
                        InstantText.long(run.startedAt, in: run.zone), run.isDead ? RunText.died : run.status.rawValue,
                        Console.grouped(run.tally.pulled), Console.grouped(run.tally.inserted),
                        Console.grouped(run.tally.updated), Console.grouped(run.tally.markedDeleted),
                        Console.grouped(run.tally.rejected), Console.grouped(run.calls),
                        run.seconds.map(Console.seconds) ?? "", "\(run.scope) (\(run.trigger.rawValue))",
                    ]
                })
            for run in runs { if let error = run.error { Console.print("run \(run.run): \(error)") } }
        }
    }
}
