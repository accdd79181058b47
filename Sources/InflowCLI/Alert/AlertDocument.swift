import Inflow
import Warehouse

/// The alert channels of a connection, as a JSON document; without secrets.
struct AlertDocument: Encodable {
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
