internal import Crypto
public import Inflow
internal import Postgres
internal import SQLFiles

/// A schema of each connection with a view of each kind of record, in which the organisation's own fields are columns.
///
/// A column is bound to the identifier of the field's definition and to the type of its values:
///
/// - A field that is renamed keeps its column; the comment has the new name.
/// - A field of another type gets a column more; the old one keeps what was sent as the old type.
/// - A field that is defined no more keeps its column, and its values while they are kept.
///
/// So nothing that people built upon a view breaks, and `create or replace view` is all that is needed. A view is made again
/// only when its text differs from the last one.
public struct CustomFieldViews: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The views of one connection; nothing is read before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Brings the views to what the definitions of the connection's fields say, and lets its readers read them.
    ///
    /// - Returns: the names of the views that were made or made again, by kind.
    public func refresh() async throws(WarehouseError) -> [String] {
        let made = try await warehouse.withSession("custom fields") { session throws(WarehouseError) in
            try await lifting("making the views of \"\(connection.name)\"'s own fields") {
                () async throws(PostgresError) in
                try await CustomFieldViews.refresh(connection.id, session)
            }
        }
        if !made.isEmpty { try await ReaderRoles(warehouse).refresh() }
        return made
    }

    /// Makes the views of all connections again that have any, as after a migration.
    static func refreshAll(_ session: PostgresConnection) async throws(PostgresError) {
        guard try await session.query("select to_regclass('inflow.custom_schema') is not null")[0, 0].bool == true
        else { return }
        let ids = try await session.query("select connection_id from inflow.custom_schema order by 1")
        for row in ids { _ = try await refresh(try row.int64("connection_id"), session) }
    }

    /// Drops the views and their schema, except views that a view of a person's own depends on.
    func drop() async throws(WarehouseError) {
        try await warehouse.withSession("custom fields") { session throws(WarehouseError) in
            try await lifting("removing the views of \"\(connection.name)\"'s own fields") {
                () async throws(PostgresError) in
                let found = try await session.query(
                    "select name from inflow.custom_schema where connection_id = $1", [.int64(connection.id)])
                guard let schema = try found.first?.text("name") else { return }
                let quoted = PostgresConnection.quoted(schema)
                for view in ["dictionary"] + CustomFieldKind.allCases.map(\.rawValue) {
                    try await CustomFieldViews.dropUnlessNeeded("view if exists \(quoted).\(view)", session)
                }
                try await CustomFieldViews.dropUnlessNeeded("schema if exists \(quoted)", session)
            }
        }
    }

    private static func dropUnlessNeeded(
        _ what: String, _ session: PostgresConnection
    ) async throws(PostgresError) {
        do throws(PostgresError) {
            try await session.execute("drop \(what) restrict")
        } catch {
            guard error.sqlState == "2BP01" else { throw error }
        }
    }

    // MARK: one connection

    private static func refresh(
        _ id: Int64, _ session: PostgresConnection
    ) async throws(PostgresError) -> [String] {
        try await session.transaction { session throws(PostgresError) in
            try session.query("select pg_advisory_xact_lock(hashtext('inflow.custom'), $1::integer)", [.int64(id)])
            guard let schema = try settleSchema(id, session) else { return [] }
            try settleColumns(id, session)
            var made: [String] = []
            for kind in CustomFieldKind.allCases {
                let sql = CustomViewSQL(
                    schema: schema, kind: kind, connectionID: id, columns: try columns(id, kind, session))
                if try make(kind.rawValue, of: id, in: schema, sql.statements, session) { made.append(kind.rawValue) }
            }
            let dictionary = dictionary(id, schema)
            if try make("dictionary", of: id, in: schema, dictionary, session) { made.append("dictionary") }
            return made
        }
    }

    /// The connection's schema, made or renamed where that is due; `nil` where no field was ever defined.
    private static func settleSchema(
        _ id: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> String? {
        let rows = try session.query(Statements.customSchema, [.int64(id)])
        guard let row = rows.first else { return nil }
        let (noted, isNeeded) = (try row.optionalText("noted"), try row.bool("is_needed"))
        guard isNeeded || noted != nil else { return nil }
        let others = Set(
            try session.query(
                """
                select nspname::text as name from pg_namespace
                where nspname <> coalesce($1, '') and nspname like 'custom\\_%'
                """, [noted.map { .text($0) } ?? .null]
            ).texts("name"))
        let wanted = CustomColumnName.schema(for: try row.text("connection"), number: id, taken: others)
        let isThere = try row.bool("is_there")
        if let noted, isThere, noted != wanted {
            try session.execute(
                "alter schema \(PostgresConnection.quoted(noted)) rename to \(PostgresConnection.quoted(wanted))")
        } else if !isThere {
            try session.execute("create schema \(PostgresConnection.quoted(wanted))")
        }
        if noted != wanted || !isThere {
            try session.query(
                """
                insert into inflow.custom_schema (connection_id, name) values ($1, $2)
                on conflict (connection_id) do update set name = excluded.name
                """, [.int64(id), .text(wanted)])
            try session.execute(
                "comment on schema \(PostgresConnection.quoted(wanted)) is "
                    + PostgresConnection.literal("The own fields of one organisation as columns, kind by kind."))
        }
        return wanted
    }

    /// Gives each definition a column for each kind that it is used for, and notes which columns are of use now.
    private static func settleColumns(
        _ id: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let words = Set(try session.query("select word from pg_get_keywords() where catcode <> 'U'").texts("word"))
        for kind in CustomFieldKind.allCases {
            let kept = try session.query(
                """
                select custom_field_uuid, value_type, column_name from inflow.custom_column
                where connection_id = $1 and kind = $2
                """, [.int64(id), .text(kind.rawValue)])
            var taken = Set(kind.columns + ["connection_id", "fields_read_at"])
            var known: Set<[String]> = []
            for row in kept {
                taken.insert(try row.text("column_name"))
                known.insert([try row.text("custom_field_uuid"), try row.text("value_type")])
            }
            var current: [[String]] = []
            for field in try session.query(
                """
                select uuid, coalesce(name, '') as name, value_element from wfm.custom_field
                where connection_id = $1 and deleted_at is null and \(kind.flag)
                order by name, uuid
                """, [.int64(id)])
            {
                let (uuid, type) = (
                    try field.text("uuid"), CustomValueType(valueElement: try field.optionalText("value_element"))
                )
                current.append([uuid, type.rawValue])
                guard !known.contains([uuid, type.rawValue]) else { continue }
                let name = CustomColumnName.make(
                    for: try field.text("name"), identifier: uuid, taken: taken, words: words)
                taken.insert(name)
                try session.query(
                    Statements.customColumnAdd,
                    [.int64(id), .text(kind.rawValue), .text(uuid), .text(type.rawValue), .text(name)])
            }
            try session.query(
                Statements.customColumnsCurrent,
                [
                    .int64(id), .text(kind.rawValue), .textArray(current.map { $0[0] }),
                    .textArray(current.map { $0[1] }),
                ]
            )
        }
    }

    private static func columns(
        _ id: Int64, _ kind: CustomFieldKind, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [CustomViewSQL.Column] {
        let rows = try session.query(Statements.customColumns, [.int64(id), .text(kind.rawValue)])
        return try rows.read { row throws(PostgresError) in
            let type = CustomValueType(valueElement: try row.text("value_type"))
            let field = "The organisation's own field \"\(try row.optionalText("name") ?? "")\""
            let kindOfField = try row.optionalText("type").map { " (\($0))" } ?? ""
            let state =
                try row.bool("is_current") ? "" : " Not defined so any more; it has what was sent as \(type.rawValue)."
            return CustomViewSQL.Column(
                field: try row.text("custom_field_uuid"), type: type, name: try row.text("column_name"),
                comment: "\(field)\(kindOfField), identifier \(try row.text("custom_field_uuid")).\(state)")
        }
    }

    private static func dictionary(_ id: Int64, _ schema: String) -> [String] {
        let view = "\(PostgresConnection.quoted(schema)).dictionary"
        return [
            """
            create or replace view \(view) with (security_invoker = true) as
            select * from report.custom_field where connection_id = \(id)
            """,
            "comment on view \(view) is "
                + PostgresConnection.literal(
                    "What the columns of this schema's views are, and how well they are filled."),
            // The columns are those of the report, and so are their meanings.
            """
            do $body$
            declare
                told record;
            begin
                for told in
                    select attname, col_description(attrelid, attnum) as words from pg_attribute
                    where attrelid = 'report.custom_field'::regclass and attnum > 0 and not attisdropped
                loop
                    execute format('comment on column %s.%I is %L',
                        \(PostgresConnection.literal(view)), told.attname, told.words);
                end loop;
            end
            $body$
            """,
        ]
    }

    /// Makes a view unless it is there with the same text; says whether it did.
    private static func make(
        _ view: String, of id: Int64, in schema: String, _ statements: [String], _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Bool {
        let checksum = SHA256.hash(data: Array(statements.joined(separator: ";\n").utf8)).hexadecimal
        let isDone = try session.query(
            """
            select checksum = $3 and to_regclass(format('%I.%I', $4::text, $2::text)) is not null as is_done
            from inflow.custom_view where connection_id = $1 and kind = $2
            """, [.int64(id), .text(view), .text(checksum), .text(schema)]
        ).first?.bool("is_done")
        guard isDone != true else { return false }
        for statement in statements { try session.execute(statement) }
        try session.query(
            """
            insert into inflow.custom_view (connection_id, kind, checksum) values ($1, $2, $3)
            on conflict (connection_id, kind) do update set checksum = excluded.checksum
            """, [.int64(id), .text(view), .text(checksum)])
        return true
    }
}
