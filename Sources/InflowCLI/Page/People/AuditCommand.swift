import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show who changed what on the page, by its API and by commands, newest first.",
        discussion: """
            Times are UTC. Entries are kept for two years and hold no secret. A failed sign-in with a name that does not \
            exist has no name: people type passwords into the wrong field.
            """
                + "\n\n"
                + examples(
                    "inflow audit --since last-month --limit 200",
                    "inflow audit --connection acme --json"))

    @Option(help: "First day, read in UTC: \(Day.forms).") var since: Day?
    @Option(help: "Only entries about this connection, by its name at the time.", completion: .connections)
    var connection: String?
    @Option(help: "Most entries to show.") var limit = 50
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let from = since.map {
                Date(timeIntervalSince1970: Double($0.first(in: .gmt).daysSinceEpoch) * 86_400)
            }
            let entries = try await AuditLog(try await Wiring.ready().warehouse).list(
                since: from, connection: connection, limit: max(1, limit))
            if json { return try Console.json(entries.map { AuditDocument($0) }) }
            guard !entries.isEmpty else { return Console.print("The audit log has no such entry.") }
            Console.table(
                ["at", "who", "what", "connection", "subject", "details", "from"],
                entries.map {
                    [
                        $0.at.text(in: .gmt), who($0), $0.action.rawValue, $0.connection?.harmless ?? "",
                        $0.subject?.harmless ?? "", details($0), $0.doer.origin.harmless,
                    ]
                })
        }
    }

    private func who(_ entry: AuditEntry) -> String {
        let actor = entry.doer.actor
        return switch actor {
        case .user, .nobody: actor.name.harmless
        case .link(let session): "\(actor.name), session \(session)"
        case .token: "token \(actor.name.harmless)"
        case .command: actor.name.harmless
        }
    }

    private func details(_ entry: AuditEntry) -> String {
        entry.details.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.harmless)" }.joined(separator: "; ")
    }
}

/// An entry of the audit log as a JSON document.
private struct AuditDocument: Encodable {
    let id: Int64
    let at: Date
    let actorKind: PageActor.Kind
    let actor: String
    let action: AuditAction
    let connection, subject, address: OrNull<String>
    let details: [String: String]

    init(_ entry: AuditEntry) {
        (id, at, action, details) = (entry.id, entry.at, entry.action, entry.details)
        (actorKind, actor) = (entry.doer.actor.kind, entry.doer.actor.name)
        (connection, subject) = (OrNull(entry.connection), OrNull(entry.subject))
        address = OrNull(entry.doer.address)
    }
}
