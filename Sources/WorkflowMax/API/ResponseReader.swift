internal import Inflow
internal import Records

/// An answer under way, from the platform or from the archive; takes bytes from the body only when the caller wants a
/// batch.
final class ResponseReader {
    let request: APIRequest
    /// What the answer says of itself; `nil` before its end.
    private(set) var counters: AnswerCounters?

    private let body: any ResponseBody
    private let vocabulary: [String]
    private let firstOrdinal: Int
    private var parser: XMLRecordParser
    /// Batches of a body that was read whole.
    private var ready: [Batch] = []
    /// Whether what the body says of its characters was handed over.
    private var hasReported = false

    /// A reader of an answer's body; `firstOrdinal` is the place of its first record.
    init(_ body: any ResponseBody, to request: APIRequest, vocabulary: [String], firstOrdinal: Int) {
        self.body = body
        self.request = request
        self.vocabulary = vocabulary
        self.firstOrdinal = firstOrdinal
        parser = XMLRecordParser(
            items: request.endpoint.items, vocabulary: vocabulary, limits: ResponseReader.limits,
            firstOrdinal: firstOrdinal)
    }

    /// An eighth of a megabyte a batch: five answers at once stay within 64 MiB with everything made from them.
    private static var limits: ParserLimits {
        var limits = ParserLimits()
        (limits.batchRecords, limits.batchBytes) = (300, 128 << 10)
        return limits
    }

    /// Whether batches wait although the body has ended.
    var hasMore: Bool { !ready.isEmpty }

    /// The next batch; `nil` at the end of the answer, when `counters` is there and the call has ended.
    ///
    /// The last batch may come with the counters already there.
    func next(isolation: isolated (any Actor)?) async throws(SourceError) -> Batch? {
        var batch = try await pull(isolation: isolation)
        if counters != nil, !hasReported {
            hasReported = true
            if body.replacedCharacters > 0 || body.doubt != nil {
                var last = batch ?? Batch()
                if batch == nil { last.names = vocabulary }
                last.replacedCharacters += body.replacedCharacters
                last.lostCharacters += body.replacedCharacters
                last.answer.doubts += [body.doubt].compactMap(\.self)
                batch = last
            }
        }
        batch?.answer.parent = request.key
        batch?.answer.firstOrdinal = firstOrdinal
        return batch
    }

    private func pull(isolation: isolated (any Actor)?) async throws(SourceError) -> Batch? {
        if !ready.isEmpty { return ready.removeFirst() }
        guard counters == nil else { return nil }
        do throws(SourceError) {
            let batch =
                request.endpoint.format == .json
                ? try await nextOfJSON(isolation: isolation) : try await nextOfXML(isolation: isolation)
            if counters != nil { await body.end(isolation: isolation) }
            return batch
        } catch {
            await body.end(isolation: isolation)
            throw error
        }
    }

    /// Bytes on the wire since this was last asked.
    func newBytes() -> Int { body.newBytes() }

    private func nextOfXML(isolation: isolated (any Actor)?) async throws(SourceError) -> Batch? {
        if let batch = parser.nextBatch() { return batch }
        while let piece = try await body.next(isolation: isolation) {
            try mapping(unreadable) { () throws(ParseError) in try parser.feed(piece) }
            if let batch = parser.nextBatch() { return batch }
        }
        let (last, counters) = try mapping(unreadable) { () throws(ParseError) in try parser.finish() }
        while let full = parser.nextBatch() { ready.append(full) }
        if let last { ready.append(last) }
        self.counters = counters
        return ready.isEmpty ? nil : ready.removeFirst()
    }

    private func nextOfJSON(isolation: isolated (any Actor)?) async throws(SourceError) -> Batch? {
        var bytes: [UInt8] = []
        while let piece = try await body.next(isolation: isolation) {
            bytes += piece
            // What is longer is refused by the reader.
            if bytes.count > JSONRecordReader.bodyLength { break }
        }
        let reader = JSONRecordReader(record: "record", vocabulary: vocabulary, firstOrdinal: firstOrdinal)
        (ready, counters) = try mapping(unreadable) { () throws(ParseError) in try reader.read(bytes) }
        return ready.isEmpty ? nil : ready.removeFirst()
    }

    private func unreadable(_ error: ParseError) -> SourceError {
        SourceError(error, subject: request.subject, status: body.status)
    }
}

extension XMLRecordParser {
    /// Takes the next bytes of the body.
    mutating func feed(_ bytes: [UInt8]) throws(ParseError) {
        try bytes.withUnsafeBufferPointer { bytes throws(ParseError) in try feed(UnsafeRawBufferPointer(bytes)) }
    }
}
