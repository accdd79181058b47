import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct PeriodReopenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen",
        abstract: "Open a closed month again; what was signed off stays in report.closed_period.",
        discussion: """
            The reports whose names end with _as_closed, and report.late_changes, have no row of the month until it is \
            closed again.

            Exit codes: 0 reopened; 1 the month is not closed, and nothing was changed.
            """
                + "\n\n"
                + examples(
                    "inflow period reopen acme 2026-06",
                    "inflow period reopen acme 2026-06 --by \"Una Miles\" --note \"INV-31 was wrong\""))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "The month: 2026-06 or last-month.") var month: Month
    @OptionGroup var signature: SignatureOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let access = try await PeriodAccess(name)
            try access.connection.checkStays()
            let first = month.first(access.connection, now: Date())
            guard
                let closing = try await access.store.reopen(first, by: signature.person, note: signature.note)
            else {
                throw UserError(
                    "\(Month.text(first)) of \"\(name)\" is not closed. Nothing was changed. \"inflow period list "
                        + "\(name)\" lists the closed months.")
            }
            try await access.audit(.periodReopened, first, signature)
            if json { return try Console.json(ClosingDocument(closing)) }
            Console.print(
                "\(Month.text(first)) of \"\(name)\", closed \(access.text(closing.closedAt)) by "
                    + "\(closing.closedBy.harmless), is open again.")
        }
    }
}
