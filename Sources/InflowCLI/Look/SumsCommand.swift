import ArgumentParser
import Inflow
import Warehouse

/// `inflow sums`: compares the sums that reports are made of with the records, and computes them anew.
struct SumsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sums",
        abstract: "Compare the sums that reports of jobs and people are made of with the records.",
        discussion: """
            Inflow computes what changed after each Sync All; until then reports compute it from \
            the records. So a report is right at any moment, and this command has nothing to say but after a fault of Inflow \
            or a change by hand to the tables inflow.job_sum, task_sum or day_sum. It reads every record.
            """
                + "\n\n"
                + examples(
                    "inflow sums acme",
                    "inflow sums acme --rebuild"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Compute all of them anew.") var rebuild = false
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let sums = KeptSums(wiring.warehouse, connection)
            if rebuild { try await sums.rebuild() }
            let wrong = try await sums.wrong()
            if json {
                try Console.json(wrong)
            } else if wrong.isEmpty {
                Console.print("The sums of \"\(name)\" are what its records come to.")
            } else {
                Console.table(["kind", "of"], wrong.map { [$0.kind, $0.key] })
            }
            if !wrong.isEmpty { throw ExitCode(1) }
        }
    }
}
