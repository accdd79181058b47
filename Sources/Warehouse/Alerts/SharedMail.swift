internal import Inflow
internal import Postgres
internal import SQLFiles

/// The mail server of all connections: set once, used by each that has none of its own, also by one that is added
/// later.
///
/// Its password is bound to no connection, so it opens for each; a connection with a server of its own never sends it
/// there.
public struct SharedMail: Sendable {
    private let warehouse: Warehouse
    /// The number in place of a connection's to which the password is bound.
    static let bound: Int64 = 0

    /// The mail server of a warehouse; reads nothing before it is asked.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// The server with sender and default recipients; `nil` where none was set.
    public func read() async throws(WarehouseError) -> AlertChannel? {
        try await warehouse.query(
            """
            select 'email' as channel, is_on, url, array_to_string(recipients, ',') as recipients, '' as further,
                sender, account, secret is not null as has_secret, true as is_shared
            from inflow.mail_server
            """, purpose: "alerts", doing: "reading the mail server"
        ) { row throws(PostgresError) in try AlertChannel(row) }.first
    }

    /// Stores server, sender and default recipients; a password that is not given stays as it was.
    ///
    /// Messages that were given up on it are tried again as ``AlertChannels/set(_:box:)`` does.
    public func set(_ channel: AlertChannel, secret: String?, box: SecretBox) async throws(WarehouseError) {
        var sealed: [UInt8]?
        if let secret { sealed = try box.seal(secret, AlertChannel.Kind.email.purpose, connection: SharedMail.bound) }
        let parameters: [PostgresParameter] = [
            .bool(channel.isOn), .text(channel.url), .textArray(channel.recipients), .text(channel.sender),
            .text(channel.account), sealed.map { .bytes($0) } ?? .null,
        ]
        try await warehouse.transaction(purpose: "alerts", doing: "storing the mail server") {
            session throws(PostgresError) in
            try session.query(Statements.mailServerSet, parameters)
            let users = try session.query(
                "select connection_id from inflow.alert_route where is_shared and is_on order by 1"
            ).int64s("connection_id")
            for connection in users {
                try session.query(
                    Statements.outboxTryAgain, [.int64(connection), .text(AlertChannel.Kind.email.rawValue)])
            }
        }
    }

    /// Turns it off: connections without a server of their own send no mail; messages that wait for it are given up.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func turnOff() async throws(WarehouseError) -> Bool {
        try await warehouse.transaction(purpose: "alerts", doing: "turning the mail server off") {
            session throws(PostgresError) in
            try session.query(
                """
                update inflow.outbox o set given_up_at = now(), last_error = 'The mail server was turned off.'
                from inflow.alert_route r
                where r.connection_id = o.connection_id and r.channel = o.channel and r.is_shared
                    and o.sent_at is null and o.given_up_at is null
                """)
            return try session.query("update inflow.mail_server set is_on = false, set_at = now()").affectedRows > 0
        }
    }

    /// Its password; `nil` where there is none.
    public func secret(box: SecretBox) async throws(WarehouseError) -> String? {
        let sealed = try await warehouse.query(
            "select secret from inflow.mail_server", purpose: "alerts", doing: "reading the mail server"
        ) { row throws(PostgresError) in try row.optionalBytes("secret") }.first
        guard let sealed, let bytes = sealed else { return nil }
        return try box.open(bytes, AlertChannel.Kind.email.purpose, connection: SharedMail.bound)
    }
}
