import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ReportMailsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mails", abstract: "List the reports that go out by mail, and how the last of each went.",
        discussion: examples("inflow report mails", "inflow report mails acme --json"))

    @Argument(help: "Name of the connection; without it, all connections.", completion: .connections)
    var name: String?
    @Flag(help: "Print one JSON document.") var json = false

    private struct Document: Encodable {
        let connection: String
        let number: Int64
        let report, format, every: String
        let to, columns: [String]
        let `where`, from, until, problem: OrNull<String>
        let lastAt, nextAt: OrNull<Date>

        init(_ mail: ReportMail, of connection: Connection) {
            self.connection = connection.name
            (number, report, format) = (mail.id, mail.report, mail.format.rawValue)
            (every, to, columns) = (mail.rhythm.description, mail.recipients, mail.columns)
            (self.where, from, until) = (OrNull(mail.condition), OrNull(mail.firstDay), OrNull(mail.lastDay))
            (problem, lastAt) = (OrNull(mail.problem), OrNull(mail.writtenAt))
            nextAt = OrNull(mail.rhythm.nextSlot(after: Instant(), in: connection.settings.timeZone)?.instant)
        }
    }

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            let connections = if let name { [try await store.find(name)] } else { try await store.list().readable }
            var documents: [Document] = []
            var lines: [[String]] = []
            for connection in connections {
                let zone = connection.settings.timeZone
                for mail in try await ReportMails(wiring.warehouse, connection).list() {
                    documents.append(Document(mail, of: connection))
                    lines.append([
                        connection.name, String(mail.id), ReportMailWriter.shown(mail.report), mail.format.rawValue,
                        mail.rhythm.description, mail.recipients.joined(separator: ", "),
                        mail.rhythm.nextSlot(after: Instant(), in: zone)?.instant.text(in: zone) ?? "",
                        mail.writtenAt?.text(in: zone) ?? "", mail.problem ?? "",
                    ])
                }
            }
            if json { return try Console.json(documents) }
            guard !lines.isEmpty else {
                return Console.print("No report goes out by mail. \"inflow report send --help\" says how one does.")
            }
            Console.table(["connection", "mail", "report", "form", "every", "to", "next", "last", "problem"], lines)
        }
    }
}
