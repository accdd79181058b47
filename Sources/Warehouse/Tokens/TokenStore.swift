public import Inflow
internal import Foundation
internal import Postgres

/// Keeps a connection's tokens, encrypted, and lets one holder at a time over all processes and machines replace them.
///
/// A refresh token of this platform can be spent once: the answer brings the next one, and the old one is dead from
/// then on. So two processes that refresh at once, or one that loses the answer, would cost a person's consent.
/// Therefore:
///
/// - The ``Lease`` ends with its process, or when that falls silent, and its epoch rises each time it is taken. Every
///   commit of the holder checks the epoch: a holder that lost its session without noticing writes nothing.
/// - Before the platform is asked, a ``TokenAttempt`` is committed. The next process then knows of a refresh whose end
///   is unknown, and waits for one that may still save its answer.
/// - The answer is committed before it is returned, so before it is used. Where that commit fails, the pair is saved
///   over new sessions for two minutes, if its generation is still the next one.
/// - The pair before the newest is kept: a platform with a grace period still takes it when an answer was lost.
///
/// A lock of the file system is not enough: there are several machines.
public struct TokenStore: TokenVault {
    private let warehouse: Warehouse
    let table: TokenTable
    /// The clock of what a person reads.
    private let zone: TimeZone
    /// Pauses between tries to save a pair whose commit failed; two minutes in all.
    private let savePauses: [Duration] =
        [.zero, .milliseconds(250), .seconds(1), .seconds(4)]
        + Array(repeating: .seconds(16), count: 7)
    /// How long the answer to another living process's refresh is waited for, in seconds from its beginning.
    private static let patience = 15.0

