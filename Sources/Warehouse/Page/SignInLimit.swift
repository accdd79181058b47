internal import Crypto
internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// Limits how often signing in is tried, by account and by address, for all servers of a warehouse together.
///
/// A try is counted as a failure before the password is compared, and taken back when it fits: so a hundred tries at
/// once are no more than one after the other. An account that does not exist is counted like any other.
struct SignInLimit: Sendable {
    private let warehouse: Warehouse

    init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// A try that was counted.
    struct Attempt: Sendable, Hashable {
        fileprivate let keys: [Key]
        /// Until when the next tries wait, if this one fails; `nil` where they need not.
        let locksUntil: Instant?
    }

    fileprivate struct Key: Sendable, Hashable {
        let kind: SignInCount.Kind
        let subject: String
    }

    /// Whether a password may be compared.
    enum Turn: Sendable, Hashable {
        case mayTry(Attempt)
        case locked(until: Instant)
    }

    /// Counts a try on an account, by its folded name, from an address; counts nothing where one of them is locked.
    func begin(account: String, address: String) async throws(WarehouseError) -> Turn {
        try await begin([SignInLimit.account(account), Key(kind: .address, subject: SignInAddress.counted(address))])
    }

    /// Counts a token of the API that is not good, from an address; counts nothing where that is locked.
    func begin(apiAddress address: String) async throws(WarehouseError) -> Turn {
        try await begin([Key(kind: .address, subject: "api " + SignInAddress.counted(address))])
    }

    private func begin(_ keys: [Key]) async throws(WarehouseError) -> Turn {
        try await locking(keys) { now, session throws(PostgresError) in
            var counts: [SignInCount?] = []
            for key in keys { counts.append(try SignInLimit.read(key, session)) }
            if let end = counts.compactMap({ $0?.lock(at: now) }).max() { return .locked(until: end) }
            var ends: [Instant] = []
            for (key, count) in zip(keys, counts) {
                let next = SignInCount.adding(count, key.kind, at: now)
                try SignInLimit.write(next, key, session)
                if let end = next.lock(at: now) { ends.append(end) }
            }
            return .mayTry(Attempt(keys: keys, locksUntil: ends.max()))
        }
    }

    /// Notes that the password fitted: the account's failures are forgotten, and the address has one less.
    ///
    /// The address keeps the others, so that somebody with an account cannot go on guessing at those of others.
    func succeed(_ attempt: Attempt) async throws(WarehouseError) {
        try await end(attempt, forgettingAccount: true)
    }

    /// Takes a try back that nothing came of: no password was compared.
    func takeBack(_ attempt: Attempt) async throws(WarehouseError) {
        try await end(attempt, forgettingAccount: false)
    }

    private func end(_ attempt: Attempt, forgettingAccount: Bool) async throws(WarehouseError) {
        try await locking(attempt.keys) { _, session throws(PostgresError) in
            for key in attempt.keys {
                let forgets = forgettingAccount && key.kind == .account
                guard !forgets, let count = try SignInLimit.read(key, session)?.withoutOne(key.kind), count.failures > 0
                else {
                    try SignInLimit.forget(key, session)
                    continue
                }
                try SignInLimit.write(count, key, session)
            }
        }
    }

    /// Forgets the failures of an account, within a transaction: an admin has set its password or enabled it.
    static func forget(account: String, _ session: isolated PostgresConnection) throws(PostgresError) {
        try forget(SignInLimit.account(account), session)
    }

    // MARK: rows

    /// The name is kept as a hash: people type passwords into the wrong field.
    private static func account(_ folded: String) -> Key {
        Key(kind: .account, subject: Array(SHA256.hash(data: Data(folded.utf8))).hexadecimal)
    }

    /// Runs a transaction that no other about the same account or address runs beside.
    @discardableResult
    private func locking<T: Sendable>(
        _ keys: [Key], _ body: @escaping @Sendable (Instant, isolated PostgresConnection) throws(PostgresError) -> T
    ) async throws(WarehouseError) -> T {
        try await warehouse.transaction(purpose: "sign-in", doing: "counting tries at signing in") {
            session throws(PostgresError) in
            // Always the account first, so that two never wait for each other.
            for key in keys {
                try session.query(
                    "select pg_advisory_xact_lock(hashtextextended($1, 0))",
                    [.text("inflow.sign_in \(key.kind) \(key.subject)")])
            }
            return try body(try session.query("select clock_timestamp() as now")[0].date("now"), session)
        }
    }

    private static func read(
        _ key: Key, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> SignInCount? {
        try session.query(
            """
            select failures, first_failed_at, last_failed_at, locked_until
            from inflow.sign_in_limit where kind = $1 and subject = $2
            """, [.text(key.kind.rawValue), .text(key.subject)]
        ).read { row throws(PostgresError) in
            SignInCount(
                failures: try row.int("failures"), firstFailedAt: try row.date("first_failed_at"),
                lastFailedAt: try row.date("last_failed_at"), lockedUntil: try row.optionalDate("locked_until"))
        }.first
    }

    private static func write(
        _ count: SignInCount, _ key: Key, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        try session.query(
            Statements.signInCount,
            [
                .text(key.kind.rawValue), .text(key.subject), .int(count.failures), .timestamp(count.firstFailedAt),
                .timestamp(count.lastFailedAt), count.lockedUntil.map { .timestamp($0) } ?? .null,
            ])
    }

    private static func forget(_ key: Key, _ session: isolated PostgresConnection) throws(PostgresError) {
        try session.query(
            "delete from inflow.sign_in_limit where kind = $1 and subject = $2",
            [.text(key.kind.rawValue), .text(key.subject)])
    }
}
