public import Inflow
internal import Foundation
internal import Postgres

/// Reads what is kept of single records: the versions superseded and the one that holds.
public struct RecordHistory: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The records of a connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Keys of the records that bear a name: the one of that key, else all that have it as their number, else all that
    /// do but for upper and lower case.
    public func keys(of entity: EntityDefinition, called name: String) async throws(WarehouseError) -> [String] {
        let key = entity.keyText()
        let hasNumber = entity.columns.contains { $0.name == "number" } && !entity.key.contains("number")
        let rows = try await warehouse.query(
            """
            select \(key) as key, \(key) = $2 as is_key
            from \(quoted(entity.table)) t
            where t.connection_id = $1 and (\(key) = $2 \(hasNumber ? "or t.number = $2" : ""))
            order by is_key desc, key
            """, of: connection, [.text(name)], purpose: "history", doing: "reading history"
        ) { row throws(PostgresError) in (key: try row.text("key"), isKey: try row.bool("is_key")) }
        let keys = rows.map(\.key)
        if keys.isEmpty { return try await likeKeys(of: entity, key, hasNumber, called: name) }
        return rows.first?.isKey == true ? Array(keys.prefix(1)) : keys
    }

    /// The keys of the records that a name means in another case.
    private func likeKeys(
        of entity: EntityDefinition, _ key: String, _ hasNumber: Bool, called name: String
    ) async throws(WarehouseError) -> [String] {
        try await warehouse.query(
            """
            select \(key) as key
            from \(quoted(entity.table)) t
            where t.connection_id = $1 and (lower(\(key)) = lower($2) \(hasNumber ? "or lower(t.number) = lower($2)" : ""))
            order by key
            """, of: connection, [.text(name)], purpose: "history", doing: "reading history"
        ) { row throws(PostgresError) in try row.text("key") }
    }

    /// All versions of a record, the oldest first; none if there is no such record.
    public func versions(of entity: EntityDefinition, key: String) async throws(WarehouseError) -> [RecordVersion] {
        let rows = try await warehouse.query(
            RecordHistory.statement(entity), of: connection, [.text(entity.name), .text(key)], purpose: "history",
            doing: "reading history")
        return try lifting("reading history") { () throws(PostgresError) in try RecordHistory.versions(rows) }
    }

    private static func versions(_ rows: PostgresResult) throws(PostgresError) -> [RecordVersion] {
        var versions: [RecordVersion] = []
        var number = 0
        for row in rows {
            let next = try row.int("number")
            if next != number {
                number = next
                versions.append(
                    RecordVersion(
                        since: try row.date("since"), run: try row.int64("run_id"),
                        change: try row.word("change", of: "inflow.history.change")))
            }
            let (name, value, last) = (try row.text("name"), try row.text("value"), versions.endIndex - 1)
            guard let table = try row.optionalText("table_name") else {
                versions[last].fields[name] = value
                continue
            }
            let line = try row.int("line")
            while versions[last].lines[table, default: []].count < line {
                versions[last].lines[table, default: []].append([:])
            }
            versions[last].lines[table]?[line - 1][name] = value
        }
        return versions
    }

    /// Every value of every version as a row: $1 connection, $2 entity, $3 key.
    ///
    /// PostgreSQL takes the JSON apart, so that numbers come as they were written. What superseded a version brought
    /// the next.
    static func statement(_ entity: EntityDefinition) -> String {
        let lines = entity.children.map { child in
            let name = child.table.split(separator: ".").last.map(String.init) ?? child.table
            let joined = child.columns.filter { $0.kind == .parent }.compactMap { column in
                column.paths.first.map { "l.\(quoted(column.name)) = t.\(quoted($0))" }
            }
            return """
                '\(name)', (
                            select coalesce(jsonb_agg(to_jsonb(l) - 'connection_id' order by l.position), '[]')
                            from \(quoted(child.table)) l
                            where l.connection_id = t.connection_id and \(joined.joined(separator: " and "))
                        )
                """
        }
        return """
            with version as (
                select id, valid_from, run_id, change, record, lines
                from inflow.history
                where connection_id = $1 and entity = $2 and key = $3
                union all
                select null, t.changed_at, null, null, to_jsonb(t),
                    jsonb_build_object(\(lines.joined(separator: ",\n        ")))
                from \(quoted(entity.table)) t
                where t.connection_id = $1
                    and \(entity.keyText()) = $3
            ), \(RecordHistory.valuesOfVersions)
            """
    }

    /// Takes the JSON of each version apart, a row for each value.
    private static let valuesOfVersions = """
        numbered as (
            select row_number() over (order by id nulls last) as number, valid_from as since,
                lag(run_id, 1, (record->>'first_run_id')::bigint) over (order by id nulls last) as run_id,
                lag(change, 1, 'first') over (order by id nulls last) as change,
                record - 'extra' as record, lines, record->'extra' as extra
            from version
        ), value as (
            select number, null as table_name, null::bigint as line, f.key as name, f.value
            from numbered
            cross join lateral jsonb_each_text(record) f
            union all
            select number, null, null, 'extra.' || f.key, f.value
            from numbered
            cross join lateral jsonb_each_text(
                case when jsonb_typeof(extra) = 'object' then extra else '{}' end) f
            union all
            select number, t.key, l.line, f.key, f.value
            from numbered
            cross join lateral jsonb_each(lines) t
            cross join lateral jsonb_array_elements(t.value) with ordinality l (object, line)
            cross join lateral jsonb_each_text(l.object) f
        )
        select n.number, n.since, n.run_id, n.change, v.table_name, v.line, v.name, v.value
        from numbered n
        join value v on v.number = n.number
        where v.value is not null
        order by n.number, v.table_name nulls first, v.line
        """
}
