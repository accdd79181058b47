internal import Crypto
internal import Foundation
internal import Postgres

/// Encrypts and opens secrets with AES-GCM, bound to what they are and whose.
///
/// A sealed secret is: length of the key's name, the name, then nonce, ciphertext and tag. What it is bound to
/// (connection and kind) is authenticated with it, so that a secret copied to another connection does not open.
///
/// - The key lies in a file on each machine and never in the database: a copy of the database alone opens nothing. The
///   database knows the key's name only, by which a machine with the wrong file gets an error that says so, and not
///   "wrong password".
/// - A key file holds several keys, the newest last. Rotation (``SecretRotation``) writes a new key into the file
///   first, then seals every secret again in one transaction. Old keys stay in the file, for older backups of the
///   database.
/// - Every sealed column is listed in ``SecretColumn/all``. A new secret that is not listed there would be lost with
///   the first rotation; a test compares the list with the schema.
/// - A secret is opened where it is used and is never part of a value that is logged, encoded or described.
public struct SecretBox: Sendable {
    private let keys: KeyFile
    /// Name of the key that new secrets are encrypted with.
    private let current: String

    /// Whether others than its owner may read or write a key file.
    public static func isOpenToOthers(_ path: String) -> Bool { KeyFile.isOpenToOthers(path) }

    /// Opens the key file for a warehouse; makes the key at the first use of a new warehouse.
    ///
    /// `replacingLostKey` says whether a key that the warehouse names and the file lacks is given up and a new one
    /// made: what was encrypted with it must then be entered again. Without it that is `key_missing`.
    public static func open(
        _ path: String, for warehouse: Warehouse, replacingLostKey: Bool = false
    ) async throws(WarehouseError) -> SecretBox {
        try await warehouse.withSession("key check") { session throws(WarehouseError) in
            try await lifting("noting the key's name") { () async throws(PostgresError) in
                // Two first uses at once must not make two keys: one waits for the other's commit and reads its key.
                try await session.query("select pg_advisory_lock(hashtext('inflow.secret_key'))")
            }
            let named = try await lifting("reading the key's name") { () async throws(PostgresError) in
                try await session.query("select id from inflow.secret_key where is_current").first?.text("id")
            }
            var file = try KeyFile.read(path)
            if let named, file.key(named: named) != nil { return SecretBox(keys: file, current: named) }
            if let named, !replacingLostKey { throw SecretBox.missing(named, path) }
            let name = SecretBox.newKeyName
            try file.addKey(named: name)
            try await lifting("noting the key's name") { () async throws(PostgresError) in
                try await session.transaction { session throws(PostgresError) in
                    try session.execute("update inflow.secret_key set is_current = false where is_current")
                    try session.query(
                        "insert into inflow.secret_key (id, is_current) values ($1, true)", [.text(name)])
                }
            }
            return SecretBox(keys: file, current: name)
        }
    }

    /// The keys of a file, for what this machine keeps itself: opens without the warehouse.
    static func offline(_ path: String) throws(WarehouseError) -> SecretBox {
        let file = try KeyFile.read(path)
        guard let current = file.current else { throw SecretBox.missing("any", path) }
        return SecretBox(keys: file, current: current.name)
    }

    static var newKeyName: String { "key-" + UUID().uuidString.prefix(8).lowercased() }

    init(keys: KeyFile, current: String) {
        self.keys = keys
        self.current = current
    }

    static func missing(_ name: String, _ path: String) -> WarehouseError {
        WarehouseError(
            .keyMissing, subject: path,
            message:
                "The warehouse's secrets are encrypted with key \"\(name)\", which the key file \"\(path)\" of this "
                + "machine lacks. No data was changed. Copy the key file from the machine that made it, or authorise "
                + "again with the client secret in a file: \"inflow authorise NAME --client-secret-file F\", "
                + "for each connection. No record is lost.")
    }

    /// Encrypts a text for one purpose of one connection.
    func seal(_ text: String, _ purpose: String, connection: Int64) throws(WarehouseError) -> [UInt8] {
        guard let key = keys.key(named: current),
            let box = try? AES.GCM.seal(
                Array(text.utf8), using: key.key, authenticating: SecretBox.bound(purpose, connection)),
            let combined = box.combined
        else {
            throw WarehouseError(
                .keyMissing, subject: keys.path,
                message:
                    "Inflow could not encrypt the \(purpose) with the key file \"\(keys.path)\". Nothing was stored. "
                    + "Copy the key file again from the machine that made it.")
        }
        return [UInt8(key.name.utf8.count)] + Array(key.name.utf8) + Array(combined)
    }

    /// Opens what ``seal(_:_:connection:)`` made for the same purpose and connection.
    func open(_ sealed: [UInt8], _ purpose: String, connection: Int64) throws(WarehouseError) -> String {
        guard let length = sealed.first.map(Int.init), sealed.count > length + 1 else { throw unopened(purpose) }
        let name = String(decoding: sealed[1...length], as: UTF8.self)
        // A key that was added since this process began is in the file.
        var known = keys.key(named: name)
        if known == nil { known = try KeyFile.read(keys.path).key(named: name) }
        guard let key = known else { throw SecretBox.missing(name, keys.path) }
        guard let box = try? AES.GCM.SealedBox(combined: sealed[(length + 1)...]),
            let text = try? AES.GCM.open(box, using: key.key, authenticating: SecretBox.bound(purpose, connection))
        else { throw unopened(purpose) }
        return String(decoding: text, as: UTF8.self)
    }

    private func unopened(_ purpose: String) -> WarehouseError {
        WarehouseError(
            .keyMissing, subject: purpose,
            message:
                "The stored \(purpose) cannot be opened with the key of this machine. No data was changed. Copy the "
                + "right key file to \"\(keys.path)\", or authorise again.")
    }

    private static func bound(_ purpose: String, _ connection: Int64) -> [UInt8] {
        Array("inflow \(purpose) of connection \(connection)".utf8)
    }
}
