public import Inflow

/// What reading a chunk brought and cost, beside its rows: counted by the reader, written with the checkpoint.
public struct ChunkReceipt: Sendable {
    /// Records in the answers as the parser counted them, whether or not they could be used.
    public var pulled = 0
    /// Those of them that stand where Inflow reads no record, so that no column of a table has their values.
    public var outside = 0
    /// Calls and bytes of all tries, failed ones included.
    public var traffic = Traffic()
    /// How often Inflow read the chunk.
    public var tries = 1
    /// Characters that were replaced since PostgreSQL or UTF-8 has no place for them.
    public var replacedCharacters = 0
    /// Those of them that cannot be told any more: bytes that are no text, and not control characters.
    public var lostCharacters = 0
    /// When the first answer was made, by the platform's own clock; nil where it did not say.
    public var answeredAt: Instant?
    /// Seconds from the first try until the merge.
    public var seconds = 0.0
    /// Records of another entity whose values the answers hold.
    public var parents: [AnsweredParent] = []
    /// What the reads by key came to.
    public var keyAnswers: [KeyAnswer] = []
    /// When the first call of the try that is merged was sent; nil where no call was made.
    public var sentAt: ContinuousClock.Instant?

    /// A receipt of nothing yet.
    public init() {}
}
