import ArgumentParser
import Curl
import Inflow
import Warehouse

/// The options of a mail server, its sender and recipients: of all connections, or of one.
struct MailOptions: ParsableArguments {
    @Option(help: "Recipients of mail, separated by commas; empty for those of all connections.") var email: String?
    @Option(help: "Recipients of one connection besides those of all, separated by commas; empty for none.")
    var also: String?
    @Option(help: "URL of the mail server.") var smtpUrl: String?
    @Option(help: "User at the mail server; empty for none.") var smtpUser: String?
    @Option(help: "File with the password of that user; - reads it from standard input.") var smtpPasswordFile: String?
    @Option(help: "Sender address of mail.") var from: String?
    @Flag(help: "Use server, sender and recipients of all connections again.") var shared = false

    /// Whether any option was given.
    var isGiven: Bool { isOfServer || [email, also, from].contains { $0 != nil } || shared }

    /// Whether an option was given that means one connection only.
    var isForOneConnection: Bool { also != nil || shared }

    private var isOfServer: Bool { [smtpUrl, smtpUser, smtpPasswordFile].contains { $0 != nil } }

    /// What a connection's own settings become, with the password where one was given; `nil` where no option was given.
    ///
    /// `present` are the connection's own settings, `all` those of all connections.
    func change(
        _ present: [AlertChannel], _ all: AlertChannel?
    ) throws -> (channel: AlertChannel, secret: String?)? {
        guard isGiven else { return nil }
        var channel = present.first { $0.kind == .email } ?? AlertChannel(.email, url: "")
        if shared {
            guard !isOfServer else {
                throw UserError("--shared goes without the options --smtp-…. Nothing was changed.", exitCode: 64)
            }
            channel = AlertChannel(.email, url: "")
        }
        take(into: &channel)
        if let also { channel.further = MailOptions.addresses(also) }
        let recipients = (channel.recipients.isEmpty ? all?.recipients ?? [] : channel.recipients) + channel.further
        try MailOptions.check(
            channel, recipients: recipients, lacksURL: channel.url.isEmpty && all == nil,
            lacksSender: channel.sender.isEmpty && all == nil)
        guard !channel.url.isEmpty || smtpUser == nil && smtpPasswordFile == nil else {
            throw UserError(
                "--smtp-user and --smtp-password-file go with --smtp-url. Those of the server of all connections are "
                    + "set with \"inflow alert set --all\". Nothing was changed.", exitCode: 64)
        }
        return (channel, try secret())
    }

    /// What the settings of all connections become; `nil` where no option was given and they stay as they are.
    func changeOfAll(
        _ present: AlertChannel?, isOn: Bool
    ) throws -> (channel: AlertChannel, secret: String?)? {
        guard isGiven || isOn && present?.isOn == false else { return nil }
        var channel = present ?? AlertChannel(.email, url: "")
        take(into: &channel)
        // Each connection may name recipients of its own.
        try MailOptions.check(
            channel, recipients: nil, lacksURL: channel.url.isEmpty, lacksSender: channel.sender.isEmpty)
        return (channel, try secret())
    }

    private func take(into channel: inout AlertChannel) {
        channel.isOn = true
        if let smtpUrl { channel.url = smtpUrl }
        if let smtpUser { channel.account = smtpUser }
        if let from { channel.sender = from }
        if let email { channel.recipients = MailOptions.addresses(email) }
    }

    private func secret() throws -> String? { try smtpPasswordFile.map { try readSecret($0, "password") } }

    static func addresses(_ text: String) -> [String] {
        text.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
    }

    /// Throws unless mail can be sent so; `recipients` are those it goes to in the end, `nil` where none is needed yet.
    static func check(
        _ channel: AlertChannel, recipients: [String]?, lacksURL: Bool, lacksSender: Bool
    ) throws {
        let lacking = [
            recipients?.isEmpty == true ? "--email" : nil, lacksURL ? "--smtp-url" : nil, lacksSender ? "--from" : nil,
        ].compactMap(\.self)
        guard lacking.isEmpty else {
            throw UserError(
                "Mail also needs \(lacking.joined(separator: " and ")). Nothing was changed."
                    + (lacksURL && recipients != nil
                        ? " \"inflow alert set --all\" sets server and sender once for all connections." : ""),
                exitCode: 64)
        }
        let sender = channel.sender.isEmpty ? [] : [channel.sender]
        for address in channel.recipients + channel.further + sender where !CurlMail.isAddress(address) {
            throw UserError("\"\(address)\" is not a mail address. Nothing was changed.", exitCode: 64)
        }
        guard !channel.url.isEmpty else { return }
        do throws(CurlMailError) {
            try MailServer(url: channel.url).check()
        } catch {
            throw UserError("--smtp-url: \(error.detail). Nothing was changed.", exitCode: 64)
        }
    }
}
