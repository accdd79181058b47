import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct AlertListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List open and recent incidents, and messages that Inflow could not deliver.",
        discussion: examples("inflow alert list acme"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let incidents = try await Incidents(wiring.warehouse, connection).list()
            let messages = try await Outbox(wiring.warehouse).undelivered(of: connection)
            let moment = { (date: Date?) in date?.text(in: connection.settings.timeZone) ?? "" }
            if json { return try Console.json(AlertList(incidents: incidents, undelivered: messages)) }
            let used = try await AlertChannels(wiring.warehouse, connection: connection.id).list().filter(\.isOn)
            for channel in used { Console.print(Self.words(channel)) }
            if used.isEmpty { Console.print("No channel is on: no one gets alerts of \"\(connection.name)\".") }
            if incidents.isEmpty { Console.print("No incident is open, and none was within the last 14 days.") }
            if !incidents.isEmpty {
                Console.table(
                    ["incident", "table", "since", "until", "detail"],
                    incidents.map {
                        [
                            $0.kind.rawValue, $0.subject, moment($0.openedAt), moment($0.closedAt),
                            Self.line($0.detail),
                        ]
                    })
            }
            guard !messages.isEmpty else { return }
            Console.print("\nNot delivered:")
            Console.table(
                ["channel", "message", "status", "tries", "next try", "why"],
                messages.map {
                    [
                        $0.channel.rawValue, $0.subject, $0.status.rawValue, String($0.attempts),
                        moment($0.nextAttemptAt),
                        Self.line($0.lastError ?? ""),
                    ]
                })
        }
    }

    private static func words(_ channel: AlertChannel) -> String {
        switch channel.kind {
        case .email:
            "Mail goes to \(channel.recipients.joined(separator: ", ")), by \(channel.url)"
                + (channel.isShared ? ", the server of all connections." : ".")
        case .webhook: "Webhooks go to \(channel.url)."
        }
    }

    private static func line(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count > 100 ? line.prefix(99) + "…" : line
    }
}

/// Open and recent incidents, and undelivered messages, as a JSON document.
private struct AlertList: Encodable {
    let incidents: [Incidents.Shown]
    let undelivered: [Outbox.Undelivered]
}
