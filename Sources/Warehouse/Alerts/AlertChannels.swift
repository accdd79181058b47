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
    /// The mail server, or what is posted to; of a connection's own settings, empty for the server of all connections.
    public var url: String
    /// Addresses that mail goes to; of a connection's own settings, empty for those of all connections.
    public var recipients: [String] = []
    /// Addresses that a connection adds to these; none where a channel is listed as it is used.
    public var further: [String] = []
    /// Address that mail comes from; of a connection's own settings, empty for that of all connections.
    public var sender = ""
    /// User at the mail server; empty where none is asked for.
    public var account = ""
    /// Whether a password or signing key is kept.
    public internal(set) var hasSecret = false
    /// Whether the mail server is that of all connections.
    public internal(set) var isShared = false

    /// A channel that is on.
    public init(_ kind: Kind, url: String) {
        self.kind = kind
        self.url = url
    }
}

/// Keeps whom a connection's alerts go to; passwords and signing keys stay encrypted.
///
/// A connection has settings of its own, and for mail those of all connections (``SharedMail``) stand in for what it
/// does not set: server with user and password, sender, recipients. The view `inflow.alert_route` puts both together;
/// all that sends reads that view only.
public struct AlertChannels: Sendable {
    private let warehouse: Warehouse
    private let connectionID: Int64

    /// The channels of a connection, by its number.
    public init(_ warehouse: Warehouse, connection: Int64) {
        self.warehouse = warehouse
        connectionID = connection
    }

    /// The channels as they are used, mail first, those that are off included.
    ///
    /// A channel without a receiver is none: mail by the server of all connections needs recipients here or there.
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
            select channel, is_on, url, array_to_string(recipients, ',') as recipients, '' as further, sender, account,
                secret is not null as has_secret, is_shared
            from inflow.alert_route
            where connection_id = $1
            order by channel
            """, [.int64(connection)]
        ).read(AlertChannel.init)
    }

    /// What the connection itself sets, mail first; what it leaves to the settings of all connections is empty.
    public func own() async throws(WarehouseError) -> [AlertChannel] {
        try await warehouse.query(
            """
            select channel, is_on, url, array_to_string(recipients, ',') as recipients,
                array_to_string(further, ',') as further, sender, account, secret is not null as has_secret,
                channel = 'email' and url = '' as is_shared
            from inflow.alert_channel
            where connection_id = $1
            order by channel
            """, [.int64(connectionID)], purpose: "alerts", doing: "reading the alert channels"
        ) { row throws(PostgresError) in try AlertChannel(row) }
    }

    /// Stores what the connection itself sets, all or none; a secret that is not given stays as it was, unless the
    /// channel now goes by the server of all connections.
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
                secret.map { .bytes($0) } ?? .null, .textArray(channel.further),
            ])
        try session.query(
            Statements.outboxTryAgain, [.int64(connectionID), .text(channel.kind.rawValue)])
    }

    /// Turns all channels off, mail by the server of all connections included; what was not delivered is given up.
    public func turnOff() async throws(WarehouseError) {
        try await changing("turning the alerts off") { session throws(PostgresError) in
            try session.query(
                "update inflow.alert_channel set is_on = false, set_at = now() where connection_id = $1",
                [.int64(connectionID)])
            try session.query(
                """
                insert into inflow.alert_channel (connection_id, channel, is_on, url) values ($1, 'email', false, '')
                on conflict do nothing
                """, [.int64(connectionID)])
            try session.query(
                """
                update inflow.outbox set given_up_at = now(), last_error = 'The alerts were turned off.'
                where connection_id = $1 and subscription_id is null and sent_at is null and given_up_at is null
                """, [.int64(connectionID)])
        }
    }

    /// The password or signing key of a channel as it is used; `nil` where there is none.
    public func secret(of kind: AlertChannel.Kind, box: SecretBox) async throws(WarehouseError) -> String? {
        let found = try await warehouse.query(
            "select secret, is_shared from inflow.alert_route where connection_id = $1 and channel = $2",
            [.int64(connectionID), .text(kind.rawValue)], purpose: "alerts", doing: "reading the alert channels"
        ) { row throws(PostgresError) in (try row.optionalBytes("secret"), try row.bool("is_shared")) }.first
        guard let (sealed, isShared) = found, let sealed else { return nil }
        return try box.open(sealed, kind.purpose, connection: isShared ? SharedMail.bound : connectionID)
    }

    private func changing(
        _ doing: String, _ body: @escaping @Sendable (isolated PostgresConnection) throws(PostgresError) -> Void
    ) async throws(WarehouseError) {
        try await warehouse.withSession("alerts") { session throws(WarehouseError) in
            try await lifting(doing) { () async throws(PostgresError) in try await session.transaction(body) }
        }
    }
}

extension AlertChannel {
    init(_ row: PostgresResult.Row) throws(PostgresError) {
        self.init(try row.word("channel", of: "inflow.alert_channel.channel"), url: try row.text("url"))
        isOn = try row.bool("is_on")
        recipients = try row.text("recipients").split(separator: ",").map(String.init)
        further = try row.text("further").split(separator: ",").map(String.init)
        sender = try row.text("sender")
        account = try row.text("account")
        hasSecret = try row.bool("has_secret")
        isShared = try row.bool("is_shared")
    }
}
