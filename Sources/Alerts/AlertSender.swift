public import Curl
public import Inflow
public import Logging
public import Warehouse
public import Foundation

/// Takes messages out of the outbox and sends them, by mail and by webhook.
///
/// Delivery is at least once. The transaction of an incident writes its message, and the sender notes it as sent after
/// the receiver took it. If the process ends between the two, another one sends the message again under the same
/// message ID, by which the receiver recognises it. Several senders, in one process or in many, may deliver at once:
/// each message has one sender at a time.
///
/// Inflow retries a temporary failure for three days and gives up on a permanent refusal at once. A 4xx of a webhook is permanent, except 408
/// and 429; a 5xx reply of a mail server is permanent, a 4xx is not.
public struct AlertSender: Sendable {
    /// How many messages a round of deliveries sent, and how many tries failed.
    public struct Round: Sendable, Hashable {
        /// Messages that their receivers took.
        public var sent = 0
        /// Tries that failed; the outbox has why.
        public var failed = 0

        /// A round without messages.
        public init() {}
    }

    /// The result of one try to send a message.
    public enum Outcome: Sendable, Hashable {
        /// The receiver took it; the remark names a partial failure, such as refused recipients.
        case sent(remark: String?)
        /// The receiver did not take it; a final failure would repeat itself.
        case failed(String, isFinal: Bool)
    }

    private let warehouse: Warehouse
    private let transfer: Transfer
    private let mail: MailTransfer
    private let box: @Sendable () async throws(WarehouseError) -> SecretBox
    private let logger: Logger
    private let now: Now

    /// A sender of a warehouse's messages.
    ///
    /// `box` opens passwords and signing keys; the sender calls it only if a channel has one. `now` is the clock that
    /// signatures are dated by.
    public init(
        _ warehouse: Warehouse, transfer: Transfer, configuration: CurlConfiguration, logger: Logger,
        now: @escaping Now = { Instant() },
        box: @escaping @Sendable () async throws(WarehouseError) -> SecretBox
    ) {
        self.warehouse = warehouse
        self.transfer = transfer
        mail = MailTransfer(configuration: configuration)
        self.logger = logger
        self.now = now
        self.box = box
    }

    /// Delivers the messages that are due, of one connection or of all, until none is due or the time is up.
    ///
    /// A try that has begun may take what is left until `deadline`, a second at least. Throws what the warehouse
    /// throws; the outbox records what happens to each message.
    public func deliver(
        _ connection: Connection? = nil, until deadline: ContinuousClock.Instant
    ) async throws(WarehouseError) -> Round {
        let outbox = Outbox(warehouse)
        var round = Round()
        while ContinuousClock.now < deadline, !Task.isCancelled, let message = try await outbox.take(of: connection) {
            let left = Int((deadline - ContinuousClock.now).components.seconds)
            switch try await attempt(message, seconds: min(60, max(1, left))) {
            case .sent(let remark):
                Failpoint.pass(.messageSent)
                try await uncancelled { () async throws(WarehouseError) in
                    try await outbox.noteSent(message, remark: remark)
                }
                round.sent += 1
                logger.info("Sent by \(message.channel.rawValue): \(message.subject)")
            case .failed(let why, let isFinal):
                try await uncancelled { () async throws(WarehouseError) in
                    try await outbox.noteFailed(message, why, isFinal: isFinal)
                }
                round.failed += 1
                let next = isFinal ? "Inflow gives up." : "Inflow tries again later."
                logger.warning("Not sent by \(message.channel.rawValue): \(message.subject). \(why) \(next)")
            }
        }
        return round
    }

    /// Sends a test message over each active channel of a connection, past the outbox, and returns each result.
    public func test(
        _ connection: Connection
    ) async throws(WarehouseError) -> [(channel: AlertChannel, outcome: Outcome)] {
        let notice = AlertNotice(testOf: connection.name, zone: connection.settings.timeZone, at: now())
        var outcomes: [(channel: AlertChannel, outcome: Outcome)] = []
        for channel in try await AlertChannels(warehouse, connection: connection.id).list() where channel.isOn {
            let message = Outbox.Message(notice, to: channel, connectionID: connection.id)
            outcomes.append((channel, try await attempt(message, seconds: 30)))
        }
        return outcomes
    }

