public import Inflow
internal import Postgres
internal import SQLFiles

/// One way to send alerts about a connection; its secret is asked for where it is used.
public struct AlertChannel: Sendable, Hashable {
    /// The means by which an alert reaches its receiver.
    public enum Kind: String, StoredWord {
        /// By mail, over SMTP.
        case email
        /// By a POST of JSON.
        case webhook

        /// What its secret is bound to when it is encrypted.
        var purpose: String {
            switch self {
            case .email: "SMTP password"
            case .webhook: "webhook secret"
            }
        }
    }

    /// Whether alerts go by mail or by webhook.
    public let kind: Kind
    /// Whether it is used.
    public var isOn = true
    /// The mail server, or what is posted to.
    public var url: String
    /// Addresses that mail goes to.
    public var recipients: [String] = []
    /// Address that mail comes from.
    public var sender = ""
    /// User at the mail server; empty where none is asked for.
    public var account = ""
    /// Whether a password or signing key is kept.
    public internal(set) var hasSecret = false

    /// A channel that is on.
    public init(_ kind: Kind, url: String) {
        self.kind = kind
        self.url = url
    }
}

/// Keeps whom a connection's alerts go to; passwords and signing keys stay encrypted.
public struct AlertChannels: Sendable {
    private let warehouse: Warehouse
    private let connectionID: Int64

    /// The channels of a connection, by its number.
    public init(_ warehouse: Warehouse, connection: Int64) {
        self.warehouse = warehouse
        connectionID = connection
    }

    /// All channels that were set, mail first, those that are off included.
    public func list() async throws(WarehouseError) -> [AlertChannel] {
        try await warehouse.perform(purpose: "alerts", doing: "reading the alert channels") {
            session throws(PostgresError) in
            try AlertChannels.list(connectionID, session)
        }
    }

    static func list(
        _ connection: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [AlertChannel] {
        try session.query(
            """
            select channel, is_on, url, array_to_string(recipients, ',') as recipients, sender, account,
                secret is not null as has_secret
            from inflow.alert_channel
            where connection_id = $1
            order by channel
            """, [.int64(connection)]
        ).read { row throws(PostgresError) in
            var channel = AlertChannel(
                try row.word("channel", of: "inflow.alert_channel.channel"), url: try row.text("url"))
            channel.isOn = try row.bool("is_on")
            channel.recipients = try row.text("recipients").split(separator: ",").map(String.init)
            channel.sender = try row.text("sender")
            channel.account = try row.text("account")
            channel.hasSecret = try row.bool("has_secret")
            return channel
        }
    }

    /// Stores channels, all or none; a secret that is not given stays as it was.
    ///
    /// Messages that were given up on these channels are tried again if their incident lasts: the new settings may
    /// work.
    public func set(
        _ channels: [(channel: AlertChannel, secret: String?)], box: SecretBox
    ) async throws(WarehouseError) {
        var sealed: [(channel: AlertChannel, secret: [UInt8]?)] = []
        for (channel, secret) in channels {
            var bytes: [UInt8]?
            if let secret { bytes = try box.seal(secret, channel.kind.purpose, connection: connectionID) }
            sealed.append((channel, bytes))
        }
        let stored = sealed
        try await changing("storing the alert channels") { session throws(PostgresError) in
            for (channel, secret) in stored { try store(channel, secret, session) }
        }
    }

    private func store(
        _ channel: AlertChannel, _ secret: [UInt8]?, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        try session.query(
            Statements.alertChannelSet,
            [
                .int64(connectionID), .text(channel.kind.rawValue), .bool(channel.isOn), .text(channel.url),
                .textArray(channel.recipients), .text(channel.sender), .text(channel.account),
                secret.map { .bytes($0) } ?? .null,
            ])
        try session.query(
            Statements.outboxTryAgain, [.int64(connectionID), .text(channel.kind.rawValue)])
    }

    /// Turns all channels off; what was not delivered is given up.
    public func turnOff() async throws(WarehouseError) {
        try await changing("turning the alerts off") { session throws(PostgresError) in
            try session.query(
                "update inflow.alert_channel set is_on = false, set_at = now() where connection_id = $1",
                [.int64(connectionID)])
            try session.query(
                """
                update inflow.outbox set given_up_at = now(), last_error = 'The alerts were turned off.'
                where connection_id = $1 and sent_at is null and given_up_at is null
                """, [.int64(connectionID)])
        }
    }

    /// The password or signing key of a channel; `nil` where there is none.
    public func secret(of kind: AlertChannel.Kind, box: SecretBox) async throws(WarehouseError) -> String? {
        let sealed = try await warehouse.withSession("alerts") { session throws(WarehouseError) in
            try await lifting("reading the alert channels") { () async throws(PostgresError) in
                try await session.query(
                    "select secret from inflow.alert_channel where connection_id = $1 and channel = $2",
                    [.int64(connectionID), .text(kind.rawValue)]
                ).first?.optionalBytes("secret")
            }
        }
        guard let sealed else { return nil }
        return try box.open(sealed, kind.purpose, connection: connectionID)
    }

    private func changing(
        _ doing: String, _ body: @escaping @Sendable (isolated PostgresConnection) throws(PostgresError) -> Void
    ) async throws(WarehouseError) {
        try await warehouse.withSession("alerts") { session throws(WarehouseError) in
            try await lifting(doing) { () async throws(PostgresError) in try await session.transaction(body) }
        }
    }
}
