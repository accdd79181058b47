internal import Inflow

/// The statements that follow from a table of settings; rows come as one JSON array of objects, by column.
struct SettingSQL: Sendable {
    private let name: String
    private let columns: [SettingTable.Column]
    private var keys: [SettingTable.Column] { columns.filter(\.isKey) }

    init(_ table: SettingTable) {
        name = "setting.\(table.rawValue)"
        columns = table.columns
    }

    /// Inserts rows and changes those that differ; answers with a row for each of them.
    ///
    /// $1 connection, $2 rows.
    var write: String {
        let others = columns.filter { !$0.isKey }.map { quoted($0.name) }
        let change =
            others.isEmpty
            ? "do nothing"
            : """
            do update set \(others.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
            where (\(others.map { "s.\($0)" }.joined(separator: ", ")))
                is distinct from (\(others.map { "excluded.\($0)" }.joined(separator: ", ")))
            """
        return """
            insert into \(quoted(name)) as s (connection_id, \(names))
            select $1, \(columns.map { "r.\(quoted($0.name))" }.joined(separator: ", "))
            from jsonb_to_recordset($2::jsonb) r (\(types))
            on conflict (connection_id, \(keys.map { quoted($0.name) }.joined(separator: ", "))) \(change)
            returning xmax = 0 as is_new
            """
    }

    /// Deletes the connection's rows whose key is not among these.
    ///
    /// $1 connection, $2 rows.
    var removeOthers: String { "delete from \(quoted(name)) s where \(isOther)" }

    /// Deletes the row of a key.
    ///
    /// $1 connection, then a parameter for each column of the key.
    var remove: String {
        let same = keys.enumerated().map { "s.\(quoted($1.name)) = $\($0 + 2)::\($1.type)" }
        return "delete from \(quoted(name)) s where s.connection_id = $1 and \(same.joined(separator: " and "))"
    }

    /// Counts the connection's rows whose key is not among these.
    ///
    /// $1 connection, $2 rows.
    var countOthers: String { "select count(*) as rows from \(quoted(name)) s where \(isOther)" }

    /// All rows of the connection, as text.
    ///
    /// $1 connection.
    var list: String {
        let texts = columns.map { column in
            column.type == "numeric"
                ? "trim_scale(s.\(quoted(column.name)))::text as \(quoted(column.name))"
                : "s.\(quoted(column.name))::text as \(quoted(column.name))"
        }
        return """
            select \(texts.joined(separator: ", "))
            from \(quoted(name)) s
            where s.connection_id = $1
            order by \(keys.map { "s.\(quoted($0.name))" }.joined(separator: ", "))
            """
    }

    private var names: String { columns.map { quoted($0.name) }.joined(separator: ", ") }
    private var types: String { columns.map { "\(quoted($0.name)) \($0.type)" }.joined(separator: ", ") }
    private var isOther: String {
        let same = keys.map { "r.\(quoted($0.name)) = s.\(quoted($0.name))" }.joined(separator: " and ")
        return """
            s.connection_id = $1 and not exists (
                select from jsonb_to_recordset($2::jsonb) r (\(types)) where \(same))
            """
    }
}

extension SettingTable.Column {
    /// Its type in PostgreSQL.
    fileprivate var type: String {
        switch kind {
        case .staff, .job, .state: "text"
        case .day: "date"
        case .amount, .hours, .share: "numeric"
        }
    }
}
