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
            server on this machine and without a user. Inflow signs each webhook with the secret.
            """
                + "\n\n"
                + examples(
                    "inflow alert set acme --email ann@example.org --from inflow@example.org --smtp-url smtps://mail.example.org"
                ))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Option(help: "Recipients of mail, separated by commas.") var email: String?
    @Option(help: "URL of the mail server.") var smtpUrl: String?
    @Option(help: "User at the mail server; empty for none.") var smtpUser: String?
    @Option(help: "File with the password of that user.") var smtpPasswordFile: String?
    @Option(help: "Sender address of mail.") var from: String?
    @Option(help: "URL that Inflow posts JSON to: https, or this machine. Inflow shows it; keep secrets out of it.")
    var webhook: String?
    @Option(help: "File with the secret that signs webhooks.") var webhookSecretFile: String?
    @Option(help: "Hours without a complete reading after which a table counts as stale.")
    var freshnessHours: String?
    @Flag(help: "Switch all channels off; the settings stay.") var off = false

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            var connection = try await store.find(name)
            let channels = AlertChannels(wiring.warehouse, connection: connection.id)
            let present = try await channels.list()
            let changes = [try mail(present), try hook(present)].compactMap(\.self)
            guard !changes.isEmpty || freshnessHours != nil || off else {
                throw UserError(
                    "You gave no setting. Nothing was changed. See \"inflow alert set --help\".", exitCode: 64)
            }
            guard changes.isEmpty || !off else {
                throw UserError("--off goes with no other setting. Nothing was changed.", exitCode: 64)
            }
            if let freshnessHours {
                try connection.settings.set("freshness-hours", freshnessHours)
                try await store.update(connection)
            }
            if !changes.isEmpty { try await channels.set(changes, box: try await wiring.secretBox()) }
            if off { try await channels.turnOff() }
            Console.print(
                off
                    ? "All alert channels of \"\(name)\" are off."
                    : "Stored. Send a test message: \"inflow alert test \(name)\".")
        }
    }

    private func mail(_ present: [AlertChannel]) throws -> (channel: AlertChannel, secret: String?)? {
        guard email != nil || smtpUrl != nil || smtpUser != nil || smtpPasswordFile != nil || from != nil else {
            return nil
        }
        var channel = present.first { $0.kind == .email } ?? AlertChannel(.email, url: "")
        channel.isOn = true
        if let smtpUrl { channel.url = smtpUrl }
        if let smtpUser { channel.account = smtpUser }
        if let from { channel.sender = from }
        if let email {
            channel.recipients = email.split(separator: ",").map { $0.trimmed }
        }
        let lacking = [
            channel.recipients.isEmpty ? "--email" : nil, channel.url.isEmpty ? "--smtp-url" : nil,
            channel.sender.isEmpty ? "--from" : nil,
        ].compactMap(\.self)
        guard lacking.isEmpty else {
            throw UserError(
                "Mail also needs \(lacking.joined(separator: " and ")). Nothing was changed.",
                exitCode: 64)
        }
        for address in channel.recipients + [channel.sender] where !CurlMail.isAddress(address) {
            throw UserError("\"\(address)\" is not a mail address. Nothing was changed.", exitCode: 64)
        }
        do throws(CurlMailError) {
            try MailServer(url: channel.url).check()
        } catch {
            throw UserError("--smtp-url: \(error.detail). Nothing was changed.", exitCode: 64)
        }
        return (channel, try smtpPasswordFile.map { try readSecret($0, "password") })
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
