internal import Postgres
internal import SQLFiles

/// Prints the warehouse's present schema from the catalogue: what all migrations together come to.
///
/// History is in `sql/migrations`; the present is in `sql/schema.sql`, which is this text, committed, and held fresh
/// by a test.
public struct SchemaPrinter: Sendable {
    private let warehouse: Warehouse

    /// A printer of a warehouse; reads nothing before it is asked.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// Tables with columns, keys and comments, then views and functions, in the order of their names.
    public func text() async throws(WarehouseError) -> String {
        try await warehouse.withSession("schema") { session throws(WarehouseError) in
            try await lifting("printing the schema") { () async throws(PostgresError) in
                let tables = try await session.query(Statements.schemaTables).read { row throws(PostgresError) in
                    (name: try row.text("name"), comment: try row.optionalText("comment") ?? "")
                }
                let columns = Dictionary(
                    grouping: try await session.query(Statements.schemaColumns).read { row throws(PostgresError) in
                        (try row.text("table_name"), try row.text("line"), try row.text("comment"))
                    }, by: \.0)
                let indexes = Dictionary(
                    grouping: try await session.query(Statements.schemaIndexes).read { row throws(PostgresError) in
                        (try row.text("table_name"), try row.text("line"))
                    }, by: \.0)
                let views = try await session.query(Statements.schemaViews).texts("name")
                let functions = try await session.query(Statements.schemaFunctions).texts("name")
                let header = "-- Made from the catalogue by the tests; the migrations are what is written by hand.\n"
                return header
                    + tables.map { table in
                        SchemaPrinter.table(
                            table.name, table.comment, columns[table.name]?.map { ($0.1, $0.2) } ?? [],
                            indexes[table.name]?.map(\.1) ?? [])
                    }.joined()
                    + views.map { "\n-- view \($0)\n" }.joined()
                    + functions.map { "\n-- function \($0)\n" }.joined()
            }
        }
    }

    private static func table(
        _ name: String, _ comment: String, _ columns: [(line: String, comment: String)], _ indexes: [String]
    ) -> String {
        let lines = columns.map { "    \($0.line)  -- \($0.comment)" }
        return "\n-- \(comment)\ntable \(name)\n" + (lines + indexes.map { "    \($0)" }).joined(separator: "\n") + "\n"
    }
}
