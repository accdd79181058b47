/// A platform that records can be pulled from.
///
/// This target holds what Inflow decides and no way to do it: definitions, plans, shaping, schedules, quota, incidents
/// and words of the run log. It imports neither libcurl nor PostgreSQL, so every rule in it can be tested as a function
/// of values. The sides of it are protocols: ``Source`` (a platform), ``TokenVault`` and ``QuotaLedger`` (kept by the
/// warehouse), and `Sync` is where they meet.
///
/// A second platform is a second type of ``Source`` with definitions of its own; neither the line nor the merge knows
/// which one it loads. What differs between platforms belongs into a definition or into the source, never into a
/// condition on the platform's name.
///
/// A source only reads. A caller may ask for a chunk again, and for several chunks at once up to the organisation's
/// limit.
public protocol Source: Sendable {
    /// What a chunk is read as: batches in the order of the answer, pulled by the reader, so that memory is one batch.
    associatedtype Batches: AsyncSequence<Batch, SourceError> & Sendable

    /// Name of the platform and of its schema in the warehouse.
    static var platform: Platform { get }
    /// Its entities, in loading order.
    static var entities: [EntityDefinition] { get }

    /// Proves that the authorisation works, by reading something small.
    func organisation() async throws(SourceError) -> Organisation
    /// The records of one chunk; nothing is asked before the first batch is.
    func records(of entity: EntityDefinition, in chunk: Chunk) -> Batches
}

/// The product that records come from.
public struct Platform: Sendable, Hashable {
    /// Its name in lower case: `workflowmax`.
    public let name: String
    /// The warehouse schema its tables lie in: `wfm`.
    public let schema: String

    /// A platform from its parts.
    public init(name: String, schema: String) {
        self.name = name
        self.schema = schema
    }
}

/// The tenant of the platform that a token gives access to.
public struct Organisation: Sendable, Hashable {
    /// The platform's identifier of it (`account_id`).
    public let id: String

    /// An organisation by its identifier.
    public init(id: String) {
        self.id = id
    }
}
