import Alerts
import ArgumentParser
import Curl
import Foundation
import Inflow
import Warehouse

struct ReportSendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Mail a report of a connection on its days, as a file.",
        discussion: """
            It goes by the mail server of the alerts ("inflow alert set --all") while "inflow serve" runs, or after a \
            Sync All of yours. Days like last-month are read again each time, in the connection's zone. A mail waits, \
            for two hours at most, for a Sync All that the schedule has before it, says how that went, and shows the \
            first rows. A report that cannot be read sends a mail that says why. A file of more than 10 MiB is not \
            attached; the mail has the command that makes it.

            "inflow report mails" lists what goes out, "inflow report stop" ends one.
            """
                + "\n\n"
                + examples(
                    "inflow report send acme --report receivables_ageing --to ann@example.org --every monday",
                    "inflow report send acme --report invoices_by_month --to ann@example.org,bob@example.org "
                        + "--every month --at 09:30 --from last-month --until last-month --format csv"))

    /// The forms of a file in a mail.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case xlsx, csv

        var format: ReportMail.Format { self == .xlsx ? .xlsx : .csv }
    }

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Option(help: "Name of the report: \"inflow report list\" has all.", completion: .reports) var report: String
    @Option(help: "Recipients, separated by commas.") var to: String
    @Option(help: "The days: day, workday, month (its first day), or a weekday such as monday.") var every: String
    @Option(help: "The time, in the connection's zone.") var at = "08:00"
    @Option(help: "The form of the file: xlsx or csv.") var format = Form.xlsx
    @Option(help: "First day of the report, included: \(Day.forms).") var from: String?
    @Option(help: "Last day of the report, included.") var until: String?
    @Option(help: "Columns, in order, with commas between them.") var columns: String?
    @Option(help: "A condition in SQL; only a reader evaluates it.") var `where`: String?
    @Flag(help: "Send one now too.") var now = false

    func validate() throws {
        guard ReportRhythm(every: every, at: at) != nil else {
            throw ValidationError(
                "--every \(every) --at \(at) is no time to send at. --every is day, workday, month or a weekday such as "
                    + "monday, and --at is from 00:00 to 23:59, as in 08:00.")
        }
        for (option, day) in [("--from", from), ("--until", until)] {
            guard let day, WrittenDay(day) == nil else { continue }
            throw ValidationError("\(option) is \"\(day)\", which is no day. Write it as \(Day.forms).")
        }
        let recipients = ReportShowCommand.names(to)
        guard !recipients.isEmpty else { throw ValidationError("--to names no recipient.") }
        for address in recipients where !CurlMail.isAddress(address) {
            throw ValidationError("\"\(address)\" is no mail address.")
        }
    }

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            try connection.checkStays()
            let mails = ReportMails(wiring.warehouse, connection)
            guard try await mails.hasServer() else {
                throw UserError(
                    "Mail of \"\(name)\" has no server. Nothing was set up. Name one first: \"inflow alert set --all "
                        + "--smtp-url smtps://HOST --from ADDRESS --email ADDRESS\".")
            }
            guard let rhythm = ReportRhythm(every: every, at: at) else { return }
            let writer = ReportMailWriter(wiring: wiring, connection: connection)
            var mail = ReportMail(
                report: report, format: format.format, recipients: ReportShowCommand.names(to), rhythm: rhythm)
            (mail.firstDay, mail.lastDay, mail.condition) = (from, until, `where`)
            mail.columns = columns.map(ReportShowCommand.names) ?? []
            mail = try await checked(mail, writer)
            mail.id = try await mails.add(mail)
            try await wiring.audit(
                .reportMailAdded, by: .command, connection, subject: mail.report,
                details: ["mail": "\(mail.id)", "to": mail.recipients.joined(separator: ", ")])
            let next = rhythm.nextSlot(after: Instant(), in: connection.settings.timeZone)
            Console.print(
                "Mail \(mail.id): \(ReportMailWriter.shown(mail.report)) of \"\(name)\" goes to "
                    + "\(mail.recipients.joined(separator: ", ")), the next time "
                    + "\(next?.instant.named(in: connection.settings.timeZone) ?? "never"). \"inflow report stop "
                    + "\(name.shellWord) \(mail.id)\" ends it.")
            guard now else { return }
            _ = try await writer.writeNow(mail)
            let round = try await wiring.alertSender().deliver(connection, until: .now + .seconds(60))
            Console.print("\(round.sent) sent, \(round.failed) failed.")
        }
    }

    /// The mail with the names that the catalogue has, after its statement was tried for a row.
    private func checked(_ mail: ReportMail, _ writer: ReportMailWriter) async throws -> ReportMail {
        try await writer.wiring.reading(name) { session, _ in
            var query = try writer.query(mail, among: try await session.relations())
            query.limit = 1
            let statement = try query.statement()
            var cursor = try await session.rows(statement.sql, statement.parameters)
            try await cursor.end()
            var checked = mail
            checked.report = query.relation.fullName
            return checked
        }
    }
}
