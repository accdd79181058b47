public import Curl
public import Foundation
public import Inflow
public import Logging

/// WorkflowMax by BlueRock as a source: generation "API V1" (XML), with the job states of V2 (JSON) where wanted.
///
/// The target turns a chunk into batches of records and knows nothing of the warehouse. Its folders:
///
/// - `Entities` declares what the platform keeps: endpoints, elements, columns. It holds facts of the vendor, each with
///   its source, and no code that reads.
/// - `API` makes the calls: plan of requests, budget, paging, errors, and the records of each answer.
/// - `Authorisation` spends refresh tokens and codes of a consent; nothing else may send the client secret.
/// - `Archive` writes bodies as they came, and reads them again as a source without a call.
///
/// An answer that does not look like what the platform documents (a renamed container, an unknown status) is an error
/// and never "no records": the warehouse marks rows as deleted because of what an answer does not hold.
///
/// Reads only. Values of one connection: its settings, its tokens through a ``Inflow/TokenVault``, its limits through a
/// ``Inflow/QuotaLedger``. Source: API V1 document and recordings; reference §2, §3, §4.
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
    /// Sources of the same organisation should share `vault` and `quota`; `transfer` may be shared by all. `again` is
    /// asked with the number of failures when a call of a chunk of many calls fails: it waits, and says whether the
    /// call is made again.
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
    /// Throws `consentNeeded`, `credentialsRefused`, `forbidden` and whatever a read may throw.
    public func organisation() async throws(SourceError) -> Organisation {
        for try await _ in records(of: .jobCategory, in: .whole) {}
        return Organisation(id: connection.settings.accountID)
    }

    /// Makes sure that the tokens are newer than a generation; returns the generation in force then.
    ///
    /// Callers that ask past the same generation share one refresh, over all processes. Throws `consentNeeded`,
    /// `credentialsRefused` and what went wrong on the way.
    public func refreshTokens(past generation: Int64) async throws(SourceError) -> Int64 {
        try await client.tokens.refreshed(past: generation).generation
    }

    /// The records of one chunk; nothing is asked before the first batch is.
    public func records(of entity: EntityDefinition, in chunk: Chunk) -> RecordBatches {
        let zone = connection.settings.timeZone
        return RecordBatches(entity: entity, chunk: chunk, client: client) { [now] in LocalDate(now(), in: zone) }
    }
}
