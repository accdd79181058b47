import ArgumentParser
import Inflow
import Warehouse

/// `inflow alert`: the channels over which Inflow reports that something is wrong, and that it is over.
///
/// Three steps lie between a fault and a message, each with its own type below this layer:
///
/// 1. A review compares the state of a connection with its open incidents, and opens and closes incidents
///    (`IncidentReview`).
/// 2. In the same transaction it writes one message for each change and channel into the outbox (`Outbox`).
/// 3. The sender delivers what the outbox holds (`AlertSender`), again and again until it succeeds or the message is
///    too old.
///
/// So a fault gives one message however often Inflow sees it, and a mail server that is down delays a message but does
/// not lose it. Every command that reads ends with a review and a delivery, and the daemon repeats both once a minute.
struct AlertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert", abstract: "Set up, test and list alerts by mail or webhook.",
        discussion: """
            Inflow sends one message when a Sync All fails, deletions wait for a decision, records are rejected, the \
            connection needs a new authorisation (or soon will), or a table is older than its limit, and one more when \
            the problem is over. Each sync checks and sends. "inflow alert check" does the same without reading from \
            WorkflowMax, for a timer.
            """,
        subcommands: [Set.self, Show.self, Test.self, List.self, Check.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the recipients and channels, without secrets.")

        @Argument(help: "Name of the connection.") var name: String
        @Flag(help: "Print one JSON document.") var json = false

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
}

/// The alert channels of a connection, as a JSON document; without secrets.
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
                ["smtp-password", email.hasPassword ? "stored, encrypted" : "none"],
            ]
        }
        if let webhook {
            rows += [
                ["webhook", webhook.isOn ? "on" : "off"], ["url", webhook.url],
                ["webhook-secret", webhook.hasSecret ? "stored, encrypted" : "none"],
            ]
        }
        Console.table(["setting", "value"], rows)
        if email?.isOn != true, webhook?.isOn != true {
            Console.print("No channel is on: no one gets alerts. Set one with \"inflow alert set \(connection) …\".")
        }
    }
}
