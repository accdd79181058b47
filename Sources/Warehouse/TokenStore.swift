public import Inflow
internal import Foundation
internal import Postgres

/// Keeps a connection's tokens, encrypted, and lets one holder at a time over all processes replace them.
///
/// The lease is a session advisory lock, which dies with its process, together with a row whose epoch rises each time the
/// lock is taken. The new pair is stored in a transaction that checks the epoch: a holder that lost its session cannot
/// store any more. What was stored is committed before it is returned, so before it is used.
public struct TokenStore: TokenVault {
    private let warehouse: Warehouse
    private let connectionID: Int64
    private let connectionName: String
    private let box: SecretBox

    /// The tokens of a connection.
    public init(_ warehouse: Warehouse, connection: Connection, box: SecretBox) {
        self.warehouse = warehouse
        connectionID = connection.id
        connectionName = connection.name
        self.box = box
    }

    /// The newest stored pair, or `nil` when the connection was never authorised.
    public func current() async throws(SourceError) -> StoredToken? {
        try await telling { () async throws(WarehouseError) in
            try await warehouse.withSession("token") { session throws(WarehouseError) in try await newest(session) }
        }
    }

    /// Stores a first pair, or one from a new consent, whatever was there.
    public func store(_ pair: TokenPair) async throws(WarehouseError) {
        try await warehouse.withSession("token") { session throws(WarehouseError) in
            let epoch = try await takeLease(session)
            let generation = try await newestGeneration(session)
            try await insert(pair, generation: generation + 1, epoch: epoch, session)
        }
    }

    /// Replaces the pair of a generation by what `exchange` returns; see ``TokenVault``.
    public func replace(
        generation: Int64, by exchange: @Sendable (TokenPair) async throws(SourceError) -> TokenPair
    ) async throws(SourceError) -> StoredToken {
        let session = try await telling { () async throws(WarehouseError) in
            try await warehouse.session("token refresh", lockTimeout: "120s")
        }
        do throws(SourceError) {
            let stored = try await replace(generation, exchange, session)
            await session.close()
            return stored
        } catch {
            await session.close()
            throw error
        }
    }

    private func replace(
        _ generation: Int64, _ exchange: @Sendable (TokenPair) async throws(SourceError) -> TokenPair,
        _ session: PostgresConnection
    ) async throws(SourceError) -> StoredToken {
        let (epoch, found) = try await telling { () async throws(WarehouseError) -> (Int64, StoredToken?) in
            (try await takeLease(session), try await newest(session))
        }
        guard let found else { throw notAuthorised }
        if found.generation != generation { return found }
        let pair = try await exchange(found.pair)
        let next = StoredToken(pair: pair, generation: found.generation + 1)
        try await storeWithPatience(next, epoch, session)
        return next
    }

    /// Stores a pair the platform has already rotated to: losing it would cost a consent, so a lost session is replaced.
    private func storeWithPatience(
        _ next: StoredToken, _ epoch: Int64, _ session: PostgresConnection
    ) async throws(SourceError) {
        do throws(WarehouseError) {
            try await insert(next.pair, generation: next.generation, epoch: epoch, session)
        } catch {
            guard error.code != .tokenSuperseded else { throw lift(error) }
            try await telling { () async throws(WarehouseError) in
                try await warehouse.withSession("token") { session throws(WarehouseError) in
                    let epoch = try await takeLease(session)
                    // The commit may have taken place although its answer was lost.
                    if try await newest(session)?.generation == next.generation { return }
                    try await insert(next.pair, generation: next.generation, epoch: epoch, session)
                }
            }
        }
    }

    // MARK: statements

    private func takeLease(_ session: PostgresConnection) async throws(WarehouseError) -> Int64 {
        try await lifting("taking the lease for a token refresh") { () async throws(PostgresError) in
            try await session.query(
                "select pg_advisory_lock(hashtextextended('inflow.token ' || $1::text, 0))",
                [.text(String(connectionID))])
            let rows = try await session.query(
                """
                insert into inflow.lease (connection_id, purpose, holder, epoch, heartbeat_at)
                values ($1, 'token', $2, 1, clock_timestamp())
                on conflict (connection_id, purpose) do update set
                    holder = excluded.holder, epoch = lease.epoch + 1, heartbeat_at = excluded.heartbeat_at
                returning epoch
                """,
                [.int64(connectionID), .text(Holder.current)])
            return try rows[0].require("epoch") { $0.int64 }
        }
    }

