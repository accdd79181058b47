import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

struct QuotaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quota", abstract: "Show how many calls of the organisation's budget are used.",
        discussion: """
            The budget counts all connections and processes that read the organisation. Calls that a process has \
            reserved count as used until it gives them back. --forget clears a refusal of WorkflowMax that is not true \
            any more; if it still is, the next call is refused again.
            """
                + "\n\n" + examples("inflow quota acme"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Forget that WorkflowMax refuses calls; calls that were made still count.") var forget = false
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            if forget { try await forgetRefusal(connection, wiring) }
            let usage = try await QuotaUsage.read(
                wiring.warehouse, WorkflowMax.platform, connection.settings)
            if json { return try Console.json(usage) }
            let settings = connection.settings
            func of(_ used: Int, _ most: Int) -> String {
                most > 0 ? "\(Console.grouped(used)) of \(Console.grouped(most))" : "not counted, no limit"
            }
            Console.table(
                ["budget", "used", "what it is"],
                [
                    [
                        "minute", of(usage.usedThisMinute, usage.perMinute),
                        "calls in the last \(settings.minuteSeconds) s",
                    ],
                    ["day", of(usage.usedToday, usage.perDay), "calls in the last \(settings.daySeconds) s"],
                    ["in flight", of(usage.inFlight, usage.atOnce), "calls at the same time, reserved"],
                    [
                        "reserve", Console.grouped(usage.reserve),
                        "calls of the day that background runs leave to others",
                    ],
                ])
            if let at = usage.resumeAt {
                let why = usage.isRefused ? "WorkflowMax refuses calls" : "The day's calls are used up"
                Console.print("\(why) until \(at.named(in: settings.timeZone)).")
            }
            if !usage.holders.isEmpty { Console.print("In use by \(usage.holders.joined(separator: "; ")).") }
        }
    }

    private func forgetRefusal(_ connection: Connection, _ wiring: Wiring) async throws {
        let until = try await QuotaUsage.forgetRefusal(wiring.warehouse, WorkflowMax.platform, connection.settings)
        Console.note(
            until.map { "Forgotten: WorkflowMax refused calls until \($0.named(in: connection.settings.timeZone))." }
                ?? "WorkflowMax refuses no calls; there was nothing to forget.")
    }
}
