import ArgumentParser
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
