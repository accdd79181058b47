public import Inflow

/// Reads an XML answer as it arrives and returns its records in batches.
///
/// The caller feeds bytes in slices of any length and takes batches when they are complete; `finish()` says whether the
/// answer was complete. Memory stays within a few batches, however long the answer is. After an error the parser is
/// of no further use, and the batches before it belong to an answer that could not be read whole.
///
/// Well-formedness is libxml2's judgement (decision 0002); bytes it would refuse but that do no harm are replaced first
/// and counted. No document type, no external entity and no network are ever touched.
///
/// - Leading and trailing white space of text is kept as sent; line ends become `\n`, as XML has it.
/// - Text around child elements is one text; it is empty when it is white space only.
/// - Prefixes of names are dropped; attributes inside a record become elements called `@name`, right after theirs.
/// - Comments and instructions are left out; CDATA is text.
public struct XMLRecordParser: ~Copyable {
    private let session: UnsafeMutablePointer<XMLSession>
    private let limits: ParserLimits
    private let vocabularyCount: Int
    private var sieve = XMLSanitizer()
    /// The body's first bytes; judged when there are enough.
    private var start: [UInt8] = []
    private var isStarted = false
    private var excerpt = ""
    /// Bytes ready for the parser but too few to be worth a call.
    private var waiting: [UInt8] = []
    private var reportedReplacements = 0
    private var reportedLosses = 0
    private var failed: ParseError?

    /// Slices shorter than this are joined before the parser is called; tests set 1 to show that nothing depends on it.
    var joinLength = 4_096
    private static let pieceLength = 64 << 10

    /// A parser for one answer.
    ///
    /// - Parameters:
    ///   - items: Paths at which records stand, such as `Response/Jobs/Job`; without regard to case.
    ///   - vocabulary: Element names in lower case; they get the numbers from 0 in `Batch.names`.
    ///   - limits: Bounds of what the parser accepts.
    ///   - firstOrdinal: The place of the first record, when pages before this one had some.
    public init(items: [String], vocabulary: [String], limits: ParserLimits = .init(), firstOrdinal: Int = 0) {
        self.limits = limits.held
        vocabularyCount = vocabulary.count
        session = XMLSession.make(
            RecordTape(items: items, vocabulary: vocabulary, limits: limits.held, firstOrdinal: firstOrdinal))
    }

    deinit {
        XMLSession.destroy(session)
    }

    /// Takes the next bytes of the body, any number of them.
    ///
    /// Throws `ParseError` as soon as the answer cannot be read any more.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(ParseError) {
        if let failed { throw failed }
        do throws(ParseError) {
            var rest = bytes.bindMemory(to: UInt8.self)[...]
            while !isStarted, !rest.isEmpty {
                let taken = rest.prefix(BodySniffer.length - start.count)
                start.append(contentsOf: taken)
                rest = rest.dropFirst(taken.count)
                if start.count == BodySniffer.length { try begin(isWhole: false) }
            }
            while !rest.isEmpty {
                try push(UnsafeBufferPointer(rebasing: rest.prefix(Self.pieceLength)))
                rest = rest.dropFirst(Self.pieceLength)
            }
        } catch {
            throw remember(error)
        }
    }

    /// A full batch, when there is one; first come, first served.
    public mutating func nextBatch() -> Batch? {
        guard failed == nil, !session.pointee.tape.ready.isEmpty else { return nil }
        return counted(session.pointee.tape.ready.removeFirst())
    }

    /// Ends the body; returns the remaining records and what the answer said of itself.
    ///
    /// Take complete batches with `nextBatch()` first; `last` is what remains after them. Throws
    /// `ParseError` when the answer is not complete, has something after its end, or says that it is an error.
    public mutating func finish() throws(ParseError) -> (last: Batch?, counters: AnswerCounters) {
        if let failed { throw failed }
        do throws(ParseError) {
            if !isStarted { try begin(isWhole: true) }
            try sieve.finish(into: &waiting)
            try flush()
            try end()
        } catch {
            throw remember(error)
        }
        var counters = session.pointee.tape.envelope.counters
        counters.unknown = session.pointee.tape.envelope.unknown
        let last = session.pointee.tape.cut()
        if let last { return (counted(last), counters) }
        guard sieve.replaced > reportedReplacements, session.pointee.tape.ready.isEmpty else { return (nil, counters) }
        var none = Batch()
        none.names = session.pointee.tape.knownNames
        return (counted(none), counters)
    }

    // MARK: Steps

    private mutating func begin(isWhole: Bool) throws(ParseError) {
        if !isWhole, start.allSatisfy(\.isBlank) { return start.removeAll(keepingCapacity: true) }
        isStarted = true
        excerpt = BodySniffer.excerpt(start)
        let ready = try BodySniffer.judge(start, isWhole: isWhole)
        start = []
        try ready.withUnsafeBufferPointer { bytes throws(ParseError) in try push(bytes) }
    }

    private mutating func push(_ slice: UnsafeBufferPointer<UInt8>) throws(ParseError) {
        let isClean = try sieve.sift(slice, into: &waiting)
        if isClean, waiting.isEmpty, slice.count >= joinLength { return try parse(slice) }
        if isClean { waiting.append(contentsOf: slice) }
        if waiting.count >= joinLength { try flush() }
    }

    private mutating func flush() throws(ParseError) {
        guard !waiting.isEmpty else { return }
        try waiting.withUnsafeBufferPointer { bytes throws(ParseError) in try parse(bytes) }
        waiting.removeAll(keepingCapacity: true)
    }

    private func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(ParseError) {
        // Twice the names taken inside records is ample for those around them, prefixes and namespaces.
        let error = XMLSession.parse(
            session, bytes, mostPending: limits.textLength + (1 << 20),
            mostNames: 2 * (limits.unknownNames + vocabularyCount) + 1_000)
        try check(error)
    }

    private func check(_ error: ParseError?) throws(ParseError) {
        if let failure = session.pointee.tape.failure { throw failure }
        guard var error else { return }
        if session.pointee.tape.envelope.rootIsClosed { error.code = .secondRoot }
        throw error
    }

    private func end() throws(ParseError) {
        if session.pointee.tape.envelope.saysError {
            throw ParseError(.platformError, detail: session.pointee.tape.envelope.errorDescription)
        }
        let error = XMLSession.end(session)
        // The name of a root whose tag does not end may be half a name.
        if let failure = session.pointee.tape.failure, failure.code != .unexpectedRoot { throw failure }
        guard session.pointee.tape.envelope.rootIsClosed else {
            let isBegun = session.pointee.tape.envelope.rootIsOpen || error != nil
            throw ParseError(isBegun ? .truncated : .empty, line: error?.line, offset: error?.offset)
        }
        try check(error)
        if let counter = session.pointee.tape.envelope.unreadableCounter {
            throw ParseError(.unreadableCounter, detail: counter)
        }
        if session.pointee.tape.envelope.counters.pulled == 0, let reason = session.pointee.tape.envelope.missingProof {
            throw ParseError(.unprovenEmpty, detail: reason)
        }
    }

    private mutating func remember(_ error: ParseError) -> ParseError {
        var error = error
        if error.code == .html, error.detail.isEmpty { error.detail = excerpt }
        failed = error
        return error
    }

    private mutating func counted(_ batch: Batch) -> Batch {
        var batch = batch
        batch.replacedCharacters = sieve.replaced - reportedReplacements
        batch.lostCharacters = sieve.lost - reportedLosses
        (reportedReplacements, reportedLosses) = (sieve.replaced, sieve.lost)
        return batch
    }
}
