import Foundation
import Inflow

/// A row as a table holds it: every value as PostgreSQL writes it.
struct HeldRow {
    /// The table, with schema.
    let table: String
    let values: [String: String]

    /// A value, or `nil` for null; an instant without the zone, which is always UTC here.
    subscript(column: String) -> String? {
        guard let value = values[column] else { return nil }
        return value.hasSuffix("+00:00") ? String(value.dropLast(6)) : value
    }

    /// All texts in `extra`, at any depth.
    var kept: [String] {
        values["extra"].flatMap { try? JSONDecoder().decode(Texts.self, from: Data($0.utf8)) }?.all ?? []
    }

    /// The texts of a JSON value.
    ///
    /// `JSONSerialization` would lose a mark (U+FEFF) at the start of one.
    private struct Texts: Decodable {
        var all: [String] = []

        init(from decoder: any Decoder) throws {
            let one = try decoder.singleValueContainer()
            if let text = try? one.decode(String.self) {
                all = [text]
            } else if let list = try? one.decode([Texts].self) {
                all = list.flatMap(\.all)
            } else if let object = try? one.decode([String: Texts].self) {
                all = object.values.flatMap(\.all)
            }
        }
    }
}

/// Compares what the tables hold with what an answer's records must have become.
struct Comparison {
    let entity: EntityDefinition
    /// What is wrong, one sentence each.
    private(set) var faults: [String] = []

    /// Compares the live rows of an entity, and all of its lines, with what the records of an answer must be.
    init(_ entity: EntityDefinition, held: [HeldRow], expected: [ExpectedRecord]) {
        self.entity = entity
        let own = held.filter { $0.table == entity.table }
        var wanted: [[String]: [ExpectedRecord]] = [:]
        for record in expected { wanted[record.key, default: []].append(record) }
        let strangers = wanted.keys.filter { $0.contains("") }.reduce(0) { $0 + (wanted[$1]?.count ?? 0) }
        var unmatched = 0
        let byKey = Dictionary(grouping: own, by: key)
        for (key, rows) in byKey {
            if rows.count > 1 { faults.append("\(entity.table) holds \(rows.count) rows of the key \(key)") }
            guard let records = wanted[key], let row = rows.first else {
                unmatched += 1
                if unmatched > strangers { faults.append("\(entity.table) holds \(key), which no answer has") }
                continue
            }
            compare(row, held.filter { $0.table != entity.table && isLine($0, of: row) }, with: records)
        }
        for (key, records) in wanted where byKey[key] == nil && records.contains(where: { $0.fate == .loads }) {
            faults.append("\(entity.table) lacks \(key)")
        }
    }

    private func key(_ row: HeldRow) -> [String] { entity.key.map { row[$0]?.folded ?? "" } }

    private func isLine(_ line: HeldRow, of row: HeldRow) -> Bool {
        guard let child = entity.children.first(where: { $0.table == line.table }) else { return false }
        return child.columns.filter { $0.kind == .parent }.allSatisfy { column in
            column.paths.first.map { row[$0] == line[column.name] } ?? false
        }
    }

    /// The last record of a key wins; an earlier one only where the later ones may have been rejected.
    private mutating func compare(_ row: HeldRow, _ lines: [HeldRow], with records: [ExpectedRecord]) {
        var first: [String]?
        for record in records.reversed() {
            if record.fate == .isRejected { continue }
            let faults = difference(row, lines, record)
            if faults.isEmpty { return }
            first = first ?? faults
            if record.fate == .loads { break }
        }
        faults += first ?? ["\(entity.table) holds \(key(row)), which must be rejected: \(records.flatMap(\.reasons))"]
    }

    private func difference(_ row: HeldRow, _ lines: [HeldRow], _ record: ExpectedRecord) -> [String] {
        guard let own = record.rows.first else { return [] }
        var faults = difference(row, own)
        for child in entity.children {
            let wanted = record.rows.dropFirst().filter { $0.table == child.table }
            let held = lines.filter { $0.table == child.table }
            guard wanted.count == held.count else {
                faults.append("\(child.table) holds \(held.count) lines of \(record.key), and not \(wanted.count)")
                continue
            }
            var rest = held
            for line in wanted {
                let place = rest.firstIndex { $0["position"] == position(of: line) } ?? rest.startIndex
                faults += difference(rest.remove(at: place), line)
            }
        }
        return faults
    }

    private func position(of row: ExpectedRow) -> String? {
        if case .exactly(let position)? = row.columns["position"] { position } else { nil }
    }

    private func difference(_ held: HeldRow, _ wanted: ExpectedRow) -> [String] {
        var faults: [String] = []
        for (column, allowed) in wanted.columns.sorted(by: { $0.key < $1.key }) where !allowed.allows(held[column]) {
            let isKey = entity.key.contains(column) || entity.children.contains { $0.key.contains(column) }
            if isKey, case .exactly(let text?) = allowed, text.folded == held[column]?.folded { continue }
            faults.append("\(wanted.table).\(column) is \(shown(held[column])), and not \(allowed)".prefixed)
        }
        let kept = held.kept
        for text in wanted.kept where !kept.contains(text) {
            faults.append("\(wanted.table) has lost the text \(text.debugDescription)".prefixed)
        }
        return faults
    }

    private func shown(_ text: String?) -> String { text.map(\.debugDescription) ?? "null" }
}

extension String {
    /// The first of it, where it is long.
    fileprivate var prefixed: String { count > 400 ? prefix(400) + "…" : self }
}
