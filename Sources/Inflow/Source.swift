/// A platform that records can be pulled from.
///
/// `Inflow` is the vocabulary of the project: plain values and rules that need no network, no database and no clock of
/// their own. Every other target but the tools imports it, and it imports none of them. Its folders:
///
/// - `Definition`: what an entity is, and where each column stands in an answer.
/// - `Line`: what moves from an answer to a table: records, rows, rejections, counts.
/// - `Plan`: what a run reads, and what Inflow has read before.
/// - `Runs`, `Schedule`: the life of a run, and when the next one begins.
/// - `Connection`, `Quota`: an organisation, its settings and tokens, and its budget of calls.
/// - `Alerts`, `History`, `Time`: what is wrong, how a record changed, days and instants.
///
/// Two protocols join the outer layers. A platform implements `Source`, and the warehouse implements the stores that a
/// source needs (``TokenVault``, ``QuotaLedger``). `Sync` connects the two, so neither knows the other.
///
/// A source only reads. A caller may ask for a chunk again, and for several chunks at once up to the organisation's
/// limit; both give the same records unless the platform changed them.
public protocol Source: Sendable {
    /// The batches of a chunk in the order of the answer; the reader pulls them, so memory is one batch.
    associatedtype Batches: AsyncSequence<Batch, SourceError> & Sendable

    /// Name of the platform and of its schema in the warehouse.
    static var platform: Platform { get }
    /// Its entities, in loading order.
    static var entities: [EntityDefinition] { get }

    /// Proves that the authorisation works, by reading something small.
    func organisation() async throws(SourceError) -> Organisation
    /// The records of one chunk; sends no request before the first batch is wanted.
    func records(of entity: EntityDefinition, in chunk: Chunk) -> Batches
}
