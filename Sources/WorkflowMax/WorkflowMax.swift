public import Curl
public import Foundation
public import Inflow
public import Logging

/// WorkflowMax by BlueRock as a source: generation "API V1" (XML), with the job states of V2 (JSON) if the setting
/// `job-status-list` says so.
///
/// The target knows this one platform, and it only reads. Its folders:
///
/// - `API`: the calls. ``RequestPlan`` decides the requests of a chunk before Inflow sends any, the paginator the pages
///   of a list. The client takes a permit from the ``Inflow/QuotaLedger`` before each call and turns every answer into
///   a body or a ``Inflow/SourceError``.
/// - `Authorisation`: the consent, the token endpoint and the refresh that all processes share.
/// - `Archive`: answers on their way into the archive, and archived answers read again as a source.
/// - `Entities`: the definitions, which say where each column stands in an answer.
///
/// The loader pulls: Inflow sends no request before the first batch is wanted, and reads the next part of an answer
/// when the batch before it is stored. So memory is one batch, and a slow warehouse slows the reading.
///
/// Who retries what: the client asks once more with new tokens after a 401. `again` decides about the single calls of
/// a chunk that needs many. The recovery policy of `Sync` reads whole chunks again. Nothing else is retried, and no
/// refresh ever is.
///
/// Access token, refresh token and client secret go into requests and nowhere else: not into a URL, an error or the
/// log. HTTP, XML and JSON end here too; what leaves the target are records, tallies and errors in Inflow's words.
/// Source of the facts: the vendor's API V1 document and recordings, in the project's notes on them (reference §2, §3,
/// §4).
public struct WorkflowMax: Source {
    /// `workflowmax`, whose tables lie in `wfm`.
    public static let platform = Platform(name: "workflowmax", schema: "wfm")
    /// What WorkflowMax keeps, in loading order.
    public static var entities: [EntityDefinition] { allEntities }

    private let connection: Connection
    private let client: APIClient
    private let now: Now

    /// A source for one connection.
    ///
    /// Sources of the same organisation should share `vault` and `quota`; `transfer` may be shared by all. When
    /// a call of a chunk of many calls fails, the client asks `again` with the number of failures: it waits, and
    /// decides whether the client makes the call again.
    public init(
        connection: Connection, credentials: ClientCredentials, vault: any TokenVault, quota: any QuotaLedger,
        transfer: Transfer, now: @escaping Now = { Instant() },
        again: @escaping @Sendable (SourceError, Int) async -> Bool = { _, _ in false }, logger: Logger
    ) {
        self.connection = connection
        self.now = now
        let authorisation = Authorisation(
            connection: connection, credentials: credentials, transfer: transfer, now: now)
        client = APIClient(
            settings: connection.settings,
            tokens: TokenProvider(
                connection: connection, vault: vault, authorisation: authorisation, now: now, logger: logger),
            quota: quota, transfer: transfer, again: again, logger: logger)
    }

    /// Proves that the authorisation works, by reading the list of job categories to its end.
    ///
    /// Throws `consentNeeded`, `credentialsRefused`, `forbidden` and any error that a read throws.
    public func organisation() async throws(SourceError) -> Organisation {
        for try await _ in records(of: .jobCategory, in: .whole) {}
        return Organisation(id: connection.settings.accountID)
    }

    /// Makes sure that the tokens are newer than a generation; returns the generation in force then.
    ///
    /// Callers that ask past the same generation share one refresh, over all processes. Throws `consentNeeded`,
    /// `credentialsRefused` or the error of the call.
    public func refreshTokens(past generation: Int64) async throws(SourceError) -> Int64 {
        try await client.tokens.refreshed(past: generation).generation
    }

    /// Asks the platform for one record by its key, and returns the answer as it came, or its first `most` bytes.
    ///
    /// It is one call of the budget, and nothing is loaded. Throws `badRequest` for an entity that the platform gives by
    /// lists only, and the error of the call.
    public func answer(
        to entity: EntityDefinition, key: String, atMost most: Int
    ) async throws(SourceError) -> (bytes: [UInt8], isCut: Bool) {
        guard let endpoint = entity.get else {
            throw SourceError(
                .badRequest, subject: entity.name,
                message: "WorkflowMax has no call for one \(entity.name). Nothing was asked.")
        }
        var traffic = Traffic()
        var sentAt: ContinuousClock.Instant?
        let request = APIRequest(endpoint: endpoint, key: key, subject: "\(entity.name) \(key)")
        let answer = try await client.ask(request, counting: &traffic, sentAt: &sentAt)
        do {
            let bytes = try await answer.response.body.collect(atMost: most + 1)
            await answer.permit.giveBack()
            return (Array(bytes.prefix(most)), bytes.count > most)
        } catch {
            await answer.permit.giveBack()
            throw SourceError(error, subject: request.subject)
        }
    }

    /// The records of one chunk; sends no request before the first batch is wanted.
    public func records(of entity: EntityDefinition, in chunk: Chunk) -> RecordBatches {
        let zone = connection.settings.timeZone
        return RecordBatches(entity: entity, chunk: chunk, client: client) { [now] in LocalDate(now(), in: zone) }
    }
}
