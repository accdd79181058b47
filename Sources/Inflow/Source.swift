/// A platform that records can be pulled from.
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
