public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// Messages on their way to people: taken by one process at a time, kept until they are delivered or given up.
///
/// A message that is taken is leased for some minutes. A process that dies meanwhile loses the lease, and the
/// message is sent again with the same ``Message/messageID``: at least once, never silently not at all.
public struct Outbox: Sendable {
    private let warehouse: Warehouse

    /// The outbox of a warehouse; reads nothing before it is asked.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// A file that a mail carries.
    public struct Attachment: Sendable, Hashable {
        /// Its name in the mail: letters, digits, `.`, `_` and `-`.
        public let name: String
        /// Its media type.
        public let mediaType: String
        /// What it holds.
        public let bytes: [UInt8]
    }

    /// A message that was taken to be sent.
    public struct Message: Sendable, Hashable {
        /// The message's number in the outbox.
        public let id: Int64
        /// The connection it is about.
        public let connectionID: Int64
        /// Whether the message goes by mail or by webhook.
        public let channel: AlertChannel.Kind
        /// Message-ID of the mail, or delivery id of the webhook.
        public let messageID: String
        /// Subject of the mail.
        public let subject: String
        /// Text of the mail, or the document of the webhook.
        public let body: String
        /// When it was written.
        public let createdAt: Date
        /// Which try this is, from 1.
        public let attempt: Int
        /// Addresses it goes to; `nil` for those of the channel.
        public var recipients: [String]?
        /// The file that a mail carries; `nil` for none.
        public var attachment: Attachment?
        /// The webhook subscription that it goes to; `nil` for the channel.
        public var subscription: Int64?

        /// A message from its parts; one that is sent past the outbox, such as a test, has the number 0.
        public init(
            id: Int64 = 0, connectionID: Int64, channel: AlertChannel.Kind, messageID: String, subject: String,
            body: String, createdAt: Date, attempt: Int = 1
        ) {
            self.id = id
            self.connectionID = connectionID
            self.channel = channel
            self.messageID = messageID
            self.subject = subject
            self.body = body
            self.createdAt = createdAt
            self.attempt = attempt
        }

        /// The message that a notice becomes on a channel, with a new id.
        public init(_ notice: AlertNotice, to channel: AlertChannel, connectionID: Int64) {
            let delivery = UUID().uuidString.lowercased()
            let isMail = channel.kind == .email
            self.init(
                connectionID: connectionID, channel: channel.kind,
                messageID: isMail ? Message.mailID(delivery, from: channel) : delivery, subject: notice.subject,
                body: isMail ? notice.text : notice.webhookBody(delivery: delivery), createdAt: notice.madeAt)
        }

        /// The mail that a summary becomes, with a new id.
        init(_ summary: Summary, to channel: AlertChannel, connectionID: Int64) {
            self.init(
                connectionID: connectionID, channel: .email,
                messageID: Message.mailID(UUID().uuidString.lowercased(), from: channel), subject: summary.subject,
                body: summary.text, createdAt: summary.madeAt)
        }

        /// The mail that a report's letter becomes, with a new id.
        init(_ letter: ReportLetter, by channel: AlertChannel, connectionID: Int64) {
            self.init(
                connectionID: connectionID, channel: .email,
                messageID: Message.mailID(UUID().uuidString.lowercased(), from: channel), subject: letter.subject,
                body: letter.text, createdAt: letter.madeAt)
        }

        private static func mailID(_ delivery: String, from channel: AlertChannel) -> String {
            "<\(delivery)@\(channel.sender.split(separator: "@").last.map(String.init) ?? "inflow")>"
        }
    }

    /// Writes a notice for a channel, in the transaction that opens or closes the incident.
    static func add(
        _ notice: AlertNotice, about incidents: [Int64], to channel: AlertChannel, _ connectionID: Int64,
        _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        try add(
            Message(notice, to: channel, connectionID: connectionID), event: notice.event.rawValue, about: incidents,
            session)
    }

    /// Writes a summary for mail, in the transaction that marks it as written.
    static func add(
        _ summary: Summary, to channel: AlertChannel, _ connectionID: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        try add(
            Message(summary, to: channel, connectionID: connectionID), event: summary.kind.rawValue, about: [], session)
    }

    /// Writes the mail of a report, in the transaction that notes it as written.
    static func add(
        _ letter: ReportLetter, _ file: Attachment?, to recipients: [String], by channel: AlertChannel,
        _ connectionID: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        var message = Message(letter, by: channel, connectionID: connectionID)
        (message.recipients, message.attachment) = (recipients, file)
        try add(message, event: "report", about: [], session)
    }

