/// What a source reports with a batch beside its records: what the answers cost, when they were made, what to archive.
///
/// All numbers count from the batch before, so that the reports of a chunk's batches add up to the chunk. Records and
/// report travel together because they commit together: the archive and the read parents belong to the chunk's rows.
public struct AnswerReport: Sendable {
    /// Calls, bytes and waiting since the last batch.
    public var traffic = Traffic()
    /// When the platform made the chunk's first answer, by the `Date` header of that answer; `nil` where it sent none.
    public var answeredAt: Instant?
    /// Compressed pieces of the answers for the archive, in order; empty where the connection keeps no archive.
    public var archive: [ArchivePart] = []
    /// The key of the request; `nil` for a list.
    public var parent: String?
    /// Place of the answer's first record among all records of the chunk, 0-based.
    public var firstOrdinal = 0
    /// Parents whose answers ended since the last batch, where an entity is read parent by parent.
    public var answeredParents: [AnsweredParent] = []
    /// What the reads by key came to, of the answers that ended since the last batch.
    public var keyAnswers: [KeyAnswer] = []
    /// When the chunk's first call was sent, after it had waited for leave to call.
    public var sentAt: ContinuousClock.Instant?

    /// Elements around the records that Inflow does not know, of the answers that ended since the last batch: the path
    /// below the root, and the text.
    public var unknown: [String: String] = [:]
    /// Unknown elements with values around the records, of the answers that ended since the last batch.
    public var outside = 0

    /// What makes the text of an answer doubtful, one sentence each.
    public var doubts: [String] = []

    /// A report of no calls.
    public init() {}
}

/// A record of another entity whose values Inflow requested in one call.
public struct AnsweredParent: Sendable, Hashable {
    /// The parent's key, as the call was made with it.
    public let key: String
    /// Whether the platform knew the key; if so, the answer was read to its end.
    public let isKnown: Bool

    /// An answered parent by its key.
    public init(key: String, isKnown: Bool) {
        self.key = key
        self.isKnown = isKnown
    }
}
