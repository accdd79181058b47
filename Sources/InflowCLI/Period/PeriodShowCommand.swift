import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct PeriodShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the figures that were signed off of a month beside those of today.",
        discussion: """
            Of a month that was closed more than once, the newest closing. Money excludes tax. Of unknown figures, and \
            of job costs where Inflow does not read them, there is a dash.
            """
                + "\n\n" + examples("inflow period show acme 2026-06", "inflow period show acme last-month --json"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "The month: 2026-06 or last-month.") var month: Month
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let access = try await PeriodAccess(name)
            let first = month.first(access.connection, now: Date())
            guard let closing = try await access.store.closings(of: first).first else {
                throw UserError(
                    "\(Month.text(first)) of \"\(name)\" was never closed. \"inflow period list "
                        + "\(name.shellWord)\" lists the closed "
                        + "months.")
            }
            let today = try await access.store.totals(of: first)
            if json { return try Console.json(ClosingDocument(closing, today: today)) }
            for line in heading(closing, access) { Console.print(line) }
            Console.print("")
            Console.table(["", "signed off", "today", "difference"], MonthFigure.rows(closing.totals, today))
            Console.print("")
            Console.print(late(closing))
        }
    }

    private func heading(_ closing: Closing, _ access: PeriodAccess) -> [String] {
        var lines = [
            "\(Month.text(closing.month)) of \"\(name)\", closed \(access.text(closing.closedAt)) by "
                + "\(closing.closedBy.harmless)"
        ]
        if let note = closing.note { lines.append("note: \(note.harmless)") }
        if let missing = closing.missing { lines.append("incomplete then: \(missing.harmless)") }
        if let reopening = closing.reopening {
            let why = reopening.note.map { ": \($0.harmless)" } ?? ""
            lines.append("reopened \(access.text(reopening.reopenedAt)) by \(reopening.reopenedBy.harmless)\(why)")
        }
        return lines
    }

    private func late(_ closing: Closing) -> String {
        guard closing.holds else { return "The month is open: report.late_changes has no row of it." }
        let records = closing.lateChanges.records
        guard records > 0 else { return "No record counts otherwise than at the closing." }
        return "\(Console.grouped(records)) \(records == 1 ? "record counts" : "records count") otherwise by now: "
            + "\"inflow report late_changes --connection \(name) --from \(Month.text(closing.month)) "
            + "--to \(Month.text(closing.month))\"."
    }
}
