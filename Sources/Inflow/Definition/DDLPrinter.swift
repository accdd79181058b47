/// Prints the first `create table` of an entity from its definition, as the draft of a migration.
public enum DDLPrinter {
    /// The statements for the entity's table and its children's.
    public static func statements(for entity: EntityDefinition) -> String {
        let system = """
                extra jsonb,
                deleted_at timestamptz,
                first_run_id bigint not null,
                changed_run_id bigint not null,
                changed_at timestamptz not null,
                asked_at timestamptz not null,
                content_hash bytea not null,
                children_hash bytea
            """
        let own = table(entity.table, entity.columns, key: entity.key, rest: system, summary: entity.summary)
        let children = entity.children.map {
            table($0.table, $0.columns, key: $0.key, rest: "    extra jsonb", summary: $0.summary)
        }
        return ([own] + children).joined(separator: "\n\n")
    }

    private static func table(
        _ name: String, _ columns: [Column], key: [String], rest: String, summary: String
    ) -> String {
        let lines = columns.map { column in
            let isNeeded = column.isRequired || key.contains(column.name)
            return "    \(column.name) \(type(column, isKey: key.contains(column.name)))\(isNeeded ? " not null" : ""),"
        }
        let comments = columns.filter { !$0.summary.isEmpty }.map {
            "comment on column \(name).\($0.name) is \(literal($0.summary));"
        }
        return """
            create table \(name) (
                connection_id bigint not null,
            \(lines.joined(separator: "\n"))
            \(rest),
                primary key (connection_id, \(key.joined(separator: ", ")))
            );
            comment on table \(name) is \(literal(summary));
            \(comments.joined(separator: "\n"))
            """
    }

    private static func type(_ column: Column, isKey: Bool) -> String {
        switch column.reading {
        case .text: isKey ? "text collate \"C\"" : "text"
        case .identifier, .code, .parent, .identifierOrPosition, .outer: "text collate \"C\""
        case .decimal, .money: "numeric"
        case .integer, .minutes, .position: "integer"
        case .boolean: "boolean"
        case .date: "date"
        case .moment: "timestamp"
        case .instant: "timestamptz"
        case .clock: "time"
        }
    }

    private static func literal(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }
}
