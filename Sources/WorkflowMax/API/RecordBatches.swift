public import Inflow

/// The records of one chunk, pulled batch by batch.
///
/// Sends no request before the first `next()`, and the next one only after the last answer is read; one batch is in
/// memory. Each iterator reads the chunk again.
///
/// - `Batch.ordinals` continue over all answers of the chunk, with gaps where a row had come before on an earlier page.
/// - `Batch.answer` reports what was spent since the batch before, refused calls included. A last batch without records
///   may carry the rest of it.
/// - Records requested by key (`.parents`, or an entity read one by one) that the platform does not know are left out.
public struct RecordBatches: AsyncSequence, Sendable {
    /// One batch of records.
    public typealias Element = Batch
    /// A failed call, or an answer that cannot be read.
    public typealias Failure = SourceError

    let entity: EntityDefinition
    let chunk: Chunk
    let client: APIClient
    let today: @Sendable () -> LocalDate

    /// Begins reading; sends no request yet.
    public func makeAsyncIterator() -> Iterator {
        Iterator(reading: ChunkReader(entity, chunk, client: client, today: today()), tokens: client.tokens)
    }

    /// The place of a reader in the chunk.
    public struct Iterator: AsyncIteratorProtocol {
        /// One batch of records.
        public typealias Element = Batch
        /// A failed call, or an answer that cannot be read.
        public typealias Failure = SourceError

        let reading: ChunkReader
        let tokens: TokenProvider

        /// The next batch, or `nil` when the chunk is complete.
        public mutating func next() async throws(SourceError) -> Batch? {
            try await next(isolation: nil)
        }

        /// The next batch, or `nil` when the chunk is complete; stays on the client's actor.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(SourceError) -> Batch? {
            do throws(SourceError) {
                return try await reading.next(isolation: actor)
            } catch {
                // An answer may hold the token that it was asked for with.
                throw await tokens.hiding(error)
            }
        }
    }
}
