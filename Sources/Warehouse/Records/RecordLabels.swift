public import Inflow
internal import Postgres

/// What people call records, in place of their keys: number, names, and of an entry its job, person and hours.
public struct RecordLabels: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The records of a connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// The labels of these records of an entity, by key; a record that the table does not hold, or of which nothing
    /// but the key is known, has none.
    public func of(_ entity: EntityDefinition, keys: [String]) async throws(WarehouseError) -> [String: String] {
        guard !keys.isEmpty else { return [:] }
        return try await warehouse.perform(purpose: "labels", doing: "reading names of \(entity.name)") {
            session throws(PostgresError) in
            try RecordLabels.read(entity, keys: keys, of: connection.id, session)
        }
    }

    /// The same within a transaction.
    static func read(
        _ entity: EntityDefinition, keys: [String], of connection: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [String: String] {
        guard let statement = entity.labels else { return [:] }
        let rows = try session.query(statement, [.int64(connection), .textArray(keys)]).read {
            row throws(PostgresError) in (try row.text("key"), try row.optionalText("label"))
        }
        let known = rows.compactMap { key, label in label.map { (key, $0) } }
        return Dictionary(known) { first, _ in first }
    }
}

extension EntityDefinition {
    /// The labels of records: $1 connection, $2 keys; nil where the entity has none of the columns.
    var labels: String? { RecordLabels.statement(table, columns, key: keyText()) }
}

extension RecordLabels {
    /// The labels of the rows of a table of records or of their lines: $1 connection, $2 keys.
    ///
    /// `key` is the SQL of a row's key, whose row is `t`. Nil where the table has no column that names a row.
    static func statement(_ table: String, _ columns: [Column], key: String) -> String? {
        guard let label = label(columns, of: "t") else { return nil }
        return """
            select \(key) as key, \(label) as label
            from \(quoted(table)) t
            where t.connection_id = $1 and \(key) = any ($2::text[])
            """
    }

    /// The label of a row as SQL; nil where none of its columns names it.
    static func label(_ columns: [Column], of row: String) -> String? {
        let parts = Labelling.columns(of: columns).map {
            "nullif(left(regexp_replace(\(row).\(quoted($0.name)), '\\s+', ' ', 'g'), 40), '')"
        }
        return parts.isEmpty ? nil : "nullif(concat_ws(', ', \(parts.joined(separator: ", "))), '')"
    }
}
