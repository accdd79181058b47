import Alerts
import ArgumentParser
import Curl
import Foundation
import Inflow
import Warehouse

struct AlertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert", abstract: "Be told of what is wrong: by mail, by webhook.",
        discussion: """
            You are told once when a Sync All failed, deletions wait for you, records were rejected, the connection \
            must be authorised again (or soon), or a table is older than its limit; and once when that is over. Each \
            sync looks, and delivers; "inflow alert check" does the same without reading anything, for a timer.
            """,
        subcommands: [Set.self, Show.self, Test.self, List.self, Check.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show who is told, and how; never a secret.")

        @Argument(help: "The connection.") var name: String
        @Flag(help: "One JSON document.") var json = false

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let channels = try await AlertChannels(wiring.warehouse, connection: connection.id).list()
                let document = AlertDocument(connection, channels)
                if json { return try Console.json(document) }
                document.show()
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a test over each channel at once, and say what became of it.")

        @Argument(help: "The connection.") var name: String

        func run() async throws {
            try await reporting {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let outcomes = try await interruptible { try await wiring.alertSender().test(connection) }
                guard !outcomes.isEmpty else {
                    throw UserError(
                        "Nobody is told of \"\(name)\": no channel is on. Nothing was sent. Set one with \"inflow "
                            + "alert set \(name) …\".", exitCode: 64)
                }
                var isSent = true
                for (channel, outcome) in outcomes {
                    let target = channel.kind == .email ? channel.recipients.joined(separator: ", ") : channel.url
                    switch outcome {
                    case .sent(let remark):
                        Console.print("\(channel.kind.rawValue) to \(target): sent." + (remark.map { " \($0)" } ?? ""))
                    case .failed(let why, _):
                        isSent = false
                        Console.print("\(channel.kind.rawValue) to \(target): not sent. \(why)")
                    }
                }
                if !isSent { throw ExitCode(1) }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is wrong, what was lately, and messages that were not delivered.")

        @Argument(help: "The connection.") var name: String
        @Flag(help: "One JSON document.") var json = false

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let incidents = try await Incidents(wiring.warehouse, connection).list()
                let messages = try await Outbox(wiring.warehouse).undelivered(of: connection)
                if json { return try Console.json(AlertList(incidents: incidents, undelivered: messages)) }
                if incidents.isEmpty { Console.print("Nothing is wrong, and nothing was within the last 14 days.") }
                if !incidents.isEmpty {
                    Console.table(
                        ["incident", "table", "since", "until", "detail"],
                        incidents.map {
                            [
                                $0.kind, $0.subject, Self.moment($0.openedAt), Self.moment($0.closedAt),
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
                            $0.channel, $0.subject, $0.status, String($0.attempts), Self.moment($0.nextAttemptAt),
                            Self.line($0.lastError ?? ""),
                        ]
                    })
            }
        }

        private static func moment(_ date: Date?) -> String { date?.formatted(.iso8601) ?? "" }

        private static func line(_ text: String) -> String {
            let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            return line.count > 100 ? line.prefix(99) + "…" : line
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look for what is wrong now, and deliver what waits, of one connection or of all; reads nothing.")

        @Argument(help: "The connection; none for all.") var name: String?

        func run() async throws {
            try await reporting {
                let wiring = try await Wiring.ready()
                let store = ConnectionStore(wiring.warehouse)
                var connections = try await store.list()
                if let name { connections = [try await store.find(name)] }
                for connection in connections {
                    let review = try await wiring.review(connection)
                    Console.print(
                        "\"\(connection.name)\": \(review.opened.count) new, \(review.kept.count) going on, "
                            + "\(review.closed.count) over.")
                }
                let one = name == nil ? nil : connections.first
                let round = try await interruptible {
                    try await wiring.alertSender().deliver(one, until: .now + .seconds(120))
                }
                Console.print("Messages: \(round.sent) sent, \(round.failed) failed.")
            }
        }
    }
}

/// Who is told of a connection, as a JSON document.
private struct AlertDocument: Encodable {
    struct Mail: Encodable {
        let isOn: Bool
        let to: [String]
        let from: String
        let smtpUrl: String
        let smtpUser: String?
        let hasPassword: Bool
    }

    struct Webhook: Encodable {
        let isOn: Bool
        let url: String
        let hasSecret: Bool
    }

    let connection: String
    let freshnessHours: Int
    var email: Mail?
    var webhook: Webhook?

    init(_ connection: Connection, _ channels: [AlertChannel]) {
        self.connection = connection.name
        freshnessHours = connection.settings.freshnessHours
        for channel in channels {
            switch channel.kind {
            case .email:
                email = Mail(
                    isOn: channel.isOn, to: channel.recipients, from: channel.sender, smtpUrl: channel.url,
                    smtpUser: channel.account.isEmpty ? nil : channel.account, hasPassword: channel.hasSecret)
            case .webhook:
                webhook = Webhook(isOn: channel.isOn, url: channel.url, hasSecret: channel.hasSecret)
            }
        }
    }

    func show() {
        var rows = [["freshness-hours", String(freshnessHours)]]
        if let email {
            rows += [
                ["email", email.isOn ? "on" : "off"], ["to", email.to.joined(separator: ", ")], ["from", email.from],
                ["smtp-url", email.smtpUrl], ["smtp-user", email.smtpUser ?? "none"],
                ["smtp-password", email.hasPassword ? "kept, encrypted" : "none"],
            ]
        }
        if let webhook {
            rows += [
                ["webhook", webhook.isOn ? "on" : "off"], ["url", webhook.url],
                ["webhook-secret", webhook.hasSecret ? "kept, encrypted" : "none"],
            ]
        }
        Console.table(["setting", "value"], rows)
        if email?.isOn != true, webhook?.isOn != true {
            Console.print("Nobody is told: \"inflow alert set \(connection) …\".")
        }
    }
}

/// What is wrong and what was not delivered, as a JSON document.
private struct AlertList: Encodable {
    let incidents: [Incidents.Shown]
    let undelivered: [Outbox.Undelivered]
}
