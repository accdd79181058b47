public import Foundation

/// One version of a record from the warehouse: its values as text, with its lines.
public struct RecordVersion: Sendable, Hashable {
    /// Why the warehouse has a version.
    public enum Change: String, StoredWord {
        /// The record was first seen.
        case first
        /// Its values or lines differed.
        case updated
        /// It had been marked deleted and was listed again.
        case revived
        /// The platform no longer listed it.
        case markedDeleted = "marked_deleted"

        /// The change in words.
        public var words: String {
            switch self {
            case .first: "first seen"
            case .updated: "updated"
            case .revived: "listed again"
            case .markedDeleted: "marked deleted"
            }
        }
    }

    /// When Inflow first saw the record in this state, UTC.
    public let since: Instant
    /// The run that saw it.
    public let run: Int64
    /// Why the version exists.
    public let change: Change
    /// The record's own values by column, without nulls; a value of `extra` has the name `extra.…`.
    public var fields: [String: String]
    /// Its lines by table without schema, each by column, in document order.
    public var lines: [String: [[String: String]]]

    /// A version from its parts.
    public init(
        since: Instant, run: Int64, change: Change, fields: [String: String] = [:],
        lines: [String: [[String: String]]] = [:]
    ) {
        self.since = since
        self.run = run
        self.change = change
        self.fields = fields
        self.lines = lines
    }
}

/// The history of one record: what each of its versions changed, field by field.
///
/// The warehouse keeps a version whenever a merge changes a record: its values, its lines and the run that saw them. A
/// version holds everything, so the versions alone do not show what happened. This type compares each version with the
/// one before and keeps only the differences, the newest first.
///
/// The platform records no history, so `at` is when Inflow learned of a change, not when a person made it; several
/// changes between two runs appear as one step. Values compare as the text that PostgreSQL gives for them: two
/// spellings of one number are one value, because the table stores the number. Columns of bookkeeping (runs, hashes,
/// times) are not part of a record and never count as a change.
///
/// Lines match by their own key: the platform's identifier, or `#` and the position where it sends none. Of lines
/// without identifiers an inserted one therefore shows as a change of all lines after it.
public struct RecordDiff: Sendable, Hashable, Encodable {
    /// A value that differs.
    public struct Field: Sendable, Hashable, Encodable {
        /// The column; `extra.…` for an element that has no column.
        public let name: String
        /// The value before; `nil` for null.
        public let old: String?
        /// The value after; `nil` for null.
        public let new: String?

        /// A difference from its parts.
        public init(_ name: String, _ old: String?, _ new: String?) {
            self.name = name
            self.old = old
            self.new = new
        }
    }

    /// A line that differs.
    public struct Line: Sendable, Hashable, Encodable {
        /// The table without schema.
        public let table: String
        /// The line's own key within the record: its identifier, or `#` and its position.
        public let key: String
        /// `added`, `removed` or `changed`.
        public let what: String
        /// Its values that differ.
        public let fields: [Field]
    }

    /// What one version changed.
    public struct Step: Sendable, Hashable, Encodable {
        /// When Inflow learned it, UTC.
        public let at: Instant
        /// The run that learned it.
        public let run: Int64
        /// Why the version exists.
        public let change: RecordVersion.Change
        /// The record's own values that differ, in the definition's order.
        public let fields: [Field]
        /// Its lines that differ, by table and place.
        public let lines: [Line]
    }

    /// The name of the entity.
    public let entity: String
    /// The record's key, its columns joined by `/`.
    public let key: String
    /// The newest first; the last one is the version the record was first seen in, against nothing.
    public let steps: [Step]

    /// The history of a record from its versions, the oldest first.
    public init(of entity: EntityDefinition, key: String, _ versions: [RecordVersion]) {
        self.entity = entity.name
        self.key = key
        var steps: [Step] = []
        var before: RecordVersion?
        for version in versions {
            steps.append(
                Step(
                    at: version.since, run: version.run, change: version.change,
                    fields: RecordDiff.differences(
                        before?.fields ?? [:], version.fields, order: entity.columns.map(\.name),
                        without: RecordDiff.bookkeeping),
                    lines: entity.children.flatMap { RecordDiff.lines(of: $0, before, version) }))
            before = version
        }
        self.steps = steps.reversed()
    }

    /// System columns; what matters of them, the step says.
    private static let bookkeeping: Set<String> = [
        "connection_id", "first_run_id", "changed_run_id", "changed_at", "asked_at", "content_hash", "children_hash",
    ]

    private static func differences(
        _ old: [String: String], _ new: [String: String], order: [String], without ignored: Set<String>
    ) -> [Field] {
        let known = Set(order)
        let others = Set(old.keys).union(new.keys).subtracting(known).sorted()
        return (order + others).compactMap { name in
            guard !ignored.contains(name), old[name] != new[name] else { return nil }
            return Field(name, old[name], new[name])
        }
    }

    private static func lines(of child: Child, _ old: RecordVersion?, _ new: RecordVersion) -> [Line] {
        let table = child.table.split(separator: ".").last.map(String.init) ?? child.table
        let own = child.key.filter { key in child.columns.contains { $0.name == key && $0.kind != .parent } }
        func key(_ line: [String: String]) -> String { own.map { line[$0] ?? "" }.joined(separator: "/") }
        let (before, after) = (old?.lines[table] ?? [], new.lines[table] ?? [])
        let known = Dictionary(before.map { (key($0), $0) }) { first, _ in first }
        let kept = Set(after.map(key))
        let order = child.columns.map(\.name)
        let copied = Set(child.columns.filter { $0.kind == .parent }.map(\.name))
        let present = after.compactMap { line -> Line? in
            let was = known[key(line)]
            let fields = differences(was ?? [:], line, order: order, without: copied)
            guard was == nil || !fields.isEmpty else { return nil }
            return Line(table: table, key: key(line), what: was == nil ? "added" : "changed", fields: fields)
        }
        let gone = before.filter { !kept.contains(key($0)) }.map { line in
            Line(
                table: table, key: key(line), what: "removed",
                fields: differences(line, [:], order: order, without: copied))
        }
        return present + gone
    }
}

extension RecordDiff {
    /// The history as text for a person, by the clock of `zone`; long values are cut.
    public func text(in zone: TimeZone) -> String {
        let count = "\(steps.count) version\(steps.count == 1 ? "" : "s")"
        let head =
            "\(entity) \(key): \(count), newest first; times are those of \(zone.identifier == "GMT" ? "UTC" : zone.identifier)."
        return ([head] + steps.map { RecordDiff.text($0, zone) }).joined(separator: "\n\n")
    }

    private static func text(_ step: Step, _ zone: TimeZone) -> String {
        var lines = ["\(step.at.text(in: zone))  run \(step.run)  \(step.change.words)"]
        lines += step.fields.map { "  " + text($0) }
        for line in step.lines {
            lines.append("  \(line.table) \(line.key) \(line.what)")
            lines += line.fields.map { "    " + text($0) }
        }
        if lines.count == 1 { lines.append("  no value differs") }
        return lines.joined(separator: "\n")
    }

    private static func text(_ field: Field) -> String {
        "\(field.name): \(text(field.old)) -> \(text(field.new))"
    }

    private static func text(_ value: String?) -> String {
        guard let value else { return "nothing" }
        let line = value.map { $0.isNewline ? " " : String($0) }.joined()
        return line.count > 100 ? line.prefix(99) + "…" : line
    }
}
