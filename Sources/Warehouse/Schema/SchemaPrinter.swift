internal import Postgres

/// Prints the warehouse's present schema from the catalogue: what all migrations together come to.
///
/// History is in `sql/migrations`; the present is in `sql/schema.sql`, which is this text, committed, and held fresh by a test.
public struct SchemaPrinter: Sendable {
    private let warehouse: Warehouse

    /// A printer of a warehouse.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// Tables with columns, keys and comments, then views and functions, in the order of their names.
    public func text() async throws(WarehouseError) -> String {
        try await warehouse.withSession("schema") { session throws(WarehouseError) in
            try await lifting("printing the schema") { () async throws(PostgresError) in
                let tables = try await session.query(SchemaPrinter.tables).read { row throws(PostgresError) in
                    (name: try row.text("name"), comment: try row.optionalText("comment") ?? "")
                }
                let columns = Dictionary(
                    grouping: try await session.query(SchemaPrinter.columns).read { row throws(PostgresError) in
                        (try row.text("table_name"), try row.text("line"), try row.text("comment"))
                    }, by: \.0)
                let indexes = Dictionary(
                    grouping: try await session.query(SchemaPrinter.indexes).read { row throws(PostgresError) in
                        (try row.text("table_name"), try row.text("line"))
                    }, by: \.0)
                let views = try await session.query(SchemaPrinter.views).texts("name")
                let functions = try await session.query(SchemaPrinter.functions).texts("name")
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

    private static let ours = "n.nspname in ('inflow', 'wfm', 'report')"

    private static let tables = """
        select n.nspname || '.' || c.relname as name, obj_description(c.oid, 'pg_class') as comment
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and \(ours)
        order by n.nspname collate "C", c.relname collate "C"
        """

    private static let columns = """
        select n.nspname || '.' || c.relname as table_name,
            a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                || case when a.attcollation <> 0 and a.attcollation <> t.typcollation
                    then ' collate "' || l.collname || '"' else '' end
                || case when a.attnotnull then ' not null' else '' end
                || case when a.attidentity <> '' then ' identity' else '' end
                || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line,
            coalesce(replace(col_description(c.oid, a.attnum), E'\\n', ' '), '') as comment
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        join pg_namespace n on n.oid = c.relnamespace
        join pg_type t on t.oid = a.atttypid
        left join pg_collation l on l.oid = a.attcollation
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where c.relkind in ('r', 'p') and \(ours) and a.attnum > 0 and not a.attisdropped
        order by a.attnum
        """

    private static let indexes = """
        select n.nspname || '.' || c.relname as table_name,
            case when i.indisprimary then 'primary key ' else 'index ' end
                || regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING ', '') as line
        from pg_index i
        join pg_class c on c.oid = i.indrelid
        join pg_namespace n on n.oid = c.relnamespace
        where \(ours)
        order by not i.indisprimary, c.relname, i.indexrelid
        """

    private static let functions = """
        select p.oid::regprocedure::text || ' returns ' || pg_get_function_result(p.oid) as name
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where \(ours)
        order by 1
        """

    private static let views = """
        select n.nspname || '.' || c.relname as name
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'v' and \(ours)
        order by 1
        """
}
