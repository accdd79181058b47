import Foundation
import Testing

@testable import Inflow

/// A batch written as indented text: `Name: text` on a line of its own, nested elements two blanks further in.
///
/// Lines without indentation are records. Names are numbered as the parser numbers them: the entity's names first,
/// found without regard to case, then the unknown ones as first spelt.
struct BatchText {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    private struct Line {
        let depth: Int
        let name: String
        let text: String

        init(_ line: Substring) {
            depth = line.prefix { $0 == " " }.count / 2
            let parts = line.drop { $0 == " " }.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            name = String(parts[0])
            // One blank after the colon belongs to the notation; the others are the text's own.
            let rest = parts.count > 1 ? parts[1] : ""
            text = String(rest.hasPrefix(" ") ? rest.dropFirst() : rest).replacing("\\n", with: "\n")
        }
    }

    func batch(_ vocabulary: [String], firstOrdinal: Int32 = 0) -> Batch {
        let lines = text.split(separator: "\n").filter { $0.contains { $0 != " " } }.map { Line($0) }
        var batch = Batch()
        batch.names = vocabulary
        for (index, line) in lines.enumerated() {
            if line.depth == 0 {
                batch.records.append(Int32(index))
                batch.ordinals.append(firstOrdinal + Int32(batch.ordinals.count))
            }
            let name = BatchText.number(line.name, &batch.names)
            let bytes = Array(line.text.utf8)
            let end = lines[(index + 1)...].firstIndex { $0.depth <= line.depth } ?? lines.count
            batch.elements.append(
                Batch.Element(
                    name: Int32(name), textStart: Int32(batch.text.count), textLength: Int32(bytes.count),
                    end: Int32(end)))
            batch.text += bytes
        }
        return batch
    }

    private static func number(_ name: String, _ names: inout [String]) -> Int {
        if let known = names.firstIndex(where: { $0.lowercased() == name.lowercased() }) { return known }
        names.append(name)
        return names.count - 1
    }
}

/// What a shaper made, as text that can be compared.
struct Shaped {
    let result: ShapedBatch

    init(
        _ entity: EntityDefinition, _ text: String, carries: Endpoint.Carries = .everything,
        unreadable: [Batch.Unreadable] = [], zone: TimeZone = .gmt
    ) {
        let shaper = RowShaper(entity, carries: carries, zone: zone)
        var batch = BatchText(text).batch(entity.elementNames)
        batch.unreadable = unreadable
        result = shaper.shape(batch)
    }

    /// The rows of a table, values joined by a bar; `∅` is null.
    func rows(_ table: Int = 0) -> [String] {
        let block = result.blocks[table]
        return (0..<block.count).map { row in
            block.values[row * block.width..<(row + 1) * block.width].map { string($0) }.joined(separator: " | ")
        }
    }

    /// The only row of the entity's table without its `extra`.
    func value() throws -> String {
        let rows = rows()
        try #require(rows.count == 1)
        return String(rows[0].dropLast(" | ∅".count))
    }

    /// The `extra` of each row of a table.
    func extras(_ table: Int = 0) -> [String] {
        let block = result.blocks[table]
        return (0..<block.count).map { string(block.values[($0 + 1) * block.width - 1]) }
    }

    /// Drift as `table path = example`.
    var drift: [String] { result.drift.map { "\($0.table) \($0.path) = \($0.example)" } }

    /// Rejections as `key table.column "raw" reason`, those of values behind `value`.
    var rejections: [String] {
        result.rejections.map {
            "\($0.isOfValue ? "value " : "")\($0.key) \($0.table).\($0.column) \"\($0.raw)\" \($0.reason.rawValue)"
        }
    }

    private func string(_ value: Value) -> String {
        switch value {
        case .null: "∅"
        case .text(let start, let length), .decimal(let start, let length), .json(let start, let length):
            String(decoding: result.arena[Int(start)..<Int(start + length)], as: UTF8.self)
        case .integer(let number): String(number)
        case .boolean(let flag): String(flag)
        case .date(let days): LocalDate(daysSinceEpoch: Int(days)).description
        case .moment(let microseconds): "\(microseconds) µs"
        case .instant(let microseconds): "\(microseconds) µs UTC"
        case .clock(let seconds): "\(seconds) s"
        }
    }
}

extension EntityDefinition {
    /// A definition for tests: a whole list of things in `t.thing`.
    static func thing(
        key: [String] = ["uuid"], columns: [Column], children: [Child] = [], window: WindowRule = .whole,
        endpoint: Endpoint = Endpoint("thing.api/list", items: "Response/Things/Thing")
    ) -> EntityDefinition {
        EntityDefinition(
            "thing", .reference, summary: "A thing.", endpoint: endpoint, window: window, table: "t.thing", key: key,
            columns: columns, children: children)
    }
}
