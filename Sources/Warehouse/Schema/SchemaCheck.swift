public import Inflow
internal import Postgres
internal import SQLFiles

/// Compares definitions with PostgreSQL's catalogue and reports all differences at once.
///
/// Column names are written twice, in the definition and in the DDL; this check makes that safe.
public struct SchemaCheck: Sendable {
    private let warehouse: Warehouse
    private let entities: [EntityDefinition]

    /// A check of these definitions.
    public init(_ warehouse: Warehouse, entities: [EntityDefinition]) {
        self.warehouse = warehouse
        self.entities = entities
    }

    /// One column as the catalogue has it.
    private struct Stored {
        let type: String
        let isNotNull: Bool
    }

    /// The differences, one sentence each; empty when definitions and tables agree.
    public func differences() async throws(WarehouseError) -> [String] {
        try await warehouse.withSession("schema check") { session throws(WarehouseError) in
            var found: [String] = []
            let stored = try await columns(session)
            let keys = try await uniqueKeys(session)
            for entity in entities {
                let system = SchemaCheck.parentSystemColumns
                found += compare(
                    entity.table, entity.columns, key: entity.key, system: system, stored[entity.table] ?? [:],
                    keys[entity.table] ?? [])
                for child in entity.children {
                    found += compare(
                        child.table, child.columns, key: child.key, system: ["connection_id", "extra"],
                        stored[child.table] ?? [:], keys[child.table] ?? [])
                }
            }
            return found
        }
    }

    /// Throws `schema_differs` with all differences, if there are any.
    public func run() async throws(WarehouseError) {
        let differences = try await differences()
        guard differences.isEmpty else {
            throw WarehouseError(
                .schemaDiffers, subject: "warehouse",
                message:
                    "The tables are not as this Inflow defines them; nothing was read. Differences:\n  "
                    + differences.joined(separator: "\n  ")
                    + "\nUndo what was changed by hand, or run \"inflow migrate\" with the Inflow that belongs to it.")
        }
    }

    static let parentSystemColumns = [
        "connection_id", "extra", "deleted_at", "first_run_id", "changed_run_id", "changed_at", "asked_at",
        "content_hash", "children_hash",
    ]

    private func compare(
        _ table: String, _ columns: [Column], key: [String], system: [String], _ stored: [String: Stored],
        _ keys: [[String]]
    ) -> [String] {
        guard !stored.isEmpty else { return ["table \"\(table)\" does not exist"] }
        var found: [String] = []
        for column in columns {
            guard let there = stored[column.name] else {
                found.append("column \"\(column.name)\" of \"\(table)\" does not exist")
                continue
            }
            if !column.kind.types.contains(there.type) {
                found.append(
                    "column \"\(column.name)\" of \"\(table)\" is \(there.type), the definition needs "
                        + column.kind.types.joined(separator: " or "))
            }
            let mustBeThere = column.isRequired || key.contains(column.name)
            if there.isNotNull != mustBeThere {
                found.append(
                    "column \"\(column.name)\" of \"\(table)\" \(there.isNotNull ? "refuses" : "takes") null, the "
                        + "definition \(mustBeThere ? "requires a value" : "allows none")")
            }
        }
        let known = Set(columns.map(\.name) + system)
        for name in system where stored[name] == nil {
            found.append("system column \"\(name)\" of \"\(table)\" does not exist")
        }
        // A column of the user's own may be there, but Inflow gives it no value.
        for (name, column) in stored.sorted(by: { $0.key < $1.key }) where !known.contains(name) && column.isNotNull {
            found.append(
                "column \"\(name)\" of \"\(table)\" is filled by no definition and takes no null; run \"alter table "
                    + "\(table) alter column \"\(name)\" drop not null\"")
        }
        if !keys.contains(["connection_id"] + key) {
            found.append(
                "\"\(table)\" has no primary key (\((["connection_id"] + key).joined(separator: ", ")))")
        }
        return found
    }

    private func columns(_ session: PostgresConnection) async throws(WarehouseError) -> [String: [String: Stored]] {
        let columns = try await lifting("reading the catalogue") { () async throws(PostgresError) in
            try await session.query(Statements.catalogueColumns, [.textArray(schemas)])
                .read { row throws(PostgresError) in
                    (
                        table: try row.text("table_name"), name: try row.text("attname"),
                        stored: try Stored(type: row.text("type"), isNotNull: row.bool("attnotnull"))
                    )
                }
        }
        var tables: [String: [String: Stored]] = [:]
        for column in columns { tables[column.table, default: [:]][column.name] = column.stored }
        return tables
    }

    private func uniqueKeys(_ session: PostgresConnection) async throws(WarehouseError) -> [String: [[String]]] {
        let rows = try await lifting("reading the catalogue") { () async throws(PostgresError) in
            try await session.query(Statements.cataloguePrimaryKeys, [.textArray(schemas)])
                .read { row throws(PostgresError) in (try row.text("table_name"), try row.text("columns")) }
        }
        var keys: [String: [[String]]] = [:]
        for (table, columns) in rows {
            keys[table, default: []].append(columns.split(separator: ",").map(String.init))
        }
        return keys
    }

    private var schemas: [String?] {
        Array(Set(entities.compactMap { $0.table.split(separator: ".").first.map(String.init) }))
    }
}

extension Column.Kind {
    /// PostgreSQL types that can hold it.
    var types: [String] {
        switch self {
        case .text, .identifier, .code, .outer, .identifierOrPosition: ["text"]
        case .parent: ["text"]
        case .decimal, .money: ["numeric"]
        case .integer, .minutes, .position: ["integer"]
        case .boolean: ["boolean"]
        case .date: ["date"]
        case .moment: ["timestamp without time zone"]
        case .instant: ["timestamp with time zone"]
        case .clock: ["time without time zone"]
        }
    }
}
