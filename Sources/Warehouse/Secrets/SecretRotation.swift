internal import Foundation
internal import Postgres

/// A column whose values are sealed by ``SecretBox``.
struct SecretColumn: Sendable, Hashable {
    /// The table, with its schema.
    let table: String
    /// The columns of the table's primary key, by which a row is written back.
    let key: [String]
    /// The column with the connection that the secret is bound to; `nil` is bound to none (0).
    let connection: String?
    /// The column of the sealed secret.
    let column: String
    /// What it is, as it was sealed.
    let purpose: String
    /// Which rows hold a secret of this purpose, as SQL; `nil` is all.
    var rows: String?

    /// Every secret of the warehouse: a new one is added here, and then goes with each rotation.
    static let all: [SecretColumn] = [
        SecretColumn(
            table: "inflow.connection_secret", key: ["connection_id"], connection: "connection_id",
            column: "client_secret", purpose: "client secret"),
        SecretColumn(
            table: "inflow.token", key: ["connection_id", "generation"], connection: "connection_id", column: "access",
            purpose: "access token"),
        SecretColumn(
            table: "inflow.token", key: ["connection_id", "generation"], connection: "connection_id",
            column: "refresh", purpose: "refresh token"),
        SecretColumn(
            table: "inflow.alert_channel", key: ["connection_id", "channel"], connection: "connection_id",
            column: "secret", purpose: AlertChannel.Kind.email.purpose, rows: "channel = 'email'"),
        SecretColumn(
            table: "inflow.alert_channel", key: ["connection_id", "channel"], connection: "connection_id",
            column: "secret", purpose: AlertChannel.Kind.webhook.purpose, rows: "channel = 'webhook'"),
        SecretColumn(
            table: "inflow.mail_server", key: ["id"], connection: nil, column: "secret",
            purpose: AlertChannel.Kind.email.purpose),
        SecretColumn(
            table: "inflow.webhook_subscription", key: ["id"], connection: "connection_id", column: "secret",
            purpose: WebhookSubscriptionStore.purpose),
    ]
}

/// Gives all secrets of a warehouse a new key.
public struct SecretRotation: Sendable {
    /// The result of a rotation: the new key, and how many secrets it now seals.
    public struct Outcome: Sendable {
        /// Name of the new key.
        public let key: String
        /// How many secrets were encrypted anew.
        public let secrets: Int
        /// Other machines that have lately used this warehouse, whose key files must be renewed.
        public let machines: [String]
    }

    private let warehouse: Warehouse
    private let path: String

    /// A rotation of the keys in a file; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, keyFile path: String) {
        self.warehouse = warehouse
        self.path = path
    }

    /// Adds a key to the file and encrypts every secret with it, in one transaction.
    ///
    /// The file is written first: where the transaction then fails it holds a key that nothing uses. Old keys stay in
    /// it, for backups of the database that were made before.
    /// - Throws: `key_missing` when a secret cannot be opened; then nothing was changed in the warehouse.
    public func run() async throws(WarehouseError) -> Outcome {
        try await warehouse.withSession("key rotation") { session throws(WarehouseError) in
            try await lifting("waiting for the keys") { () async throws(PostgresError) in
                try await session.query("select pg_advisory_lock(hashtext('inflow.secret_key'))")
            }
            let named = try await lifting("reading the key's name") { () async throws(PostgresError) in
                try await session.query("select id from inflow.secret_key where is_current").first?.text("id")
            }
            var file = try KeyFile.read(path)
            if let named, file.key(named: named) == nil { throw SecretBox.missing(named, path) }
            let name = SecretBox.newKeyName
            try file.addKey(named: name)
            let box = SecretBox(keys: file, current: name)
            let count = try await session.transaction(lifting: { WarehouseError($0, doing: "encrypting anew") }) {
                session throws(WarehouseError) in
                // Before anything else, so that a refresh about to store waits here and not in the middle.
                try lifting("encrypting secrets anew") {
                    () throws(PostgresError) in
                    try session.execute("lock table inflow.token in share row exclusive mode")
                }
                var count = 0
                for secret in SecretColumn.all { count += try SecretRotation.renew(secret, box, session) }
                try SecretRotation.note(name, session)
                return count
            }
            return Outcome(key: name, secrets: count, machines: try await machines(session))
        }
    }

    private static func renew(
        _ secret: SecretColumn, _ box: SecretBox, _ session: isolated PostgresConnection
    ) throws(WarehouseError) -> Int {
        let key = secret.key.map(quoted).joined(separator: ", ")
        let rows = try lifting("encrypting secrets anew") {
            () throws(PostgresError) in
            try session.query(
                """
                select \(secret.connection.map(quoted) ?? "0") as bound_to, \(quoted(secret.column)) as sealed, \(key)
                from \(quoted(secret.table)) where length(\(quoted(secret.column))) > 0 and \(secret.rows ?? "true")
                for update
                """)
        }
        let matches = secret.key.enumerated().map { "\(quoted($1)) = $\($0 + 2)" }.joined(separator: " and ")
        for row in rows {
            let (connection, sealed, values) = try lifting("encrypting secrets anew") {
                () throws(PostgresError) in
                (try row.int64("bound_to"), try row.bytes("sealed"), try SecretRotation.key(of: row, secret))
            }
            let text = try box.open(sealed, secret.purpose, connection: connection)
            let anew = try box.seal(text, secret.purpose, connection: connection)
            try lifting("encrypting secrets anew") {
                () throws(PostgresError) in
                try session.query(
                    "update \(quoted(secret.table)) set \(quoted(secret.column)) = $1 where \(matches)",
                    [.bytes(anew)] + values)
            }
        }
        return rows.count
    }

    /// The values of a row's primary key as they are bound: numbers as numbers, all else as text.
    private static func key(
        of row: PostgresResult.Row, _ secret: SecretColumn
    ) throws(PostgresError) -> [PostgresParameter] {
        var values: [PostgresParameter] = []
        for name in secret.key {
            values.append(try row.require(name) { $0.int64.map { .int64($0) } ?? $0.string.map { .text($0) } })
        }
        return values
    }

    private static func note(_ name: String, _ session: isolated PostgresConnection) throws(WarehouseError) {
        try lifting("encrypting secrets anew") {
            () throws(PostgresError) in
            try session.execute("update inflow.secret_key set is_current = false where is_current")
            try session.query("insert into inflow.secret_key (id, is_current) values ($1, true)", [.text(name)])
        }
    }

    /// Machines that ran or refreshed something in the last 90 days, this one left out.
    private func machines(_ session: PostgresConnection) async throws(WarehouseError) -> [String] {
        let rows = try await lifting("looking which machines use the warehouse") { () async throws(PostgresError) in
            try await session.query(
                """
                select holder from inflow.lease where heartbeat_at > now() - interval '90 days'
                union select holder from inflow.run where started_at > now() - interval '90 days'
                """
            ).texts("holder")
        }
        let hosts = Set(rows.map(ProcessIdentity.host))
        return hosts.subtracting([ProcessIdentity.host(of: ProcessIdentity.current)]).sorted()
    }
}