    private func newest(_ session: PostgresConnection) async throws(WarehouseError) -> StoredToken? {
        let rows = try await lifting("reading the tokens") { () async throws(PostgresError) in
            try await session.query(
                """
                select generation, access, refresh, issued_at, access_expires_at
                from inflow.token where connection_id = $1 order by generation desc limit 1
                """,
                [.int64(connectionID)])
        }
        guard let row = rows.first, let generation = row["generation"].int64, let access = row["access"].rawBytes,
            let refresh = row["refresh"].rawBytes, let issued = row["issued_at"].date,
            let expires = row["access_expires_at"].date
        else { return nil }
        return StoredToken(
            pair: TokenPair(
                access: try box.open(access, "access token", connection: connectionID),
                refresh: try box.open(refresh, "refresh token", connection: connectionID),
                accessExpiresAt: expires, issuedAt: issued),
            generation: generation)
    }

    /// Zero where there is none; asks nothing of the key, which may be lost.
    private func newestGeneration(_ session: PostgresConnection) async throws(WarehouseError) -> Int64 {
        try await lifting("reading the tokens") { () async throws(PostgresError) in
            try await session.query(
                "select coalesce(max(generation), 0) as generation from inflow.token where connection_id = $1",
                [.int64(connectionID)])[0].require("generation") { $0.int64 }
        }
    }

    private func insert(
        _ pair: TokenPair, generation: Int64, epoch: Int64, _ session: PostgresConnection
    ) async throws(WarehouseError) {
        let access = try box.seal(pair.access, "access token", connection: connectionID)
        let refresh = try box.seal(pair.refresh, "refresh token", connection: connectionID)
        let stored = try await lifting("storing the tokens") { () async throws(PostgresError) in
            try await session.transaction { session throws(PostgresError) in
                let inserted = try session.query(
                    """
                    insert into inflow.token (
                        connection_id, generation, access, refresh, issued_at, access_expires_at)
                    select $1, $2, $3, $4, $5, $6
                    from inflow.lease
                    where connection_id = $1 and purpose = 'token' and epoch = $7
                    on conflict (connection_id, generation) do nothing
                    """,
                    [
                        .int64(connectionID), .int64(generation), .bytes(access), .bytes(refresh),
                        .timestamp(pair.issuedAt), .timestamp(pair.accessExpiresAt), .int64(epoch),
                    ])
                // The pair before the newest is kept: it is what a lost answer can be repaired with.
                try session.query(
                    "delete from inflow.token where connection_id = $1 and generation < $2",
                    [.int64(connectionID), .int64(generation - 1)])
                return inserted.affectedRows == 1
            }
        }
        guard stored else {
            throw WarehouseError(
                .tokenSuperseded, subject: connectionName,
                message:
                    "Another process refreshed the tokens of \"\(connectionName)\" at the same time; its tokens stand.")
        }
    }

    // MARK: words

    private var notAuthorised: SourceError {
        SourceError(
            .consentNeeded, subject: connectionName,
            message:
                "Connection \"\(connectionName)\" has no tokens yet. Nothing was read. Put a refresh token in a file and run "
                + "\"inflow connection authorise \(connectionName) --refresh-token-file FILE\".")
    }

    private func lift(_ error: WarehouseError) -> SourceError {
        SourceError(
            error.code == .cancelled ? .cancelled : .tokenStore, subject: "tokens of \(connectionName)",
            message: error.message, detail: error.cause?.detail ?? "")
    }

    private func telling<T>(_ body: () async throws(WarehouseError) -> T) async throws(SourceError) -> T {
        do throws(WarehouseError) {
            return try await body()
        } catch {
            throw lift(error)
        }
    }
}

/// This process, as other processes are told of it.
public enum Holder {
    /// `host, process 1234`.
    public static let current =
        "\(ProcessInfo.processInfo.hostName), process \(ProcessInfo.processInfo.processIdentifier)"
}
