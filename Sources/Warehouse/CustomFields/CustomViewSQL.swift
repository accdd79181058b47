internal import Postgres

/// The statements that make the view of one kind of record with a column for each of the organisation's own fields.
struct CustomViewSQL: Sendable {
    /// A column of the view.
    struct Column: Sendable, Equatable {
        /// Identifier of the field's definition.
        let field: String
        let type: CustomValueType
        let name: String
        /// What a person reads about it.
        let comment: String
    }

    let schema: String
    let kind: CustomFieldKind
    let connectionID: Int64
    let columns: [Column]

    /// All statements, in order; each is one statement.
    var statements: [String] { [createView, commentOnView] + commentsOnColumns }

    private var view: String { "\(PostgresConnection.quoted(schema)).\(PostgresConnection.quoted(kind.rawValue))" }

    /// A record has one row of values, whose parts are objects by the field's identifier, one for each type: a value is
    /// never read as another type than it was sent as.
    var createView: String {
        let own = kind.columns.map { "t.\($0)" }
        let fields = columns.map { "\(expression($0)) as \(PostgresConnection.quoted($0.name))" }
        let list = (["t.connection_id"] + own + ["r.asked_at as fields_read_at"] + fields).joined(separator: ",\n    ")
        let aggregates = CustomValueType.allCases.map { type in
            "jsonb_object_agg(v.custom_field_uuid, v.\(type.column)) filter (where v.\(type.column) is not null) "
                + "as \(type.rawValue)"
        }
        return """
            create or replace view \(view) with (security_invoker = true) as
            select
                \(list.replacing("\n", with: "\n    "))
            from \(kind.records)
            left join inflow.parent_read r on r.connection_id = t.connection_id and r.entity = '\(kind.values)'
                and r.parent_key = t.\(kind.owner) and r.status = 'read'
            left join lateral (
                select
                    \(aggregates.joined(separator: ",\n        "))
                from wfm.\(kind.values) v
                where v.connection_id = t.connection_id and v.\(kind.valueOwner) = t.\(kind.owner) and v.deleted_at is null
            ) v on true
            where t.connection_id = \(connectionID)\(kind.isMarked ? " and t.deleted_at is null" : "")
            """
    }

    private func expression(_ column: Column) -> String {
        let text = "v.\(column.type.rawValue) ->> \(PostgresConnection.literal(column.field))"
        switch column.type {
        case .text: return "(\(text))"
        case .date: return "(\(text))::date"
        case .number, .decimal: return "(\(text))::numeric"
        // The platform does not send a checkbox that is not ticked.
        case .boolean: return "coalesce((\(text))::boolean, case when r.asked_at is not null then false end)"
        }
    }

    private var commentOnView: String {
        comment(
            on: "view \(view)",
            "Records of kind \(kind.rawValue) of one connection, with a column for each field of the organisation's own. "
                + "Null where there is no value, or nobody has asked yet: fields_read_at.")
    }

    private var commentsOnColumns: [String] {
        let fixed =
            [("connection_id", "Connection, hence organisation.")] + kind.columns.map { ($0, kind.meaning(of: $0)) }
            + [("fields_read_at", "When the record's own fields were asked for; null where they never were.")]
        return fixed.map { comment(on: "column \(view).\($0)", $1) }
            + columns.map { comment(on: "column \(view).\(PostgresConnection.quoted($0.name))", $0.comment) }
    }

    private func comment(on what: String, _ text: String) -> String {
        "comment on \(what) is \(PostgresConnection.literal(text))"
    }
}
