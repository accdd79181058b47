internal import Foundation
internal import Inflow
internal import Postgres

/// A refresh that was begun and whose tokens were not stored.
struct TokenAttempt: Sendable {
    /// The generation whose refresh token was sent.
    let generation: Int64
    /// The process that began the refresh, as `host, process 1234`.
    let holder: String
    /// Whether the answer is still waited for, as far as is known.
    let isOpen: Bool
    let beganAt: Instant
    /// How long ago it began, in seconds by the database's clock.
    let age: Double

    /// What is known of it, as a sentence.
    var story: String {
        "\(holder) began a refresh at \(beganAt.formatted(.iso8601)) "
            + (isOpen ? "and ended before it stored the tokens." : "and got no answer.")
    }
}

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

/// The statements on a connection's tokens and on the lease that guards them; each runs on a session it is given.
struct TokenTable: Sendable {
    let connectionID: Int64
    let connectionName: String
    let box: SecretBox

    // MARK: the lease

    /// Takes the session lock and writes the lease's row; the epoch is higher than any before.
    ///
    /// - Throws: `busy`, naming the holder, when another process keeps it longer than the session waits for locks.
    func takeLease(_ session: PostgresConnection) async throws(WarehouseError) -> Int64 {
        do throws(PostgresError) {
            try await session.query(
                "select pg_advisory_lock(hashtextextended('inflow.token ' || $1::text, 0))",
                [.text(String(connectionID))])
        } catch {
            guard error.code == .lockTimeout else {
                throw WarehouseError(error, doing: "taking the lease for a token refresh")
            }
            throw try await heldByAnother(session)
        }
        return try await lifting("taking the lease for a token refresh") { () async throws(PostgresError) in
            let rows = try await session.query(
                """
                insert into inflow.lease (connection_id, purpose, holder, epoch, heartbeat_at)
                values ($1, 'token', $2, 1, clock_timestamp())
                on conflict (connection_id, purpose) do update set
                    holder = excluded.holder, epoch = lease.epoch + 1, heartbeat_at = excluded.heartbeat_at
                returning epoch
                """,
                [.int64(connectionID), .text(ProcessIdentity.current)])
            return try rows[0].require("epoch") { $0.int64 }
        }
    }

    private func heldByAnother(_ session: PostgresConnection) async throws(WarehouseError) -> WarehouseError {
        let rows = try await lifting("looking who refreshes") { () async throws(PostgresError) in
            try await session.query(
                """
                select holder, extract(epoch from clock_timestamp() - heartbeat_at)::integer as age
                from inflow.lease where connection_id = $1 and purpose = 'token'
                """,
                [.int64(connectionID)]
            ).read { row throws(PostgresError) in (holder: try row.text("holder"), age: try row.int("age")) }
        }
        let holder = rows.first?.holder ?? "another process"
        let age = rows.first.map { ", whose last heartbeat was \($0.age) s ago" } ?? ""
        return WarehouseError(
            .busy, subject: connectionName,
            message:
                "The tokens of \"\(connectionName)\" are being refreshed by \(holder)\(age). Nothing was changed. "
                + "Try again; if it stays so, end that process.")
    }

    /// Shows that the holder of an epoch is alive; has no effect once another process has taken the lease.
    func beat(_ epoch: Int64, _ session: PostgresConnection) async throws(WarehouseError) {
        try await lifting("showing that a refresh is alive") { () async throws(PostgresError) in
            try await session.query(
                """
                update inflow.lease set heartbeat_at = clock_timestamp()
                where connection_id = $1 and purpose = 'token' and epoch = $2
                """,
                [.int64(connectionID), .int64(epoch)])
        }
    }

    // MARK: attempts

    /// The refresh that was begun and not ended, if there is one.
    func attempt(_ session: PostgresConnection) async throws(WarehouseError) -> TokenAttempt? {
        try await lifting("reading the refresh under way") { () async throws(PostgresError) in
            try await session.query(
                """
                select generation, holder, state, began_at,
                    extract(epoch from clock_timestamp() - began_at)::float8 as age
                from inflow.token_attempt where connection_id = $1
                """,
                [.int64(connectionID)]
            ).read { row throws(PostgresError) in
                let state = try row.text("state")
                return try TokenAttempt(
                    generation: row.int64("generation"), holder: row.text("holder"), isOpen: state == "asked",
                    beganAt: row.date("began_at"), age: row.double("age"))
            }.first
        }
    }

