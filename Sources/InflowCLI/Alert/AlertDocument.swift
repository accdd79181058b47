import Inflow
import Warehouse

/// The alert channels of a connection as they are used, as a JSON document; without secrets.
struct AlertDocument: Encodable {
    struct Mail: Encodable {
        let isOn: Bool
        let to: [String]
        let from: String
        let smtpUrl: String
        let smtpUser: String?
        let hasPassword: Bool
        /// Whether the server is that of all connections.
        let isShared: Bool
    }

    struct Webhook: Encodable {
        let isOn: Bool
        let url: String
        let hasSecret: Bool
    }

    let connection: String
    let freshnessHours: Int
    /// When a digest leaves, and after which Sync Alls a mail; `off` for none.
    let digest, successMail: String
    var email: Mail?
    var webhook: Webhook?

    init(_ connection: Connection, _ channels: [AlertChannel]) {
        self.connection = connection.name
        freshnessHours = connection.settings.freshnessHours
        digest = connection.settings.digest.description
        successMail = connection.settings.successMail.rawValue
        for channel in channels {
            switch channel.kind {
            case .email: email = Mail(channel)
            case .webhook: webhook = Webhook(isOn: channel.isOn, url: channel.url, hasSecret: channel.hasSecret)
            }
        }
    }

    func show() {
        var rows = [
            ["freshness-hours", String(freshnessHours)], ["digest", digest], ["success-mail", successMail],
        ]
        if let email { rows += email.rows }
        if let webhook {
            rows += [
                ["webhook", webhook.isOn ? "on" : "off"], ["url", webhook.url],
                ["webhook-secret", webhook.hasSecret ? "stored, encrypted" : "none"],
            ]
        }
        Console.table(["setting", "value"], rows)
        if email?.isOn != true, webhook?.isOn != true {
            Console.print(
                "No channel is on: no one gets alerts. Set one with \"inflow alert set "
                    + "\(connection.shellWord) …\".")
        }
    }
}

/// The mail server of all connections, as a JSON document; without its password.
struct SharedMailDocument: Encodable {
    let email: OrNull<AlertDocument.Mail>

    init(_ channel: AlertChannel?) { email = OrNull(channel.map(AlertDocument.Mail.init)) }

    func show() {
        guard let email = email.value else {
            return Console.print(
                "There is no mail server of all connections. Set one with \"inflow alert set --all …\".")
        }
        Console.table(["setting", "value"], email.rows)
    }
}

extension AlertDocument.Mail {
    init(_ channel: AlertChannel) {
        self.init(
            isOn: channel.isOn, to: channel.recipients, from: channel.sender, smtpUrl: channel.url,
            smtpUser: channel.account.isEmpty ? nil : channel.account, hasPassword: channel.hasSecret,
            isShared: channel.isShared)
    }

    fileprivate var rows: [[String]] {
        [
            ["email", isOn ? "on" : "off"], ["to", to.isEmpty ? "none" : to.joined(separator: ", ")], ["from", from],
            ["smtp-url", isShared ? "\(smtpUrl) (all connections)" : smtpUrl], ["smtp-user", smtpUser ?? "none"],
            ["smtp-password", hasPassword ? "stored, encrypted" : "none"],
        ]
    }
}
