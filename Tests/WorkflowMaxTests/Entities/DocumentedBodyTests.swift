import Foundation
import Inflow
import Records
import TestSupport
import Testing

@testable import WorkflowMax

/// The second witness: bodies typed from the reference become the rows typed beside them (`Fixtures/README.md`).
@Suite struct DocumentedBodyTests {
    @Test("a documented body becomes the rows written beside it", arguments: DocumentedBody.all)
    func rows(of body: DocumentedBody) throws {
        let entity = try #require(allEntities.first { $0.name == body.entity })
        let shaper = RowShaper(entity)
        var batch = try body.batch(entity, vocabulary: entity.elementNames)
        // What a body was asked for by does not stand in it.
        if entity.isPerParent { batch.answer.parent = "P/1" }
        let shaped = shaper.shape(batch)
        #expect(shaped.rejections.isEmpty)
        let found = RowText(entity, shaped).blocks
        let expected = try body.rows.split(separator: "\n\n").map { $0.split(separator: "\n").map(String.init) }
        for (one, other) in zip(found, expected) where one != other {
            for (line, wanted) in zip(one, other) where line != wanted {
                Issue.record("\(one[0]): \(line) — expected \(wanted)")
            }
        }
        #expect(found == expected)
    }

    @Test("every entity has a documented body that fills every column")
    func coverage() throws {
        var filled: [String: Set<String>] = [:]
        for body in DocumentedBody.all {
            for block in try body.rows.split(separator: "\n\n") {
                let lines = block.split(separator: "\n")
                let names = lines.dropFirst().filter { !$0.hasSuffix(" = ∅") }.map { $0.prefix { $0 != " " } }
                filled[String(lines[0]), default: []].formUnion(names.map(String.init))
            }
        }
        for entity in allEntities {
            let tables = [(entity.table, entity.columns)] + entity.children.map { ($0.table, $0.columns) }
            for (table, columns) in tables {
                let missing = columns.map(\.name).filter { filled[String(table.dropFirst(4))]?.contains($0) != true }
                #expect(missing.isEmpty, "\(table)")
            }
        }
    }
}

/// A body of the platform, typed by hand from the reference.
struct DocumentedBody: CustomTestStringConvertible {
    let file: URL

    static var all: [DocumentedBody] {
        let folder = Checkout.file("Tests/WorkflowMaxTests/Fixtures")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { ["xml", "json"].contains($0.pathExtension) }.map { DocumentedBody(file: $0) }
    }

    var testDescription: String { file.lastPathComponent }
    /// The part of the file's name before its first dot.
    var entity: String { String(file.lastPathComponent.prefix { $0 != "." }) }
    var rows: String {
        get throws {
            let text = try String(
                contentsOf: file.deletingPathExtension().appendingPathExtension("rows"), encoding: .utf8)
            return text.trimmingCharacters(in: .newlines)
        }
    }

    /// The body's records; it is small enough for one batch.
    func batch(_ entity: EntityDefinition, vocabulary: [String]) throws -> Batch {
        let bytes = Array(try Data(contentsOf: file))
        if file.pathExtension == "json" {
            return try #require(
                JSONRecordReader(record: entity.endpoint.items[0], vocabulary: vocabulary).read(bytes).batches.first)
        }
        var parser = XMLRecordParser(items: entity.endpoint.items, vocabulary: vocabulary)
        try bytes.withUnsafeBytes { bytes in try parser.feed(bytes) }
        return try #require(try parser.finish().last)
    }
}

/// Shaped rows as the text of a `.rows` file.
struct RowText {
    let blocks: [[String]]

    init(_ entity: EntityDefinition, _ shaped: ShapedBatch) {
        let tables = [(entity.table, entity.columns)] + entity.children.map { ($0.table, $0.columns) }
        blocks = zip(tables, shaped.blocks).flatMap { table, block in
            (0..<block.count).map { row in
                let names = table.1.map(\.name) + ["extra"]
                let values = block.values[row * block.width..<(row + 1) * block.width]
                return [String(table.0.dropFirst(4))]
                    + zip(names, values).map { "\($0) = \(RowText.text($1, in: shaped.arena))" }
            }
        }
    }

    private static func text(_ value: Value, in arena: [UInt8]) -> String {
        func part(_ start: Int32, _ length: Int32) -> String {
            String(decoding: arena[Int(start)..<Int(start + length)], as: UTF8.self)
        }
        return switch value {
        case .null: "∅"
        case .text(let start, let length): quoted(part(start, length))
        case .decimal(let start, let length), .json(let start, let length): part(start, length)
        case .integer(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .date(let days): "\(LocalDate(daysSinceEpoch: Int(days)))"
        case .moment(let microseconds): moment(microseconds)
        case .instant(let microseconds): moment(microseconds) + "Z"
        case .clock(let seconds): clock(Int(seconds))
        }
    }

    private static func quoted(_ text: String) -> String {
        let escapes: [Character: String] = [
            "\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\r\n": "\\r\\n",
        ]
        return "\"" + text.map { escapes[$0] ?? String($0) }.joined() + "\""
    }

    private static func moment(_ microseconds: Int64) -> String {
        let day = Int((Double(microseconds) / 86_400_000_000).rounded(.down))
        let rest = microseconds - Int64(day) * 86_400_000_000
        var text = "\(LocalDate(daysSinceEpoch: day))T\(clock(Int(rest / 1_000_000)))"
        var fraction = String(String(rest % 1_000_000 + 1_000_000).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        if !fraction.isEmpty { text += "." + fraction }
        return text
    }

    private static func clock(_ seconds: Int) -> String {
        [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
