import Foundation
import Inflow
import TestSupport
import Testing
import WorkflowMax

/// The fuzzer's own measure is measured: by the rows that were typed beside the documented bodies, and by faults.
@Suite("What the fuzzer expects") struct ExpectationTests {
    private static let folder = Checkout.file("Tests/WorkflowMaxTests/Fixtures")
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "xml" }.map { $0.deletingPathExtension().lastPathComponent }.sorted()
    }()

    private func template(_ name: String) throws -> Template {
        let parser = try IndependentParser()
        defer { parser.stop() }
        let file = ExpectationTests.folder.appending(path: name + ".xml")
        return try #require(try Template.any(of: file, parser))
    }

    private func records(_ template: Template) -> [ExpectedRecord] {
        template.recordPlaces(in: template.body).enumerated().map { index, place in
            RecordReading(
                template.body[place], of: template.entity, carries: .everything,
                parentKey: template.entity.isPerParent ? "P/1" : nil, place: index + 1
            ).record
        }
    }

    @Test("The documented bodies come to the rows that were typed beside them", arguments: names)
    func typed(name: String) throws {
        let template = try template(name)
        let records = records(template)
        #expect(!records.isEmpty && records.allSatisfy { $0.fate == .loads }, "\(records.flatMap(\.reasons))")
        let file = ExpectationTests.folder.appending(path: name + ".rows")
        let blocks = try String(contentsOf: file, encoding: .utf8).split(separator: "\n\n").map(TypedRow.init)
        let tables = [template.entity.table] + template.entity.children.map(\.table)
        let rows = tables.flatMap { table in records.flatMap(\.rows).filter { $0.table == table } }
        try #require(rows.map(\.table) == blocks.map(\.table))
        for (row, block) in zip(rows, blocks) {
            for (column, allowed) in row.columns where allowed != .any {
                #expect(allowed == .exactly(block.values[column] ?? nil), "\(block.table).\(column)")
            }
        }
    }

    @Test("A lost line, a changed value, a lost text, a lost row and a row from nowhere are each noticed")
    func faults() throws {
        let template = try template("invoice")
        let records = records(template)
        let held = records.flatMap { record in
            record.rows.map { row in
                var values = row.columns.compactMapValues { if case .exactly(let text) = $0 { text } else { nil } }
                if row.table != template.entity.table { values["invoice_uuid"] = record.key[0] }
                let extra = ["all": row.kept]
                values["extra"] = (try? JSONEncoder().encode(extra)).map { String(decoding: $0, as: UTF8.self) }
                return HeldRow(table: row.table, values: values)
            }
        }
        func faults(_ held: [HeldRow]) -> [String] {
            Comparison(template.entity, held: held, expected: records).faults
        }
        #expect(faults(held) == [])
        for index in held.indices {
            var fewer = held
            fewer.remove(at: index)
            #expect(!faults(fewer).isEmpty, "without row \(index)")
            for column in held[index].values.keys where column != "extra" {
                var changed = held
                var values = held[index].values
                values[column] = "another"
                changed[index] = HeldRow(table: held[index].table, values: values)
                #expect(!faults(changed).isEmpty, "\(column) of row \(index)")
            }
        }
        var stranger = held
        stranger.append(HeldRow(table: template.entity.table, values: ["uuid": "stranger"]))
        #expect(!faults(stranger).isEmpty)
        let place = try #require(records.firstIndex { !$0.rows[0].kept.isEmpty })
        var lost = held
        let own = try #require(held.firstIndex { $0["uuid"] == records[place].key[0] })
        lost[own] = HeldRow(table: held[own].table, values: held[own].values.filter { $0.key != "extra" })
        #expect(!faults(lost).isEmpty)
    }

    @Test("The same seed and number make the same case, and another number another one")
    func repeats() throws {
        let template = try template("invoice")
        func one(_ number: Int) -> FuzzCase { FuzzCase(seed: 5, number: number, templates: [template]) }
        let descriptions = (0..<50).map { one($0).description }
        #expect(descriptions == (0..<50).map { one($0).description })
        #expect((0..<50).allSatisfy { one($0).body == one($0).body })
        #expect(Set(descriptions).count == 50)
    }
}

/// A block of a `.rows` file.
private struct TypedRow {
    let table: String
    /// Values as PostgreSQL writes them; `nil` for null.
    let values: [String: String?]

    init(_ block: Substring) {
        let lines = block.split(separator: "\n")
        table = "wfm." + lines[0]
        var values: [String: String?] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: " = ", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0])] = .some(TypedRow.value(String(parts[1])))
        }
        self.values = values
    }

    private static func value(_ text: String) -> String? {
        if text == "∅" { return nil }
        if text.hasPrefix("\"") { return try? JSONDecoder().decode(String.self, from: Data(text.utf8)) }
        return text.hasSuffix("Z") && text.contains("T") ? String(text.dropLast()) : text
    }
}