    /// The tokens of a connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, connection: Connection, box: SecretBox) {
        self.warehouse = warehouse
        zone = connection.settings.timeZone
        table = TokenTable(connectionID: connection.id, connectionName: connection.name, box: box)
    }

    /// The newest stored pair, or `nil` when the connection was never authorised.
    public func current() async throws(SourceError) -> StoredToken? {
        try await asSourceError { () async throws(WarehouseError) in
            try await warehouse.withSession("token") { session throws(WarehouseError) in
                try await table.newest(session)
            }
        }
    }

    /// Stores a first pair, or one from a new consent, whatever was there, and clears the mark that a person must
    /// consent.
    public func store(_ pair: TokenPair) async throws(WarehouseError) {
        let session = try await warehouse.session("token", lockTimeout: "180s")
        do throws(WarehouseError) {
            let epoch = try await table.takeLease(session)
            _ = try await table.store(pair, epoch: epoch, session)
            try await table.noteConsent(session)
            await session.close()
        } catch {
            await session.close()
            throw error
        }
    }

    /// Notes that a person must authorise the connection again, and why.
    public func needConsent(_ reason: String) async throws(WarehouseError) {
        try await warehouse.withSession("token") { session throws(WarehouseError) in
            let epoch = try await table.takeLease(session)
            try await table.needConsent(reason, generation: .max, epoch: epoch, session)
        }
    }

    /// Replaces the pair of a generation by what `exchange` returns; see ``TokenVault``.
    ///
    /// Throws `consentNeeded` without an exchange where a person is waited for already.
    public func replace(
        generation: Int64, by exchange: @Sendable (TokenPair) async throws(SourceError) -> TokenPair
    ) async throws(SourceError) -> StoredToken {
        let session = try await asSourceError { () async throws(WarehouseError) in
            try await warehouse.session("token refresh", lockTimeout: "180s")
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

    // MARK: a refresh

    private func replace(
        _ generation: Int64, _ exchange: @Sendable (TokenPair) async throws(SourceError) -> TokenPair,
        _ session: PostgresConnection
    ) async throws(SourceError) -> StoredToken {
        let (epoch, found, need) = try await asSourceError { () async throws(WarehouseError) in
            (
                try await table.takeLease(session), try await table.newest(session),
                try await table.neededConsent(session)
            )
        }
        Failpoint.pass(.tokenLeased)
        guard let found else { throw notAuthorised }
        if found.generation != generation { return found }
        if let need { throw needed(need.reason, detail: "since \(need.since.named(in: zone))") }
        let (before, saved) = try await asSourceError { () async throws(WarehouseError) in
            try await awaitOther(than: found, session)
        }
        if let saved { return saved }
        let heart = table.heartbeat(epoch, session)
        defer { heart.cancel() }
        try await asSourceError { () async throws(WarehouseError) in
            try await table.begin(found.generation, epoch: epoch, session)
        }
        Failpoint.pass(.tokenBeforeExchange)
        let pair: TokenPair
        do throws(SourceError) {
            pair = try await exchange(found.pair)
        } catch {
            switch try await rescue(found, after: error, before: before, epoch, exchange, session) {
            case .newer(let stored): return stored
            case .renewed(let fresh): pair = fresh
            }
        }
        Failpoint.pass(.tokenBeforeStore)
        let stored = try await save(pair, after: found.generation, epoch, session)
        Failpoint.pass(.tokenStored)
        return stored
    }

    /// An attempt to refresh this very pair that left nothing behind; waits for one whose process may live.
    ///
    /// A process that lost its session lost the lease, but may be about to save what it was answered: to send the same
    /// refresh token now could kill that.
    private func awaitOther(
        than found: StoredToken, _ session: PostgresConnection
    ) async throws(WarehouseError) -> (TokenAttempt?, StoredToken?) {
        while true {
            guard let attempt = try await table.attempt(session), attempt.generation == found.generation else {
                let newest = try await table.newest(session)
                return (nil, newest?.generation == found.generation ? nil : newest)
            }
            guard attempt.state == .asked, !ProcessIdentity.isGone(attempt.holder), attempt.age < TokenStore.patience
            else {
                return (attempt, nil)
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    private enum Rescue {
        /// Another process has stored a newer pair meanwhile.
        case newer(StoredToken)
        /// The pair before brought a new one.
        case renewed(TokenPair)
    }

    /// What is left to do after an exchange that failed; throws when nothing is.
    private func rescue(
        _ found: StoredToken, after error: SourceError, before attempt: TokenAttempt?, _ epoch: Int64,
        _ exchange: (TokenPair) async throws(SourceError) -> TokenPair, _ session: PostgresConnection
    ) async throws(SourceError) -> Rescue {
        guard error.code == .consentNeeded else {
            try await ended(error, epoch, session)
            throw error
        }
        let (newest, previous) = try await asSourceError { () async throws(WarehouseError) in
            (try await table.newest(session), try await table.pair(before: found.generation, session))
        }
        if let newest, newest.generation > found.generation { return .newer(newest) }
        if let previous {
            do throws(SourceError) {
                return .renewed(try await exchange(previous.pair))
            } catch {
                guard error.code == .consentNeeded else {
                    try await ended(error, epoch, session)
                    throw error
                }
            }
        }
        var reason = error.message
        if let attempt { reason = "\(attempt.story(in: zone)) \(reason)" }
        try await asSourceError { () async throws(WarehouseError) in
            try await table.needConsent(reason, generation: found.generation, epoch: epoch, session)
        }
        throw SourceError(
            .consentNeeded, subject: error.subject, message: reason, detail: error.detail, status: error.status)
    }

    /// Notes that an exchange failed, and whether the platform may have rotated nevertheless.
    private func ended(_ error: SourceError, _ epoch: Int64, _ session: PostgresConnection) async throws(SourceError) {
        let answered: Bool =
            switch error.code {
            case .cutOff, .timedOut, .unreachable, .malformedAnswer, .platformDown, .cancelled: false
            // Refused, or never sent: the refresh token that is held is still the newest.
            case .tls, .rateLimited, .dayLimitReached, .reserveKept, .quotaStore, .badRequest, .unauthorised,
                .forbidden, .notFound, .platformError, .countersDisagree, .unknownEncoding, .consentNeeded,
                .credentialsRefused,
                .tokenStore, .archive, .badConfiguration:
                true
            }
        try await asSourceError { () async throws(WarehouseError) in
            try await table.end(answered: answered, epoch: epoch, session)
        }
    }

    // MARK: saving

    /// Stores a pair the platform has already rotated to: losing it would cost a consent, so a lost session is
    /// replaced.
    private func save(
        _ pair: TokenPair, after generation: Int64, _ epoch: Int64, _ session: PostgresConnection
    ) async throws(SourceError) -> StoredToken {
        var last: WarehouseError
        do throws(WarehouseError) {
            return StoredToken(pair: pair, generation: try await table.store(pair, epoch: epoch, session))
        } catch {
            last = error
        }
        for pause in savePauses {
            try? await Task.sleep(for: pause)
            do throws(WarehouseError) {
                return try await warehouse.withSession("token save") { session throws(WarehouseError) in
                    if try await table.storeNext(pair, generation: generation + 1, session) {
                        return StoredToken(pair: pair, generation: generation + 1)
                    }
                    // Either the first commit took place although its answer was lost, or another process stored its
                    // pair.
                    guard let newest = try await table.newest(session) else { throw last }
                    return newest
                }
            } catch {
                last = error
            }
        }
        throw lift(last)
    }

    // MARK: words

    private var notAuthorised: SourceError {
        SourceError(
            .consentNeeded, subject: table.connectionName,
            message:
                "Connection \"\(table.connectionName)\" has no tokens yet. Nothing was read. "
                + ConsentWords.remedy(table.connectionName))
    }

    private func needed(_ reason: String, detail: String) -> SourceError {
        SourceError(.consentNeeded, subject: table.connectionName, message: reason, detail: detail)
    }

    private func lift(_ error: WarehouseError) -> SourceError {
        SourceError(
            error.code == .cancelled ? .cancelled : .tokenStore, subject: "tokens of \(table.connectionName)",
            message: error.message, detail: error.cause?.detail ?? "")
    }

    private func asSourceError<T>(_ body: () async throws(WarehouseError) -> T) async throws(SourceError) -> T {
        do throws(WarehouseError) {
            return try await body()
        } catch {
            throw lift(error)
        }
    }
}
