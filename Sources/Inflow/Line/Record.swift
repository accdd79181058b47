/// At most about 1,000 records or 1 MiB of one answer, with their text: the unit handed along the line.
///
/// A flat tape rather than a tree: the text of all elements lies in one buffer, and the elements lie in document order, so
/// that a batch of a thousand records is three arrays, not a hundred thousand objects. ``Record`` is the readable view.
public struct Batch: Sendable {
    /// One element of a record, in document order (parents before their children).
    public struct Element: Sendable {
        /// Index into ``Batch/names``.
        public var name: Int32
        /// Where its own text starts in the batch's text.
        ///
        /// Text of nested elements is not part of it.
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
        /// Why.
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
    /// The first are the vocabulary the parser was given (lower case); the others are the unknown ones, as first spelt. An
    /// attribute inside a record is an element called `@name`.
    public var names: [String] = []
    /// Records that could not be read; they count as pulled and as rejected.
    public var unreadable: [Unreadable] = []
    /// Illegal characters and malformed UTF-8 sequences replaced by U+FFFD since the last batch.
    public var replacedCharacters = 0
    /// What it cost since the last batch.
    public var traffic = Traffic()
    /// When the answer was made, by the platform's own clock (its `Date` header), where it said so.
    public var answeredAt: Instant?
    /// Counters the platform gave with the answers that ended since the last batch.
    public var counters: [AnswerCounters] = []
    /// What the archive keeps of the answers, since the last batch.
    public var archive: [ArchivePart] = []
    /// The key its answer was asked for by; `nil` where a list was.
    public var parent: String?
    /// Place of the first record of its answer among all records of the chunk.
    public var answerOrdinal = 0
    /// Parents whose answers ended since the last batch, where an entity is read parent by parent.
    public var answeredParents: [AnsweredParent] = []

    /// An empty batch.
    public init() {}

    /// How many records could be read.
    public var count: Int { records.count }

    /// A readable view of one record.
    public subscript(index: Int) -> Record {
        Record(batch: self, element: Int(records[index]))
    }
}

/// A record of another entity that was asked for its values.
public struct AnsweredParent: Sendable, Hashable {
    /// What it was asked for by.
    public let key: String
    /// Whether the platform knew it; then its answer was read whole.
    public let isKnown: Bool

    /// An answered parent.
    public init(key: String, isKnown: Bool) {
        self.key = key
        self.isKnown = isKnown
    }
}

/// Calls and bytes spent.
public struct Traffic: Sendable, Hashable {
    /// Calls sent to the platform, tokens not counted.
    public var calls = 0
    /// Bytes received on the wire.
    public var bytes = 0
    /// Seconds in which leave for a call was waited for.
    public var waited = 0.0

    /// Nothing spent.
    public init() {}

    /// Adds what another one spent.
    public static func += (left: inout Traffic, right: Traffic) {
        left.calls += right.calls
        left.bytes += right.bytes
        left.waited += right.waited
    }
}

/// What an answer says of itself beside its records.
public struct AnswerCounters: Sendable, Hashable {
    /// Records found in this answer, unreadable ones included.
    public var pulled = 0
    /// `Page`, when the answer was paged.
    public var page: Int?
    /// `PageSize`, when the answer was paged.
    public var pageSize: Int?
    /// `TotalRecords`: all records of the list over all pages.
    public var totalRecords: Int?
    /// `Records`: records of this page (cost list).
    public var records: Int?

    /// Counters of an answer that has told nothing yet.
    public init() {}
}

/// One entity instance as the platform sent it: platform field names, text values.
public struct Record: Sendable {
    private let batch: Batch
    private let element: Int

    init(batch: Batch, element: Int) {
        self.batch = batch
        self.element = element
    }

    /// The name of the record's element, or of the element this view stands on.
    public var name: String { batch.names[Int(batch.elements[element].name)] }

    /// Its own text.
    public var text: String {
        let one = batch.elements[element]
        return String(decoding: batch.text[Int(one.textStart)..<Int(one.textStart + one.textLength)], as: UTF8.self)
    }

    /// Its direct children in document order.
    public var children: [Record] {
        var found: [Record] = []
        var next = element + 1
        let end = Int(batch.elements[element].end)
        while next < end {
            found.append(Record(batch: batch, element: next))
            next = Int(batch.elements[next].end)
        }
        return found
    }

    /// The text at a path such as `Client/UUID`, without regard to case; `nil` when there is no such element.
    public func text(at path: String) -> String? {
        all(at: path).first?.text
    }

    /// All elements at a path, in document order.
    public func all(at path: String) -> [Record] {
        path.split(separator: "/").reduce([self]) { found, step in
            found.flatMap { $0.children.filter { $0.name.lowercased() == step.lowercased() } }
        }
    }
}
