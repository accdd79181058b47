public import Inflow

/// The archived answers of one chunk as a source: read as ``WorkflowMax`` reads them, with no call and no token.
///
/// The archive keeps the bodies byte for byte, compressed, so that a table can be derived again when a definition gains
/// a column or a rule is mended, and so that a person can see what the platform said.
///
/// - Reading an archived body uses the same parser and the same checks as a call. A second reader would give other rows
///   than the run did.
/// - An answer is kept only with its chunk's commit: an archive never holds what the tables do not come from.
/// - Bytes are pulled piece by piece, as a body from the network is; memory is one batch.
/// - An answer whose bytes do not decompress, or are of another length than was noted, is an error and never fewer
///   records. The digest stored with it serves to find equal answers.
/// - Headers, and with them tokens, never reach the recorder (`ArchiveRecorder`).
public struct ArchivedSource: Source {
    /// The platform whose answers are archived: WorkflowMax.
    public static var platform: Platform { WorkflowMax.platform }
    /// The entities of WorkflowMax, in loading order.
    public static var entities: [EntityDefinition] { WorkflowMax.entities }

    private let connection: Connection
    private let chunk: ArchivedChunk
    private let reader: any ArchiveReader

    /// The answers of a chunk, whose bytes the reader gives.
    public init(_ chunk: ArchivedChunk, of connection: Connection, reader: any ArchiveReader) {
        self.chunk = chunk
        self.connection = connection
        self.reader = reader
    }

    /// The organisation whose answers they are; nothing is asked.
    public func organisation() async throws(SourceError) -> Organisation {
        Organisation(id: connection.settings.accountID)
    }

    /// The records of the archived chunk, which is the only one there is.
    public func records(of entity: EntityDefinition, in _: Chunk) -> ArchivedBatches {
        ArchivedBatches(entity: entity, answers: chunk.answers, reader: reader)
    }
}

/// The records of archived answers, pulled batch by batch.
public struct ArchivedBatches: AsyncSequence, Sendable {
    /// One batch of records.
    public typealias Element = Batch
    /// An archived answer that cannot be read.
    public typealias Failure = SourceError

    let entity: EntityDefinition
    let answers: [ArchivedAnswer]
    let reader: any ArchiveReader

    /// Begins reading; nothing is read yet.
    public func makeAsyncIterator() -> Iterator {
        Iterator(reading: ArchivedReading(entity, answers, reader))
    }

    /// The place of a reader in the answers.
    public struct Iterator: AsyncIteratorProtocol {
        /// One batch of records.
        public typealias Element = Batch
        /// An archived answer that cannot be read.
        public typealias Failure = SourceError

        let reading: ArchivedReading

        /// The next batch, or `nil` when the answers are read.
        public mutating func next() async throws(SourceError) -> Batch? {
            try await next(isolation: nil)
        }

        /// The next batch, or `nil` when the answers are read; stays on the caller's actor.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(SourceError) -> Batch? {
            try await reading.next(isolation: actor)
        }
    }
}

/// The reading of archived answers, one after the other.
final class ArchivedReading {
    private let entity: EntityDefinition
    private let reader: any ArchiveReader
    private let vocabulary: [String]
    private var left: ArraySlice<ArchivedAnswer>
    private var open: ResponseReader?
    private var ordinal = 0

    init(_ entity: EntityDefinition, _ answers: [ArchivedAnswer], _ reader: any ArchiveReader) {
        self.entity = entity
        self.reader = reader
        left = answers[...]
        vocabulary = entity.elementNames
    }

    /// The next batch, or `nil` when all answers are read.
    func next(isolation: isolated (any Actor)?) async throws(SourceError) -> Batch? {
        while true {
            guard !Task.isCancelled else { throw .cancelled(subject: entity.name) }
            if let open {
                if let batch = try await open.next(isolation: isolation) { return batch }
                ordinal += open.counters?.pulled ?? 0
                self.open = nil
            }
            guard let answer = left.popFirst() else { return nil }
            open = try ArchivedReading.open(
                answer, of: entity, reader, vocabulary: vocabulary, firstOrdinal: ordinal)
        }
    }

    private static func open(
        _ answer: ArchivedAnswer, of entity: EntityDefinition, _ reader: any ArchiveReader, vocabulary: [String],
        firstOrdinal: Int
    ) throws(SourceError) -> ResponseReader {
        let subject = "\(entity.name), archived answer \(answer.id)"
        guard let endpoint = entity.endpoint(at: answer.request.endpoint) else {
            throw .notReadAnyMore(answer, subject: subject)
        }
        return ResponseReader(
            ArchivedBody(answer, reader, subject: subject),
            to: APIRequest(endpoint: endpoint, key: answer.request.key, subject: subject), vocabulary: vocabulary,
            firstOrdinal: firstOrdinal)
    }
}

extension SourceError {
    /// The definition does not know the endpoint of an archived answer any more.
    static func notReadAnyMore(_ answer: ArchivedAnswer, subject: String) -> SourceError {
        SourceError(
            .archive, subject: subject,
            message: "The answer came from \(answer.request.endpoint), which this Inflow does not read any more. "
                + "Nothing of it is loaded.")
    }
}
