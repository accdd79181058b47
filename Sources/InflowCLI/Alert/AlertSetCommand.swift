import ArgumentParser
import Curl
import Foundation
import Inflow
import Warehouse

struct AlertSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set recipients and channels; settings that you do not give stay as they are.",
        discussion: """
            Mail server: smtps://HOST:465, or smtp://HOST:587 with STARTTLS. Inflow sends without TLS only to a \
            server on this machine and without a user. With --all you set the server, sender and recipients of all \
            connections once; a connection then needs only what it wants otherwise. Inflow signs each webhook with \
            the secret.
            """
                + "\n\n"
                + examples(
                    "inflow alert set --all --smtp-url smtps://mail.example.org --from inflow@example.org "
                        + "--email ann@example.org",
                    "inflow alert set acme --also bob@example.org",
                    "inflow alert set acme --digest \"monday 08:00\" --success-mail only-when-changed"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String?
    @Flag(help: "Set the mail server, sender and recipients of all connections.") var all = false
    @OptionGroup var mail: MailOptions
    @Option(help: "URL that Inflow posts JSON to: https, or this machine. Inflow shows it; keep secrets out of it.")
    var webhook: String?
    @Option(help: "File with the secret that signs webhooks; - reads it from standard input.")
    var webhookSecretFile: String?
    @Option(help: "Hours without a complete reading after which a table counts as stale.")
    var freshnessHours: String?
    @Option(
        help: "When a digest of the week leaves by mail, such as \"monday 08:00\" in the connection's zone, or off.")
    var digest: String?
    @Option(help: "A mail after each Sync All that went well: off, always or only-when-changed.")
    var successMail: String?
    @Flag(help: "Switch all channels off; the settings stay.") var off = false
    @Flag(help: "Switch channels that are off on again.") var on = false

    func run() async throws {
        try await reporting {
            guard (name == nil) == all else {
                throw UserError("Give either a connection's name or --all. Nothing was changed.", exitCode: 64)
            }
            let wiring = try await Wiring.ready()
            if let name {
                try await set(name, wiring)
                try await wiring.audit(.alertsChanged, by: .command, try await wiring.connection(name))
            } else {
                try await setAll(wiring)
                try await wiring.audit(.alertsChanged, by: .command, subject: "all connections")
            }
        }
    }

    /// Settings of the connection that its mails are made by, as they were given.
    private var settings: [(name: String, text: String)] {
        [("freshness-hours", freshnessHours), ("digest", digest), ("success-mail", successMail)].compactMap {
            setting, text in text.map { (setting, $0) }
        }
    }

    private func set(_ name: String, _ wiring: Wiring) async throws {
        let store = ConnectionStore(wiring.warehouse)
        var connection = try await store.find(name)
        let channels = AlertChannels(wiring.warehouse, connection: connection.id)
        let present = try await channels.own()
        let shared = try await SharedMail(wiring.warehouse).read()
        var changes = [try mail.change(present, shared), try hook(present)].compactMap(\.self)
        guard !changes.isEmpty || !settings.isEmpty || off || on else {
            throw UserError("You gave no setting. Nothing was changed. See \"inflow alert set --help\".", exitCode: 64)
        }
        guard changes.isEmpty && !on || !off else {
            throw UserError("--off goes with no other setting. Nothing was changed.", exitCode: 64)
        }
        if on { changes += switchedOn(present, besides: changes) }
        for (setting, text) in settings { try connection.settings.set(setting, text) }
        if !settings.isEmpty { try await store.update(connection) }
        if !changes.isEmpty { try await channels.set(changes, box: try await wiring.secretBox()) }
        if off { try await channels.turnOff() }
        Console.print(
            off
                ? "All alert channels of \"\(name)\" are off."
                : "Stored. Send a test message: \"inflow alert test \(name.shellWord)\".")
        let reports = connection.settings.digest != .off || connection.settings.successMail != .off
        if reports, try await !channels.list().contains(where: { $0.isOn && $0.kind == .email }) {
            Console.note(
                "No mail leaves for \"\(name)\" yet: set a server and recipients with \"inflow alert set --all …\" or "
                    + "\"inflow alert set \(name.shellWord) …\".")
        }
    }

    private func setAll(_ wiring: Wiring) async throws {
        guard webhook == nil, webhookSecretFile == nil, settings.isEmpty, !mail.isForOneConnection else {
            throw UserError(
                "--all sets --smtp-url, --smtp-user, --smtp-password-file, --from and --email, --on and --off. "
                    + "The rest is set for each connection by its name. Nothing was changed.", exitCode: 64)
        }
        let shared = SharedMail(wiring.warehouse)
        let present = try await shared.read()
        if off {
            guard !mail.isGiven, !on else {
                throw UserError("--off goes with no other setting. Nothing was changed.", exitCode: 64)
            }
            guard try await shared.turnOff() else {
                throw UserError("There is no mail server of all connections. Nothing was changed.")
            }
            return Console.print(
                "The mail server of all connections is off. Connections with one of their own use that.")
        }
        guard let (channel, secret) = try mail.changeOfAll(present, isOn: on) else {
            throw UserError("You gave no setting. Nothing was changed. See \"inflow alert set --help\".", exitCode: 64)
        }
        try await shared.set(channel, secret: secret, box: try await wiring.secretBox())
        Console.print(
            "Stored. Every connection without a mail server of its own uses it, also one that you add later. "
                + (channel.recipients.isEmpty
                    ? "Recipients of a connection: \"inflow alert set NAME --email ADDRESS\"."
                    : "Send a test message: \"inflow alert test --all\"."))
    }

    /// The channels that are off and that `changes` leave as they are, switched on.
    private func switchedOn(
        _ present: [AlertChannel], besides changes: [(channel: AlertChannel, secret: String?)]
    ) -> [(channel: AlertChannel, secret: String?)] {
        present.filter { channel in !channel.isOn && !changes.contains { $0.channel.kind == channel.kind } }.map {
            var channel = $0
            channel.isOn = true
            return (channel, nil)
        }
    }

    private func hook(_ present: [AlertChannel]) throws -> (channel: AlertChannel, secret: String?)? {
        guard webhook != nil || webhookSecretFile != nil else { return nil }
        var channel = present.first { $0.kind == .webhook } ?? AlertChannel(.webhook, url: "")
        channel.isOn = true
        if let webhook { channel.url = webhook }
        guard !channel.url.isEmpty, channel.hasSecret || webhookSecretFile != nil else {
            throw UserError(
                "A webhook needs --webhook and --webhook-secret-file. Nothing was changed.", exitCode: 64)
        }
        do throws(CurlError) {
            try CurlRequest(url: channel.url, method: .post).check()
        } catch {
            throw UserError("--webhook: \(error.description) Nothing was changed.", exitCode: 64)
        }
        return (channel, try webhookSecretFile.map { try readSecret($0, "webhook secret") })
    }
}
