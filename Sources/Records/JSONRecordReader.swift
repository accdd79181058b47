internal import FoundationEssentials
public import Inflow

/// Reads a short JSON answer, held whole, into a batch of the same shape as an XML answer's.
///
/// The one place where a body is held whole: it is for short lists only (job statuses), and longer bodies are refused.
/// Takes `{"data":[…],"total":n}`, `{"data":{…}}` and a bare array. Fields become elements, sorted by name since
/// JSON's order is lost; nested objects become nested elements, arrays repeated elements, `null` an empty one;
/// numbers and booleans are written as text (`12.5`, `true`). Source: API reference 8.
public struct JSONRecordReader: Sendable {
    /// Longest body taken, in bytes.
    public static let bodyLength = 1 << 20

    private let record: String
    private let vocabulary: [String]
    private let limits: ParserLimits
    private let firstOrdinal: Int

    /// A reader of answers of one kind.
    ///
    /// - Parameters:
    ///   - record: What a record's own element is called in the batch, such as `JobStatus`.
    ///   - vocabulary: Element names in lower case; they get the numbers from 0 in `Batch.names`.
    ///   - limits: Bounds of what the reader accepts.
    ///   - firstOrdinal: The place of the first record, when pages before this one had some.
    public init(record: String, vocabulary: [String], limits: ParserLimits = .init(), firstOrdinal: Int = 0) {
        self.record = record
        self.vocabulary = vocabulary
        self.limits = limits.held
        self.firstOrdinal = firstOrdinal
    }

    /// Reads one whole body: its batches (none when there are no records) and what it said of itself.
    ///
    /// Throws `ParseError` (empty, too_long, html, not_json, unexpected_root, too_deep, too_many_elements).
    public func read(_ body: [UInt8]) throws(ParseError) -> (batches: [Batch], counters: AnswerCounters) {
        let (answer, replaced) = try decode(body)
        let (found, total) = try records(in: answer)
        var tape = RecordTape(
            items: ["Response/" + record], vocabulary: vocabulary, limits: limits, firstOrdinal: firstOrdinal)
        var writer = JSONWriter(replaced: replaced)
        tape.open("Response")
        for value in found { writer.write(value, named: record, to: &tape) }
        tape.close()
        if let failure = tape.failure { throw failure }
        var batches = tape.ready
        if let last = tape.cut() { batches.append(last) }
        if !batches.isEmpty {
            batches[batches.count - 1].replacedCharacters = writer.replaced
            batches[batches.count - 1].lostCharacters = replaced
        }
        var counters = tape.envelope.counters
        counters.totalRecords = total
        JSONRecordReader.noteOthers(in: answer, &counters)
        return (batches, counters)
    }

