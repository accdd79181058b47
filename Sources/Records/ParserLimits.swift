/// How much of one answer a parser takes before it calls it too much, and how large its batches are.
///
/// Lengths are bytes of text after decoding.
public struct ParserLimits: Sendable, Hashable {
    /// Deepest nesting, the root counted as 1; deeper is ``ParseError/Code/tooDeep``.
    public var depth = 64
    /// Longest text of one element or attribute; a record with a longer one is unreadable, not an error.
    public var textLength = 16 << 20
    /// Longest record, all its text together; a longer one is unreadable, not an error.
    public var recordLength = 64 << 20
    /// Most elements and attributes in one record; a record with more is unreadable, not an error.
    public var elementsPerRecord = 1 << 20
    /// Most element names beside the vocabulary; more is ``ParseError/Code/tooManyElements``.
    public var unknownNames = 10_000
    /// A batch is complete when it holds this many records, unreadable ones counted.
    public var batchRecords = 1_000
    /// A batch is complete when it holds this much text, the record that fills it included.
    public var batchBytes = 1 << 20

    /// The limits Inflow runs with.
    public init() {}

    /// The same, held within what the tape's 32-bit places can count.
    var held: ParserLimits {
        var held = self
        held.depth = min(max(depth, 1), 10_000)
        held.textLength = min(max(textLength, 0), 512 << 20)
        held.recordLength = min(max(recordLength, 0), 512 << 20)
        held.elementsPerRecord = min(max(elementsPerRecord, 1), 1 << 28)
        held.unknownNames = min(max(unknownNames, 0), 1 << 24)
        held.batchRecords = max(batchRecords, 1)
        held.batchBytes = min(max(batchBytes, 1), 512 << 20)
        return held
    }
}
