import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct PeriodListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the months that were closed, the newest first, with what changed since.",
        discussion: """
            A month that was reopened and closed again has a line for each closing. Times are in the time zone of the \
            connection. "late" counts the records of report.late_changes.
            """
                + "\n\n" + examples("inflow period list acme", "inflow period list acme --json"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let access = try await PeriodAccess(name)
            let closings = try await access.store.closings()
            if json { return try Console.json(closings.map { ClosingDocument($0) }) }
            guard !closings.isEmpty else {
                Console.print(
                    "No month of \"\(name)\" was closed. \"inflow period close \(name.shellWord) last-month\" "
                        + "closes one.")
                return
            }
            Console.table(
                ["month", "closed", "by", "hours", "invoiced", "late", "state"],
                closings.map { closing in
                    [
                        Month.text(closing.month), access.text(closing.closedAt), closing.closedBy.harmless,
                        FigureText.text(closing.totals.hours), FigureText.text(closing.totals.amount),
                        closing.holds ? Console.grouped(closing.lateChanges.records) : "–", state(closing, access),
                    ]
                })
        }
    }

    private func state(_ closing: Closing, _ access: PeriodAccess) -> String {
        if let reopening = closing.reopening {
            return "reopened \(access.text(reopening.reopenedAt)) by \(reopening.reopenedBy.harmless)"
        }
        return closing.missing == nil ? "closed" : "closed, incomplete"
    }
}