    /// The body as JSON, and how many malformed UTF-8 sequences were replaced for that.
    private func decode(_ body: [UInt8]) throws(ParseError) -> (JSONValue, replaced: Int) {
        if body.count > Self.bodyLength {
            throw ParseError(.tooLong, detail: "\(body.count) bytes, Inflow accepts at most \(Self.bodyLength)")
        }
        let bytes = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body[3...] : body[...]
        guard let first = bytes.first(where: { !$0.isBlank }) else { throw ParseError(.empty) }
        let excerpt = BodySniffer.excerpt(body)
        let text = String(decoding: bytes, as: UTF8.self)
        if first == 60 {
            let start = excerpt.trimmed.lowercased()
            let isPage = start.hasPrefix("<html") || start.hasPrefix("<!doctype html")
            throw ParseError(isPage ? .html : .notJSON, detail: excerpt)
        }
        let replaced = String(validating: bytes, as: UTF8.self) == nil ? Self.replacements(in: text, of: bytes) : 0
        do {
            return (try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)), replaced)
        } catch {
            throw ParseError(.notJSON, detail: excerpt)
        }
    }

    private static func replacements(in text: String, of bytes: ArraySlice<UInt8>) -> Int {
        let now = text.unicodeScalars.count { $0 == "\u{FFFD}" }
        let before = bytes.indices.count { bytes[$0...].starts(with: XMLSanitizer.replacement) }
        return now - before
    }

    /// Notes what stands beside `data` and `total`; what stands there in a list may be a record.
    private static func noteOthers(in answer: JSONValue, _ counters: inout AnswerCounters) {
        guard case .object(let fields) = answer, fields["data"] != nil else { return }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) where name != "data" && name != "total" {
            guard counters.unknown.count < Envelope.mostUnknown else { return }
            switch value {
            case .array(let all): counters.outside += all.count
            case .text, .object, .null: break
            }
            let text = if case .text(let text) = value { text } else { "" }
            counters.unknown[String(name.prefix(200))] = String(text.prefix(200))
        }
    }

    private func records(in answer: JSONValue) throws(ParseError) -> ([JSONValue], total: Int?) {
        switch answer {
        case .array(let all):
            return (all, nil)
        case .object(let fields):
            let total = if case .text(let text)? = fields["total"] { Int(text) } else { nil as Int? }
            switch fields["data"] {
            case .array(let all)?: return (all, total)
            case .object(let one)?: return ([.object(one)], total)
            case .null? where total == 0: return ([], total)
            case .null?: throw ParseError(.unprovenEmpty, detail: "data is null, and total is not 0")
            case .text?, nil: throw ParseError(.unexpectedRoot, detail: "no data in the answer")
            }
        case .text, .null:
            throw ParseError(.unexpectedRoot, detail: "neither an object nor an array")
        }
    }
}

/// What JSON can say; scalars as text.
enum JSONValue: Decodable {
    case text(String)
    case object([String: JSONValue])
    case array([JSONValue])
    case null

    init(from decoder: any Decoder) throws {
        if let fields = try? decoder.container(keyedBy: Key.self) {
            var object: [String: JSONValue] = [:]
            for key in fields.allKeys { object[key.stringValue] = try fields.decode(JSONValue.self, forKey: key) }
            self = .object(object)
            return
        }
        if var values = try? decoder.unkeyedContainer() {
            var array: [JSONValue] = []
            while !values.isAtEnd { array.append(try values.decode(JSONValue.self)) }
            self = .array(array)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let flag = try? value.decode(Bool.self) {
            self = .text(flag ? "true" : "false")
        } else {
            self = .text(try value.decode(Decimal.self).description)
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

/// Writes JSON values as a parser's events.
private struct JSONWriter {
    /// Characters replaced so far.
    var replaced: Int

    mutating func write(_ value: JSONValue, named name: String, to tape: inout RecordTape) {
        if case .array(let all) = value {
            // An array within an array has no name of its own and takes the outer one's.
            for one in all { write(one, named: name, to: &tape) }
            return
        }
        tape.open(cleaned(name))
        switch value {
        case .text(let text): tape.text(cleaned(text))
        case .object(let fields):
            for (name, value) in fields.sorted(by: { $0.key < $1.key }) { write(value, named: name, to: &tape) }
        case .array, .null: break
        }
        tape.close()
    }

    /// Without characters that XML, and in part PostgreSQL, cannot hold.
    private mutating func cleaned(_ text: String) -> String {
        var count = 0
        var cleaned = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 9, 10, 13, 0x20...0xFFFD, 0x1_0000...: cleaned.append(scalar)
            default:
                cleaned.append("\u{FFFD}")
                count += 1
            }
        }
        replaced += count
        return count == 0 ? text : String(cleaned)
    }
}

extension RecordTape {
    fileprivate mutating func open(_ name: String) {
        Array(name.utf8).withUnsafeBufferPointer { open($0) }
    }

    fileprivate mutating func text(_ text: String) {
        Array(text.utf8).withUnsafeBufferPointer { self.text($0) }
    }
}
