internal import Inflow
internal import Postgres

/// Names of records for messages to people: never a bare identifier, which nobody can look up in the platform.
struct RecordNames {
    let connection: Int64
    /// Definitions, whose columns name a record.
    let known: [EntityDefinition]

    /// The name of a record by the tables, else the one that was stored, else its key where that is no identifier.
    ///
    /// Values that hang on another record are named with it: `Smith Ltd, Region`.
    func name(
        _ entity: String, key: String, stored: String? = nil, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> String {
        let definition = known.first { $0.name == entity }
        var own = stored
        if let definition, !key.isEmpty {
            own = try RecordLabels.read(definition, keys: [key], of: connection, session)[key] ?? stored
        }
        if let owner = try owner(of: definition, key: key, session) {
            return [owner, own].compactMap(\.self).joined(separator: ", ")
        }
        if let own { return own }
        if key.isEmpty { return "(its key cannot be read)" }
        return key.contains(RecordNames.identifier) ? "without a known number" : key
    }

    /// The name of the record that values hang on; `nil` for an entity that hangs on none, and where it has no name.
    private func owner(
        of definition: EntityDefinition?, key: String, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> String? {
        guard let definition, let rule = definition.perParent, key.contains("/") else { return nil }
        let value = key.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        for (table, columns) in tables where table.hasSuffix(".\(rule.parent)") {
            if let name = try names(table, columns, column: rule.key, [value], session)[value] { return name }
        }
        return value.contains(RecordNames.identifier) ? nil : value
    }

    /// A text with the names of the records whose identifiers it holds in their place; of an identifier that no table
    /// names, the first eight characters stay.
    func naming(_ text: String, _ session: isolated PostgresConnection) throws(PostgresError) -> String {
        let found = Set(text.matches(of: RecordNames.identifier).map { $0.output.lowercased() })
        guard !found.isEmpty else { return text }
        var names: [String: String] = [:]
        for (table, columns) in tables where columns.contains(where: { $0.name == "uuid" }) {
            let open = found.subtracting(names.keys).sorted()
            guard !open.isEmpty else { break }
            names.merge(try self.names(table, columns, column: "uuid", open, session)) { first, _ in first }
        }
        return text.replacing(RecordNames.identifier) { match in
            names[match.output.lowercased()] ?? "\(match.output.prefix(8))…"
        }
    }

    /// The tables of records and of their lines.
    private var tables: [(name: String, columns: [Column])] {
        known.flatMap { entity in [(entity.table, entity.columns)] + entity.children.map { ($0.table, $0.columns) } }
    }

    private func names(
        _ table: String, _ columns: [Column], column: String, _ values: [String],
        _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [String: String] {
        guard let statement = RecordLabels.statement(table, columns, key: "t.\(quoted(column))") else { return [:] }
        let rows = try session.query(statement, [.int64(connection), .textArray(values)]).read {
            row throws(PostgresError) in (try row.text("key"), try row.optionalText("label"))
        }
        return Dictionary(rows.compactMap { key, label in label.map { (key, $0) } }) { first, _ in first }
    }

    /// An identifier as the platform writes them.
    private static var identifier: Regex<Substring> {
        /[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}/
    }
}