    private static func add(
        _ message: Message, event: String, about incidents: [Int64], _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        try session.query(
            """
            insert into inflow.outbox (connection_id, channel, event, incidents, message_id, subject, body, recipients,
                attachment_name, attachment_type, attachment)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .int64(message.connectionID), .text(message.channel.rawValue), .text(event), .int64Array(incidents),
                .text(message.messageID), .text(message.subject), .text(message.body),
                message.recipients.map { .textArray($0) } ?? .null,
                message.attachment.map { .text($0.name) } ?? .null,
                message.attachment.map { .text($0.mediaType) } ?? .null,
                message.attachment.map { .bytes($0.bytes) } ?? .null,
            ])
    }

    // MARK: delivery

    /// Seconds a message is leased for: longer than any try takes.
    static let leaseSeconds = 180

    /// Takes the message that is due longest, of one connection or of all; `nil` when none is.
    ///
    /// An end is reported only after its beginning: a message waits for an earlier one about the same incident.
    public func take(of connection: Connection? = nil) async throws(WarehouseError) -> Message? {
        try await warehouse.query(
            Statements.outboxTake,
            [connection.map { .int64($0.id) } ?? .null, .text(ProcessIdentity.current), .int(Outbox.leaseSeconds)],
            purpose: "outbox", doing: "reading or writing the outbox"
        ) { row throws(PostgresError) in
            var message = try Message(
                id: row.int64("id"), connectionID: row.int64("connection_id"),
                channel: row.word("channel", of: "inflow.outbox.channel"),
                messageID: row.text("message_id"), subject: row.text("subject"),
                body: row.text("body"), createdAt: row.date("created_at"),
                attempt: row.int("attempts"))
            message.recipients = try row.optionalText("recipients").map { $0.split(separator: ",").map(String.init) }
            message.subscription = try row.optionalInt64("subscription_id")
            if let bytes = try row.optionalBytes("attachment") {
                message.attachment = Attachment(
                    name: try row.text("attachment_name"), mediaType: try row.text("attachment_type"), bytes: bytes)
            }
            return message
        }.first
    }

    /// Notes that its receiver took a message; `remark` is what a person should know nevertheless.
    public func noteSent(_ message: Message, remark: String? = nil) async throws(WarehouseError) {
        _ = try await warehouse.query(
            """
            update inflow.outbox set sent_at = clock_timestamp(), leased_until = null, given_up_at = null,
                last_error = $3, attachment = null
            where connection_id = $1 and id = $2 and sent_at is null
            """, [.int64(message.connectionID), .int64(message.id), remark.map { .text($0) } ?? .null],
            purpose: "outbox", doing: "reading or writing the outbox")
    }

    /// Notes that a try failed: the message is tried again later, or given up where that is no use.
    public func noteFailed(_ message: Message, _ error: String, isFinal: Bool) async throws(WarehouseError) {
        _ = try await warehouse.query(
            Statements.outboxNoteFailed,
            [
                .int64(message.connectionID), .int64(message.id), .int(message.attempt), .text(error),
                .int(AlertPatience.pause(after: message.attempt)), .bool(isFinal), .int(AlertPatience.hours),
            ], purpose: "outbox", doing: "reading or writing the outbox")
    }

    // MARK: looking

    /// A message that was not delivered, as people see it.
    public struct Undelivered: Sendable, Encodable {
        /// The message's number in the outbox.
        public let id: Int64
        /// The means by which it goes out.
        public let channel: AlertChannel.Kind
        /// What it says in a line.
        public let subject: String
        /// Whether it waits for its next try or was given up.
        public let status: MessageStatus
        /// When it was written, UTC.
        public let createdAt: Date?
        /// How often it was tried.
        public let attempts: Int
        /// When it is tried next, UTC; nil where it was given up.
        public let nextAttemptAt: Date?
        /// What the last try came to.
        public let lastError: String?
    }

    /// The messages of a connection that were not delivered, oldest first.
    public func undelivered(of connection: Connection) async throws(WarehouseError) -> [Undelivered] {
        try await warehouse.query(
            """
            select id, channel, subject, given_up_at is not null as is_given_up, created_at, attempts,
                case when given_up_at is null then next_attempt_at end as next_attempt_at, last_error
            from inflow.outbox
            where connection_id = $1 and sent_at is null
            order by id
            """, [.int64(connection.id)], purpose: "outbox", doing: "reading or writing the outbox"
        ) { row throws(PostgresError) in
            try Undelivered(
                id: row.int64("id"), channel: row.word("channel", of: "inflow.outbox.channel"),
                subject: row.text("subject"),
                status: row.bool("is_given_up") ? .givenUp : .waiting,
                createdAt: row.optionalDate("created_at"),
                attempts: row.int("attempts"), nextAttemptAt: row.optionalDate("next_attempt_at"),
                lastError: row.optionalText("last_error"))
        }
    }
}
