import Alerts
import ConnectionPage
import Curl
import Foundation
import Inflow
import Warehouse

/// The channels of a connection's alerts, as the page shows and changes them.
struct PageAlerts: AlertService {
    let wiring: Wiring

    func alerts(of name: String) async throws -> AlertFacts {
        try await forPage {
            let connection = try await wiring.connection(name)
            let channels = AlertChannels(wiring.warehouse, connection: connection.id)
            let (own, used) = (try await channels.own(), try await channels.list())
            var facts = AlertFacts()
            if let mail = own.first(where: { $0.kind == .email }) {
                (facts.server, facts.account, facts.sender) = (mail.url, mail.account, mail.sender)
                facts.recipients = mail.recipients.joined(separator: ", ")
                facts.further = mail.further.joined(separator: ", ")
                facts.hasPassword = mail.hasSecret
            }
            facts.isShared = used.contains { $0.kind == .email && $0.isShared }
            if let hook = own.first(where: { $0.kind == .webhook }) {
                (facts.webhook, facts.hasSecret) = (hook.url, hook.hasSecret)
            }
            facts.isOn = used.contains(where: \.isOn)
            let settings = connection.settings
            (facts.digest, facts.successMail) = (settings.digest.description, settings.successMail.rawValue)
            facts.freshnessHours = ConnectionSetting.all.first { $0.name == "freshness-hours" }?.print(settings) ?? ""
            let zone = settings.timeZone
            facts.incidents = try await Incidents(wiring.warehouse, connection).list().map { one in
                "\(one.openedAt?.text(in: zone) ?? ""): \(one.kind.rawValue.replacingOccurrences(of: "_", with: " ")) "
                    + "\(one.subject). \(one.detail)" + (one.closedAt.map { " Over at \($0.text(in: zone))." } ?? "")
            }
            facts.undelivered = try await Outbox(wiring.warehouse).undelivered(of: connection).map { one in
                "\(one.channel.rawValue): \(one.subject), \(one.status.rawValue), \(one.attempts) tries. "
                    + (one.lastError ?? "")
            }
            return facts
        }
    }

    func change(_ change: AlertChange, of name: String, by doer: Doer) async throws {
        try await forPage {
            let store = ConnectionStore(wiring.warehouse)
            var connection = try await store.find(name)
            let channels = AlertChannels(wiring.warehouse, connection: connection.id)
            let (own, shared) = (try await channels.own(), try await SharedMail(wiring.warehouse).read())
            var changes: [(channel: AlertChannel, secret: String?)] = []
            if let mail = try mail(change, own, shared) { changes.append(mail) }
            if let hook = try hook(change, own) { changes.append(hook) }
            for (setting, text) in [
                ("freshness-hours", change.freshnessHours), ("digest", change.digest),
                ("success-mail", change.successMail),
            ] where !text.isEmpty { try connection.settings.set(setting, text) }
            try await store.update(connection)
            if !changes.isEmpty { try await channels.set(changes, box: try await wiring.secretBox()) }
            if !change.isOn { try await channels.turnOff() }
            try await wiring.audit(.alertsChanged, by: doer, connection)
        }
    }

    func test(of name: String, by doer: Doer) async throws -> [AlertTestLine] {
        try await forPage {
            let connection = try await wiring.connection(name)
            let outcomes = try await wiring.alertSender().test(connection)
            try await wiring.audit(.alertTested, by: doer, connection)
            guard !outcomes.isEmpty else {
                return [AlertTestLine(words: "No channel is on. Nothing was sent.", isSent: false)]
            }
            return outcomes.map { channel, outcome in
                let target = channel.kind == .email ? channel.recipients.joined(separator: ", ") : channel.url
                switch outcome {
                case .sent(let remark):
                    return AlertTestLine(
                        words: "\(channel.kind.rawValue) to \(target): sent. \(remark ?? "")", isSent: true)
                case .failed(let why, _):
                    return AlertTestLine(
                        words: "\(channel.kind.rawValue) to \(target): not sent. \(why)", isSent: false)
                }
            }
        }
    }

    private func mail(
        _ change: AlertChange, _ own: [AlertChannel], _ shared: AlertChannel?
    ) throws -> (channel: AlertChannel, secret: String?)? {
        let present = own.first { $0.kind == .email }
        let isGiven = ![change.server, change.recipients, change.further, change.sender].allSatisfy(\.isEmpty)
        guard isGiven || present != nil, change.isOn else { return nil }
        var channel = present ?? AlertChannel(.email, url: "")
        (channel.isOn, channel.url, channel.account) = (true, change.server, change.account)
        channel.sender = change.sender
        channel.recipients = MailOptions.addresses(change.recipients)
        channel.further = MailOptions.addresses(change.further)
        guard isGiven || shared != nil else { return nil }
        let recipients = (channel.recipients.isEmpty ? shared?.recipients ?? [] : channel.recipients) + channel.further
        try MailOptions.check(
            channel, recipients: recipients, lacksURL: channel.url.isEmpty && shared == nil,
            lacksSender: channel.sender.isEmpty && shared == nil)
        return (channel, change.password.isEmpty ? nil : change.password)
    }

    private func hook(
        _ change: AlertChange, _ own: [AlertChannel]
    ) throws -> (channel: AlertChannel, secret: String?)? {
        guard !change.webhook.isEmpty, change.isOn else { return nil }
        var channel = own.first { $0.kind == .webhook } ?? AlertChannel(.webhook, url: "")
        (channel.isOn, channel.url) = (true, change.webhook)
        guard channel.hasSecret || !change.secret.isEmpty else {
            throw UserError("A webhook needs a secret that signs it. Nothing was changed.")
        }
        do throws(CurlError) {
            try CurlRequest(url: channel.url, method: .post).check()
        } catch {
            throw UserError("The webhook's address: \(error.description) Nothing was changed.")
        }
        return (channel, change.secret.isEmpty ? nil : change.secret)
    }
}
