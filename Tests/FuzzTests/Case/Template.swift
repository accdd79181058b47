import Foundation
import Inflow
import TestSupport
import WorkflowMax

/// A documented body with the request that it answers: what the fuzzer's cases begin from.
struct Template: Sendable {
    /// The file's name without its ending, such as `invoice.v1`.
    let name: String
    let entity: EntityDefinition
    /// The body as it was typed.
    let body: Element
    /// What is asked for.
    let chunk: Chunk
    /// The endpoint that answers.
    let endpoint: Endpoint

    /// The key by which the record, or the record that it hangs on, is asked for; `nil` for a list.
    var askedKey: String? { if case .parents(let keys) = chunk { keys.first } else { nil } }
    /// Whether one record is asked for by its own key.
    var isByKey: Bool { askedKey != nil && !entity.isPerParent }
    /// Records that are asked for on one page.
    var pageSize: Int? { if case .counted(let size) = endpoint.paging { size } else { nil } }

    /// All documented bodies in XML, each as the answer to the requests that it fits.
    static func all(_ parser: IndependentParser) throws -> [Template] {
        let folder = Checkout.file("Tests/WorkflowMaxTests/Fixtures")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "xml" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        return try files.flatMap { try templates(of: $0, parser) }
    }

    private static func templates(of file: URL, _ parser: IndependentParser) throws -> [Template] {
        let name = file.deletingPathExtension().lastPathComponent
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        guard case .document(let body, _) = try parser.read(Array(withoutForbidden(text).utf8)),
            let entity = WorkflowMax.entities.first(where: { $0.name == name.prefix { $0 != "." } })
        else { throw IndependentParser.Failed(words: "\(name) is not a body of an entity") }
        func template(_ chunk: Chunk, _ endpoint: Endpoint) -> Template {
            Template(name: name, entity: entity, body: body, chunk: chunk, endpoint: endpoint)
        }
        // Values of records are asked for by what the warehouse holds of their records, and not by a plan.
        if entity.isPerParent { return [] }
        // A record directly in the root is the answer of `get`.
        if let get = entity.get,
            let record = body.children.first(where: { one in
                get.items.contains { $0.lowercased() == "\(body.name)/\(one.name)".lowercased() }
            })
        {
            let column = get.keyColumn ?? entity.key.first ?? ""
            let paths = entity.columns.first { $0.name == column }?.paths ?? []
            let key = paths.lazy.compactMap { path in record.children.first { $0.isNamed(path) }?.text }.first
            return [template(.parents([key ?? ""]), get)]
        }
        var found: [Template] = []
        if case .span = entity.window, let from = LocalDate("2026-03-01"), let last = LocalDate("2026-03-04"),
            let day = Window(first: from, last: from), let days = Window(first: from, last: last)
        {
            // A span whose answer cannot be read is read in halves; a day is not.
            found += [template(.span(day), entity.endpoint), template(.span(days), entity.endpoint)]
        } else if case .whole = entity.window, !entity.isReadEach {
            found.append(template(.whole, entity.endpoint))
        }
        // What a list carries without its lines, the run reads by key afterwards.
        return found + entity.sweeps.filter { $0.carries != .header }.map { template(.sweep($0), $0) }
    }

    /// A documented body as the answer of the endpoint in which its records stand.
    static func any(of file: URL, _ parser: IndependentParser) throws -> Template? {
        let name = file.deletingPathExtension().lastPathComponent
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        guard case .document(let body, _) = try parser.read(Array(withoutForbidden(text).utf8)),
            let entity = WorkflowMax.entities.first(where: { $0.name == name.prefix { $0 != "." } })
        else { return nil }
        return Template(name: name, entity: entity, body: body, chunk: .whole, endpoint: entity.endpoint)
    }

    /// Characters that XML forbids, as Inflow replaces them.
    private static func withoutForbidden(_ text: String) -> String {
        var kept = text
        for number in 0..<32 where ![9, 10, 13].contains(number) {
            kept = kept.replacing("&#\(number);", with: "\u{FFFD}")
                .replacing("&#x\(String(number, radix: 16, uppercase: true));", with: "\u{FFFD}")
            kept = String(
                String.UnicodeScalarView(kept.unicodeScalars.map { $0.value == UInt32(number) ? "\u{FFFD}" : $0 }))
        }
        return kept
    }

    // MARK: records

    /// Places of the records in a body, from the names that the definition gives for them.
    func recordPlaces(in root: Element) -> [Element.Place] {
        endpoint.items.flatMap { item -> [Element.Place] in
            let steps = item.split(separator: "/")
            guard let first = steps.first, root.isNamed(first) else { return [] }
            return steps.dropFirst().reduce([[]]) { places, step in
                places.flatMap { place in
                    root[place].nodes.indices.compactMap { index -> Element.Place? in
                        guard case .element(let one) = root[place].nodes[index], one.isNamed(step) else { return nil }
                        return place + [index]
                    }
                }
            }
        }
        .filter { !$0.isEmpty }
        .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Elements that hold the record's key, in the order in which they count.
    private var keyNames: [String] {
        let key = entity.columns.first { $0.name == entity.key.last } ?? entity.columns.first
        return key?.paths.filter { !$0.contains("/") } ?? []
    }

    /// The text of the record's key.
    func identifier(of record: Element) -> String {
        keyNames.lazy.compactMap { name in record.children.first { $0.isNamed(name) }?.text }.first { !$0.isEmpty }
            ?? ""
    }

    /// Sets the text of the record's key, where it has one.
    func setIdentifier(of record: inout Element, to key: String) {
        for name in keyNames {
            let places = record.places { $0.isNamed(name) }.filter { $0.count == 1 }
            guard let place = places.first else { continue }
            record[place].nodes = key.isEmpty ? [] : [.text(key)]
            return
        }
    }

    /// The record once more, under a key of its own.
    func copy(_ record: Element, number: Int, _ numbers: inout SeededNumbers) -> Element {
        var copy = record
        let tail = String(numbers.next() % 0xFFFF_FFFF_FFFF, radix: 16)
        let twelve = String(repeating: "0", count: 12 - tail.count) + tail
        setIdentifier(of: &copy, to: "ab000000-0000-4000-8\(String(format: "%03d", number % 1_000))-\(twelve)")
        return copy
    }
}