    /// Sends a test message by the mail server of all connections to its own recipients, past the outbox.
    public func test(_ shared: AlertChannel) async throws(WarehouseError) -> Outcome {
        let secret = shared.hasSecret ? try await SharedMail(warehouse).secret(box: try await box()) : nil
        let message = Outbox.Message(AlertNotice(testOf: nil, at: now()), to: shared, connectionID: 0)
        return await send(message, by: shared, secret: secret, seconds: 30)
    }

    // MARK: one try

    private func attempt(_ message: Outbox.Message, seconds: Int) async throws(WarehouseError) -> Outcome {
        if let subscription = message.subscription { return try await attempt(message, to: subscription, seconds) }
        let channels = AlertChannels(warehouse, connection: message.connectionID)
        guard let channel = try await channels.list().first(where: { $0.kind == message.channel }) else {
            return .failed("The channel was removed.", isFinal: true)
        }
        var secret: String?
        if channel.hasSecret {
            do throws(WarehouseError) {
                secret = try await channels.secret(of: channel.kind, box: try await box())
            } catch {
                guard error.code == .keyMissing else { throw error }
                return .failed(error.message, isFinal: false)
            }
        }
        return await send(message, by: channel, secret: secret, seconds: seconds)
    }

    /// Posts an event to the program that subscribed to it.
    private func attempt(
        _ message: Outbox.Message, to subscription: Int64, _ seconds: Int
    ) async throws(WarehouseError) -> Outcome {
        do throws(WarehouseError) {
            let receiver = try await WebhookSubscriptionStore.receiver(
                of: subscription, connection: message.connectionID, in: warehouse, box: try await box())
            guard let receiver else { return .failed("The webhook was removed.", isFinal: true) }
            return await post(message, to: AlertChannel(.webhook, url: receiver.url), key: receiver.secret, seconds)
        } catch {
            guard error.code == .keyMissing else { throw error }
            return .failed(error.message, isFinal: false)
        }
    }

    /// Sends a message by a channel, past the outbox and without the warehouse.
    public func send(
        _ message: Outbox.Message, by channel: AlertChannel, secret: String?, seconds: Int
    ) async -> Outcome {
        switch channel.kind {
        case .email: await send(message, by: channel, password: secret, seconds)
        case .webhook: await post(message, to: channel, key: secret ?? "", seconds)
        }
    }

    private func send(
        _ message: Outbox.Message, by channel: AlertChannel, password: String?, _ seconds: Int
    ) async -> Outcome {
        let letter = CurlMail(
            sender: channel.sender, recipients: message.recipients ?? channel.recipients, subject: message.subject,
            text: message.body, date: message.createdAt, messageID: message.messageID,
            attachment: message.attachment.map {
                CurlMail.Attachment(name: $0.name, mediaType: $0.mediaType, bytes: $0.bytes)
            })
        let server = MailServer(
            url: channel.url, user: channel.account.isEmpty ? nil : channel.account, password: password)
        do throws(CurlMailError) {
            let refusals = try await mail.send(letter, over: server, seconds: seconds)
            return .sent(
                remark: refusals.isEmpty
                    ? nil : "The server refused some recipients: \(refusals.joined(separator: "; "))")
        } catch {
            return .failed(error.description, isFinal: error.isFinal)
        }
    }

    private func post(
        _ message: Outbox.Message, to channel: AlertChannel, key: String, _ seconds: Int
    ) async -> Outcome {
        let body = Array(message.body.utf8)
        let request = CurlRequest(
            url: channel.url, method: .post,
            headers: [
                ("Content-Type", "application/json"), ("Inflow-Delivery", message.messageID),
                ("Inflow-Signature", WebhookSignature.header(body, key: key, at: now())),
            ],
            body: body,
            limits: CurlLimits(
                connect: .seconds(min(20, seconds)), firstByte: .seconds(seconds), idle: .seconds(seconds),
                total: .seconds(seconds)))
        do throws(CurlError) {
            // Only the status matters; the answer's body is not read.
            let status = try await transfer.send(request).status
            if 200...299 ~= status { return .sent(remark: nil) }
            let isFinal = 400...499 ~= status && status != 408 && status != 429
            return .failed("The receiver answered with status \(status).", isFinal: isFinal)
        } catch {
            let isFinal = [.badURL, .refusedPlainHTTP, .badHeader].contains(error.code)
            return .failed(error.description, isFinal: isFinal)
        }
    }
}
