internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// A stored pair as the table has it, encrypted.
private struct SealedPair: Sendable {
    let generation: Int64
    let access: [UInt8]
    let refresh: [UInt8]
    let issuedAt: Instant
    let accessExpiresAt: Instant
    let refreshIssuedAt: Instant

    init(_ row: PostgresResult.Row) throws(PostgresError) {
        generation = try row.int64("generation")
        access = try row.bytes("access")
        refresh = try row.bytes("refresh")
        issuedAt = try row.date("issued_at")
        accessExpiresAt = try row.date("access_expires_at")
        refreshIssuedAt = try row.date("refresh_issued_at")
    }
}

/// The pairs of tokens, each under a generation that rises by one.
extension TokenTable {
    /// Reads the pair of the highest generation; `nil` if none was ever stored.
    func newest(_ session: PostgresConnection) async throws(WarehouseError) -> StoredToken? {
        try await pair(before: .max, session)
    }

    /// The newest pair of those before a generation.
    func pair(before generation: Int64, _ session: PostgresConnection) async throws(WarehouseError) -> StoredToken? {
        let rows = try await lifting("reading the tokens") { () async throws(PostgresError) in
            try await session.query(
                """
                select generation, access, refresh, issued_at, access_expires_at, refresh_issued_at
                from inflow.token where connection_id = $1 and generation < $2
                order by generation desc limit 1
                """,
                [.int64(connectionID), .int64(generation)]
            ).read(SealedPair.init)
        }
        guard let sealed = rows.first else { return nil }
        return StoredToken(
            pair: TokenPair(
                access: try box.open(sealed.access, "access token", connection: connectionID),
                refresh: try box.open(sealed.refresh, "refresh token", connection: connectionID),
                accessExpiresAt: sealed.accessExpiresAt, issuedAt: sealed.issuedAt,
                refreshIssuedAt: sealed.refreshIssuedAt),
            generation: sealed.generation)
    }

    /// Stores a pair after all there are, if the epoch is still in force; returns its generation.
    ///
    /// Asks nothing of the keys of older pairs, which may be lost.
    /// - Throws: `token_superseded` when another process has taken the lease since.
    func store(_ pair: TokenPair, epoch: Int64, _ session: PostgresConnection) async throws(WarehouseError) -> Int64 {
        let stored = try await write(pair, session) { session, values throws(PostgresError) in
            try session.query(
                Statements.tokenStore,
                values + [.int64(epoch)]
            ).first?.int64("generation")
        }
        guard let stored else { throw superseded }
        return stored
    }

    /// Stores a pair without the lease, if its generation is still the next one; says whether it was.
    func storeNext(
        _ pair: TokenPair, generation: Int64, _ session: PostgresConnection
    ) async throws(WarehouseError) -> Bool {
        try await write(pair, session) { session, values throws(PostgresError) in
            try session.query(
                """
                insert into inflow.token (
                    connection_id, access, refresh, issued_at, access_expires_at, refresh_issued_at, generation)
                select $1, $2, $3, $4, $5, $6, $7
                where $7 = (select coalesce(max(generation), 0) + 1 from inflow.token where connection_id = $1)
                on conflict (connection_id, generation) do nothing
                returning generation
                """,
                values + [.int64(generation)]
            ).first?.int64("generation")
        } != nil
    }

    /// Writes a pair by `insert`, and with it what a new pair ends: old pairs, the attempt, the need of a consent.
    private func write(
        _ pair: TokenPair, _ session: PostgresConnection,
        insert:
            @escaping @Sendable (isolated PostgresConnection, [PostgresParameter]) throws(PostgresError) -> Int64?
    ) async throws(WarehouseError) -> Int64? {
        let id = PostgresParameter.int64(connectionID)
        let values: [PostgresParameter] = [
            id, .bytes(try box.seal(pair.access, "access token", connection: connectionID)),
            .bytes(try box.seal(pair.refresh, "refresh token", connection: connectionID)),
            .timestamp(pair.issuedAt), .timestamp(pair.accessExpiresAt), .timestamp(pair.refreshIssuedAt),
        ]
        return try await lifting("storing the tokens") { () async throws(PostgresError) in
            try await session.transaction { session throws(PostgresError) in
                // The row lock makes concurrent stores take turns.
                try session.query(
                    "select epoch from inflow.lease where connection_id = $1 and purpose = 'token' for update", [id])
                guard let generation = try insert(session, values) else { return nil }
                // The pair before the newest is kept: it is what a lost answer can be repaired with.
                try session.query(
                    "delete from inflow.token where connection_id = $1 and generation < $2",
                    [id, .int64(generation - 1)])
                try session.query("delete from inflow.token_attempt where connection_id = $1", [id])
                try session.query(
                    """
                    update inflow.connection set needs_consent_at = null, consent_reason = null
                    where id = $1 and needs_consent_at is not null
                    """, [id])
                Failpoint.pass(.tokenBeforeCommit)
                return generation
            }
        }
    }
}
