internal import Inflow
internal import Logging

/// Keeps the access token that is good now; of all callers in this process one refreshes and the others wait for it.
///
/// The folder has three steps, each apart so that it can be tested alone: `ConsentRequest` sends a person to the
/// platform and checks what comes back; `Authorisation` exchanges a code or a refresh token for a pair; this type
/// decides when.
///
/// - A token is refreshed before it ends, so that a call in flight does not meet a dead one. A 401 refreshes it once
///   more at most: the platform can end a token early.
/// - A call that is refused with a token that has been replaced meanwhile is made again with the new one, without a
///   second refresh: `refreshed(past:)` names the generation that was refused.
/// - "Refused" (a person must consent) and "failed" (try again) are kept apart. A refusal is noted in the vault and no
///   process asks again; anything else changes nothing.
///
/// Over processes the vault sees to it that a refresh token is spent once. A refresh runs in a task of its own, because
/// a refresh that is cancelled between the platform's answer and the vault's commit would lose the new token while the
/// old one is dead; a cancelled caller waits for its end, which the limits of the token endpoint bound.
actor TokenProvider {
    /// How often the same refresh token is sent when answers are lost on the way: a platform with a grace period
    /// answers again, any other refuses, which changes nothing.
    static let tries = 3

    private let vault: any TokenVault
    private let exchange: @Sendable (TokenPair) async throws(SourceError) -> TokenPair
    private let connectionName: String
    private let now: Now
    private let logger: Logger
    private var known: StoredToken?
    /// Access tokens that callers were given.
    private var sent: Set<String> = []
    private var refresh: Task<Result<StoredToken, SourceError>, Never>?

    /// A keeper that refreshes by an authorisation.
    init(
        connection: Connection, vault: any TokenVault, authorisation: Authorisation, now: @escaping Now,
        logger: Logger
    ) {
        self.vault = vault
        self.connectionName = connection.name
        self.now = now
        self.logger = logger
        exchange = { (pair: TokenPair) async throws(SourceError) -> TokenPair in
            try await TokenProvider.exchange(pair, authorisation, logger)
        }
    }

    /// Spends a refresh token, and sends it again where the answer was lost.
    private static func exchange(
        _ pair: TokenPair, _ authorisation: Authorisation, _ logger: Logger
    ) async throws(SourceError) -> TokenPair {
        var lost: SourceError?
        var number = 0
        while true {
            number += 1
            do throws(SourceError) {
                var fresh = try await authorisation.exchange(refreshToken: pair.refresh)
                // A token that the platform did not replace keeps its age.
                if fresh.refresh == pair.refresh { fresh.refreshIssuedAt = pair.refreshIssuedAt }
                return fresh
            } catch {
                switch error.code {
                case .cutOff, .timedOut, .unreachable:
                    guard number < tries else { throw error }
                    lost = error
                    logger.warning("answer to a refresh lost, asking again", metadata: ["try": "\(number)"])
                case .consentNeeded:
                    guard let lost else { throw error }
                    var lifted = error
                    lifted.message =
                        "The answer to a refresh was lost (\(lost.code.rawValue)), and with it the new tokens. "
                        + error.message
                    throw lifted
                default: throw error
                }
            }
        }
    }

    /// The access token to send now and its generation, refreshed when it is due.
    ///
    /// Throws `consentNeeded` when the connection was never authorised, and what the exchange and the vault throw.
    func access() async throws(SourceError) -> (token: String, generation: Int64) {
        let stored = try await current()
        guard now() >= stored.pair.refreshDueAt else { return give(stored) }
        return try await refreshed(past: stored.generation)
    }

    /// An access token newer than one the platform did not accept.
    func refreshed(past generation: Int64) async throws(SourceError) -> (token: String, generation: Int64) {
        let stored = try await current()
        if stored.generation > generation { return give(stored) }
        let task = refresh ?? Task { await replace(stored.generation) }
        refresh = task
        return give(try await task.value.get())
    }

    private func give(_ stored: StoredToken) -> (token: String, generation: Int64) {
        sent.insert(stored.pair.access)
        return (stored.pair.access, stored.generation)
    }

    /// The error without the access tokens that were sent: a proxy may have written them into its answer.
    func hiding(_ error: SourceError) -> SourceError {
        var error = error
        error.detail = ErrorResponse.hide(Array(sent), in: error.detail)
        error.message = ErrorResponse.hide(Array(sent), in: error.message)
        return error
    }

    private func current() async throws(SourceError) -> StoredToken {
        if let known { return known }
        guard let stored = try await vault.current() else {
            throw SourceError(
                .consentNeeded, subject: "authorisation of \"\(connectionName)\"",
                message: "\"\(connectionName)\" was never authorised. " + ConsentWords.remedy(connectionName))
        }
        if let known { return known }
        known = stored
        return stored
    }

    private func replace(_ generation: Int64) async -> Result<StoredToken, SourceError> {
        defer { refresh = nil }
        do throws(SourceError) {
            let stored = try await vault.replace(generation: generation, by: exchange)
            known = stored
            logger.info("token refreshed", metadata: ["generation": "\(stored.generation)"])
            return .success(stored)
        } catch {
            logger.warning("token not refreshed", metadata: ["code": "\(error.code.rawValue)"])
            return .failure(error)
        }
    }
}