    /// Notes that the refresh token of a generation is about to be sent; only the holder of the epoch may.
    func begin(_ generation: Int64, epoch: Int64, _ session: PostgresConnection) async throws(WarehouseError) {
        let noted = try await lifting("noting a refresh") { () async throws(PostgresError) in
            try await session.query(
                """
                insert into inflow.token_attempt (connection_id, generation, holder, state)
                select $1, $2, $3, 'asked'
                from inflow.lease
                where connection_id = $1 and purpose = 'token' and epoch = $4
                on conflict (connection_id) do update set
                    generation = excluded.generation, holder = excluded.holder, state = excluded.state,
                    began_at = clock_timestamp()
                """,
                [.int64(connectionID), .int64(generation), .text(ProcessIdentity.current), .int64(epoch)]
            ).affectedRows
        }
        guard noted == 1 else { throw superseded }
    }

    /// Notes how an attempt ended that stored nothing: with an answer, or without one.
    func end(answered: Bool, epoch: Int64, _ session: PostgresConnection) async throws(WarehouseError) {
        let change =
            answered ? "delete from inflow.token_attempt" : "update inflow.token_attempt set state = 'unanswered'"
        try await lifting("noting the end of a refresh") { () async throws(PostgresError) in
            try await session.query(
                """
                \(change)
                where connection_id = $1
                    and exists (
                        select from inflow.lease where connection_id = $1 and purpose = 'token' and epoch = $2)
                """,
                [.int64(connectionID), .int64(epoch)])
        }
    }

    // MARK: pairs

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
                """
                insert into inflow.token (
                    connection_id, access, refresh, issued_at, access_expires_at, refresh_issued_at, generation)
                select $1, $2, $3, $4, $5, $6,
                    (select coalesce(max(generation), 0) + 1 from inflow.token where connection_id = $1)
                from inflow.lease
                where connection_id = $1 and purpose = 'token' and epoch = $7
                returning generation
                """,
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

    // MARK: consent

    /// Why a person must authorise again, and since when; `nil` when no one needs to.
    func neededConsent(
        _ session: PostgresConnection
    ) async throws(WarehouseError) -> (since: Instant, reason: String)? {
        let rows = try await lifting("reading whether consent is needed") { () async throws(PostgresError) in
            try await session.query(
                "select needs_consent_at, consent_reason from inflow.connection where id = $1",
                [.int64(connectionID)]
            ).read { row throws(PostgresError) in
                (since: try row.optionalDate("needs_consent_at"), reason: try row.optionalText("consent_reason"))
            }
        }
        guard let need = rows.first, let since = need.since else { return nil }
        return (since, need.reason ?? "")
    }

    /// Notes that a person has authorised.
    func noteConsent(_ session: PostgresConnection) async throws(WarehouseError) {
        try await lifting("noting a consent") { () async throws(PostgresError) in
            _ = try await session.query(
                "update inflow.connection set consented_at = clock_timestamp() where id = $1", [.int64(connectionID)])
        }
    }

    /// Notes that only a person can help now, unless a newer pair was stored meanwhile or the epoch is over.
    func needConsent(
        _ reason: String, generation: Int64, epoch: Int64, _ session: PostgresConnection
    ) async throws(WarehouseError) {
        let id = PostgresParameter.int64(connectionID)
        let parameters: [PostgresParameter] = [id, .text(reason), .int64(generation), .int64(epoch)]
        try await lifting("noting that consent is needed") { () async throws(PostgresError) in
            try await session.transaction { session throws(PostgresError) in
                try session.query(
                    "select epoch from inflow.lease where connection_id = $1 and purpose = 'token' for update", [id])
                try session.query(
                    """
                    update inflow.connection set needs_consent_at = clock_timestamp(), consent_reason = $2
                    where id = $1
                        and not exists (select from inflow.token where connection_id = $1 and generation > $3)
                        and exists (
                            select from inflow.lease where connection_id = $1 and purpose = 'token' and epoch = $4)
                    """, parameters)
                try session.query("delete from inflow.token_attempt where connection_id = $1", [id])
            }
        }
    }

    private var superseded: WarehouseError {
        WarehouseError(
            .tokenSuperseded, subject: connectionName,
            message:
                "Another process refreshed the tokens of \"\(connectionName)\" at the same time; its tokens stand.")
    }
}
