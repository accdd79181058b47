import ArgumentParser
import Curl
import Foundation
import Inflow
import Warehouse

extension AlertCommand {
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say who is told, and how; what is not given stays as it was.",
            discussion: """
                Mail: smtps://HOST:465, or smtp://HOST:587, which changes to TLS before anything is sent; only a server \
                on this machine, asked without a user, is spoken to without TLS. Webhooks are signed with the secret.
                """)

        @Argument(help: "The connection.") var name: String
        @Option(help: "Addresses that mail goes to, separated by commas.") var email: String?
        @Option(help: "The mail server.") var smtpUrl: String?
        @Option(help: "User at the mail server; empty for none.") var smtpUser: String?
        @Option(help: "File with the user's password.") var smtpPasswordFile: String?
        @Option(help: "Address that mail comes from.") var from: String?
        @Option(help: "Address that JSON is posted to; https, or this machine. It is not kept secret.")
        var webhook: String?
        @Option(help: "File with the secret that webhooks are signed with.") var webhookSecretFile: String?
        @Option(help: "Hours after which a table that was not read completely counts as stale.")
        var freshnessHours: String?
        @Flag(help: "Tell nobody any more; the settings are kept.") var off = false

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
                        "Nothing to set was given. Nothing was changed. See \"inflow alert set --help\".", exitCode: 64)
                }
                guard changes.isEmpty || !off else {
                    throw UserError("--off turns all off and sets nothing else. Nothing was changed.", exitCode: 64)
                }
                if let freshnessHours {
                    try connection.settings.set("freshness-hours", freshnessHours)
                    try await store.update(connection)
                }
                if !changes.isEmpty { try await channels.set(changes, box: try await wiring.secretBox()) }
                if off { try await channels.turnOff() }
                Console.print(
                    off ? "Nobody is told of \"\(name)\" any more." : "Set. Try it: \"inflow alert test \(name)\".")
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
                channel.recipients = email.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            }
            let lacking = [
                channel.recipients.isEmpty ? "--email" : nil, channel.url.isEmpty ? "--smtp-url" : nil,
                channel.sender.isEmpty ? "--from" : nil,
            ].compactMap(\.self)
            guard lacking.isEmpty else {
                throw UserError(
                    "For mail \(lacking.joined(separator: " and ")) must be given too. Nothing was changed.",
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
}
