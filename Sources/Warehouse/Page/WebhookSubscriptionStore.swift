public import Inflow
internal import Postgres
internal import SQLFiles

/// What an outside program is told of, about a connection; never carries the secret.
public struct WebhookSubscription: Sendable, Hashable {
    /// Number of the subscription.
    public let id: Int64
    /// What is posted to.
    public let url: String
    /// The events it is told of.
    public let events: Set<WebhookEvent>
    /// The one entity it is about; `nil` is all.
    public let entity: String?
    /// When it was made.
    public let createdAt: Instant
    /// Who made it.
    public let createdBy: String

    /// The events of a row; a word that this Inflow does not know is an error.
    fileprivate static func events(_ row: PostgresResult.Row) throws(PostgresError) -> Set<WebhookEvent> {
        var events: Set<WebhookEvent> = []
        for word in try row.text("events").split(separator: ",").map(String.init) {
            events.insert(
                try row.known("events", of: "inflow.webhook_subscription.events", as: "event") { _ in
                    WebhookEvent(rawValue: word)
                })
        }
        return events
    }
}

/// Keeps which outside programs are told of a connection's runs and records; their secrets stay encrypted.
public struct WebhookSubscriptionStore: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection
    /// What a secret is bound to when it is encrypted.
    static let purpose = "webhook subscription secret"

    /// The subscriptions of a connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// All of them, the oldest first.
    public func list() async throws(WarehouseError) -> [WebhookSubscription] {
        try await warehouse.query(
            Statements.webhookSubscriptions, of: connection, purpose: "webhooks", doing: "reading webhooks"
        ) { row throws(PostgresError) in
            WebhookSubscription(
                id: try row.int64("id"), url: try row.text("url"), events: try WebhookSubscription.events(row),
                entity: try row.optionalText("entity"), createdAt: try row.date("created_at"),
                createdBy: try row.text("created_by"))
        }
    }

    /// Adds one with the secret that signs its messages, and gives its number; `events` must not be empty.
    public func add(
        url: String, secret: String, events: Set<WebhookEvent>, entity: String?, box: SecretBox, by doer: Doer
    ) async throws(WarehouseError) -> Int64 {
        let sealed = try box.seal(secret, WebhookSubscriptionStore.purpose, connection: connection.id)
        let parameters: [PostgresParameter] = [
            .int64(connection.id), .text(url), .bytes(sealed), .textArray(events.map(\.rawValue).sorted()),
            entity.map { .text($0) } ?? .null, .text(doer.actor.name),
        ]
        // The address may hold a key in its query; the log names the host's part only.
        let entry = AuditEntry(
            .webhookAdded, by: doer, connection: connection.name,
            subject: String(url.prefix { $0 != "?" && $0 != "#" }),
            details: ["events": events.map(\.rawValue).sorted().joined(separator: ", "), "entity": entity ?? "all"])
        return try await warehouse.transaction(purpose: "webhooks", doing: "adding a webhook") {
            session throws(PostgresError) in
            let id = try session.query(
                """
                insert into inflow.webhook_subscription (connection_id, url, secret, events, entity, created_by)
                values ($1, $2, $3, $4, $5, $6) returning id
                """, parameters)[0].int64("id")
            try AuditLog.write(entry, session)
            return id
        }
    }

    /// Removes one by its number.
    ///
    /// - Throws: `unknown_account` where the connection has no such subscription.
    public func remove(_ id: Int64, by doer: Doer) async throws(WarehouseError) {
        let connection = connection
        let isRemoved = try await warehouse.transaction(purpose: "webhooks", doing: "removing a webhook") {
            session throws(PostgresError) in
            let removed = try session.query(
                "delete from inflow.webhook_subscription where connection_id = $1 and id = $2",
                [.int64(connection.id), .int64(id)])
            guard removed.affectedRows > 0 else { return false }
            try AuditLog.write(
                AuditEntry(.webhookRemoved, by: doer, connection: connection.name, subject: "\(id)"), session)
            return true
        }
        guard isRemoved else {
            throw WarehouseError(
                .unknownAccount, subject: "\(id)",
                message: "\"\(connection.name)\" has no webhook \(id). Nothing was changed.")
        }
    }

    /// Where the messages of one go, and the secret that signs them; `nil` where it was removed.
    public static func receiver(
        of id: Int64, connection: Int64, in warehouse: Warehouse, box: SecretBox
    ) async throws(WarehouseError) -> (url: String, secret: String)? {
        let found = try await warehouse.query(
            "select url, secret from inflow.webhook_subscription where connection_id = $1 and id = $2",
            [.int64(connection), .int64(id)], purpose: "webhooks", doing: "reading webhooks"
        ) { row throws(PostgresError) in (url: try row.text("url"), sealed: try row.bytes("secret")) }.first
        guard let found else { return nil }
        return (found.url, try box.open(found.sealed, purpose, connection: connection))
    }

    /// The secret that signs the messages of one; `nil` where it was removed.
    public func secret(of id: Int64, box: SecretBox) async throws(WarehouseError) -> String? {
        let sealed = try await warehouse.query(
            "select secret from inflow.webhook_subscription where connection_id = $1 and id = $2", of: connection,
            [.int64(id)], purpose: "webhooks", doing: "reading webhooks"
        ) { row throws(PostgresError) in try row.bytes("secret") }.first
        guard let sealed else { return nil }
        return try box.open(sealed, WebhookSubscriptionStore.purpose, connection: connection.id)
    }
}
