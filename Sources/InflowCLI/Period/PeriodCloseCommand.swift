import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct PeriodCloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Sign off a month: keep its figures, so that later changes show.",
        discussion: """
            The figures are those of the moment of the command: hours, invoices and credit notes, and job costs where \
            Inflow reads them. Later changes load as ever; report.late_changes has them by record, and the reports \
            whose names end with _as_closed keep the figures. Inflow closes no month that is not over, and none whose \
            records may be missing unless you accept that.

            Exit codes: 0 closed; 1 not closed, and nothing was changed.
            """
                + "\n\n"
                + examples(
                    "inflow period close acme last-month",
                    "inflow period close acme 2026-06 --by \"Una Miles\" --note \"board pack\"",
                    "inflow period close acme 2026-06 --incomplete --note \"two invoices are held\""))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "The month: 2026-06 or last-month.") var month: Month
    @OptionGroup var signature: SignatureOptions
    @Flag(help: "Close it although records of it may be missing; the closing says which.") var incomplete = false
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let access = try await PeriodAccess(name)
            try access.connection.checkStays()
            let now = Date()
            let first = month.first(access.connection, now: now)
            let outcome = try await access.store.close(
                first, by: signature.person, note: signature.note, evenIncomplete: incomplete, now: now)
            switch outcome {
            case .closed(let closing):
                try await access.audit(.periodClosed, first, signature)
                if json { return try Console.json(ClosingDocument(closing)) }
                Console.print(closed(closing))
                Console.table(["", "signed off"], MonthFigure.all(closing.totals).map { [$0.name, $0.text] })
                Console.print(
                    "\nLater changes of the month are in \"inflow report late_changes --connection \(name)\".")
            case .notOver(let until):
                throw UserError(
                    "\(Month.text(first)) is not over in \(access.connection.settings.timeZone.identifier), the zone of "
                        + "\"\(name)\". Nothing was changed. It can be closed from \(until) on.")
            case .alreadyClosed(let closing):
                throw UserError(
                    "\(Month.text(first)) of \"\(name)\" is closed since \(access.text(closing.closedAt)), by "
                        + "\(closing.closedBy.harmless). Nothing was changed. \"inflow period reopen \(name.shellWord) "
                        + "\(Month.text(first))\" opens it, so that it can be closed again.")
            case .incomplete(let missing):
                throw UserError(
                    "Records of \(Month.text(first)) of \"\(name)\" may be missing: \(missing.harmless). Nothing was "
                        + "changed. \"inflow sync \(name.shellWord)\" reads them; --incomplete closes the month "
                        + "without them, and "
                        + "what comes later counts as a late change.")
            }
        }
    }

    private func closed(_ closing: Closing) -> String {
        let what = "\(Month.text(closing.month)) of \"\(name)\" is closed by \(closing.closedBy.harmless)"
        guard let missing = closing.missing else { return what + "." }
        return what + ", although records of it may be missing: \(missing.harmless). What comes later counts as a late "
            + "change."
    }
}
