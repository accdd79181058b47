/// A few hundred records of one answer with their text: the unit that moves along the line.
///
/// The parser decides how large it is (`ParserLimits`: by default 1,000 records or 1 MiB; the WorkflowMax source asks
/// for 300 records or 128 KiB). Memory of a run is one batch for each worker and never grows with the answer.
///
/// A flat tape rather than a tree: the text of all elements lies in one buffer, and the elements lie in document order,
/// so that a batch is three arrays rather than an object for each element. An element's children are the elements
/// between its own place and its ``Element/end``. A reader of the tape goes from left to right and needs no recursion.
/// ``Record`` is the readable view.
///
/// What the source has to say beside the records is one value, ``answer``. The line passes it on and does not read it.
public struct Batch: Sendable {
    /// One element of a record, in document order (parents before their children).
    public struct Element: Sendable {
        /// The number of its name: an index into ``Batch/names``.
        public var name: Int32
        /// Where its own text starts in ``Batch/text``; text of nested elements is theirs.
        public var textStart: Int32
        /// Its text's length in bytes; 0 for an empty element.
        public var textLength: Int32
        /// Index in ``Batch/elements`` of the first element that is not inside this one.
        public var end: Int32

        /// An element from its parts.
        @inlinable
        public init(name: Int32, textStart: Int32, textLength: Int32, end: Int32) {
            self.name = name
            self.textStart = textStart
            self.textLength = textLength
            self.end = end
        }
    }

    /// A record that could not be read although the answer as a whole could.
    public struct Unreadable: Sendable {
        /// 0-based place of the record in the whole answer (all pages of a chunk).
        public var ordinal: Int
        /// Why it could not be read.
        public var reason: Rejection.Reason
        /// The element concerned, as a path from the record's element.
        public var path: String
        /// The first bytes of what was there, as text.
        public var raw: String

        /// An unreadable record from its parts.
        public init(ordinal: Int, reason: Rejection.Reason, path: String, raw: String) {
            self.ordinal = ordinal
            self.reason = reason
            self.path = path
            self.raw = raw
        }
    }

    /// Text of all elements, entities decoded, valid UTF-8 without characters illegal in XML 1.0.
    public var text: [UInt8] = []
    /// All elements of all records of the batch, in document order.
    public var elements: [Element] = []
    /// Index in ``elements`` of each record's own element.
    public var records: [Int32] = []
    /// For each record its 0-based place in the whole answer; rises, with gaps where a record was unreadable.
    public var ordinals: [Int32] = []
    /// Element names by number.
    ///
    /// The first are the vocabulary the parser was given (lower case); the others are the unknown ones, as first spelt.
    /// An attribute inside a record is an element called `@name`.
    public var names: [String] = []
    /// Records that could not be read; they count as pulled and as rejected.
    public var unreadable: [Unreadable] = []
    /// Illegal characters and malformed UTF-8 sequences replaced by U+FFFD since the last batch.
    public var replacedCharacters = 0
    /// Those of them that cannot be told any more: bytes that are no text, and not control characters.
    public var lostCharacters = 0
    /// What the source reports with these records.
    public var answer = AnswerReport()

    /// A batch without records.
    public init() {}

    /// How many records could be read.
    public var count: Int { records.count }

    /// A readable view of one record.
    public subscript(index: Int) -> Record {
        Record(batch: self, element: Int(records[index]))
    }
}
