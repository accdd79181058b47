import Inflow
import TestSupport

@testable import Records

/// What a body came to, in a form that can be compared.
struct Reading: Equatable {
    var records: [String] = []
    var ordinals: [Int] = []
    var unreadable: [String] = []
    var replaced = 0
    var counters = AnswerCounters()
    var batchSizes: [Int] = []
    var names: [String] = []

    /// The one record there is, or all of them on lines.
    var only: String { records.joined(separator: "\n") }
}

/// How a body is cut up on its way into the parser.
enum Slicing: CaseIterable {
    case whole, bytes, random
}

let everyItem = [
    "Response/Invoices/Invoice", "Response/Invoice", "Response/Jobs/Job", "Response/Job", "Response/Times/Time",
    "Response/Costs/Cost", "Costs/Cost",
]

/// Reads a whole body and notes what it came to.
func read(
    _ body: some Sequence<UInt8>, items: [String] = everyItem, vocabulary: [String] = ["id", "name", "job", "uuid"],
    limits: ParserLimits = .init(), firstOrdinal: Int = 0, slicing: Slicing = .whole, joinLength: Int = 4_096,
    seed: UInt64 = 1
) throws(ParseError) -> Reading {
    var parser = XMLRecordParser(items: items, vocabulary: vocabulary, limits: limits, firstOrdinal: firstOrdinal)
    parser.joinLength = joinLength
    var reading = Reading()
    var random = SeededNumbers(seed: seed)
    var rest = Array(body)[...]
    while !rest.isEmpty {
        let length =
            switch slicing {
            case .whole: rest.count
            case .bytes: 1
            case .random: Int.random(in: 1...Int.random(in: 1...400, using: &random), using: &random)
            }
        try feed(rest.prefix(length), to: &parser)
        while let batch = parser.nextBatch() { reading.add(batch) }
        rest = rest.dropFirst(length)
    }
    let (last, counters) = try parser.finish()
    while let batch = parser.nextBatch() { reading.add(batch) }
    if let last { reading.add(last) }
    reading.counters = counters
    return reading
}

/// The same from text.
func read(
    _ body: String, items: [String] = everyItem, limits: ParserLimits = .init(), slicing: Slicing = .whole
) throws(ParseError) -> Reading {
    try read(Array(body.utf8), items: items, limits: limits, slicing: slicing)
}

private func feed(_ bytes: ArraySlice<UInt8>, to parser: inout XMLRecordParser) throws(ParseError) {
    do {
        try bytes.withUnsafeBytes { try parser.feed($0) }
    } catch let error as ParseError {
        throw error
    } catch {
        throw ParseError(.notXML, detail: "\(error)")
    }
}

/// The error a body is refused with.
func refusal(
    of body: some Sequence<UInt8>, items: [String] = everyItem, limits: ParserLimits = .init(),
    slicing: Slicing = .whole
) -> ParseError? {
    do throws(ParseError) {
        _ = try read(body, items: items, limits: limits, slicing: slicing)
        return nil
    } catch {
        return error
    }
}

/// The same from text.
func refusal(of body: String, items: [String] = everyItem, limits: ParserLimits = .init()) -> ParseError? {
    refusal(of: Array(body.utf8), items: items, limits: limits)
}

extension Reading {
    mutating func add(_ batch: Batch) {
        for record in batch.records { records.append(dump(batch, Int(record))) }
        ordinals += batch.ordinals.map(Int.init)
        unreadable += batch.unreadable.map { "\($0.ordinal) \($0.reason.rawValue) \($0.path) \($0.raw.count)" }
        replaced += batch.replacedCharacters
        batchSizes.append(batch.count)
        names = batch.names
    }

    /// `Name[text](children)`.
    private func dump(_ batch: Batch, _ index: Int) -> String {
        let element = batch.elements[index]
        let text = batch.text[Int(element.textStart)..<Int(element.textStart + element.textLength)]
        var dumped = batch.names[Int(element.name)]
        if !text.isEmpty { dumped += "[" + String(decoding: text, as: UTF8.self) + "]" }
        var children: [String] = []
        var next = index + 1
        while next < Int(element.end) {
            children.append(dump(batch, next))
            next = Int(batch.elements[next].end)
        }
        return children.isEmpty ? dumped : dumped + "(" + children.joined(separator: " ") + ")"
    }
}
