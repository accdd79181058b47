public import Inflow
internal import Postgres
internal import SQLFiles

/// A table or view that people read, as the database's catalogue describes it.
public struct ShownRelation: Sendable, Hashable {
    /// One of its columns.
    public struct Column: Sendable, Hashable {
        /// The column's name.
        public let name: String
        /// Its type as PostgreSQL writes it: `numeric(19,4)`.
        public let type: String
        /// What the catalogue says it means.
        public let comment: String?
        /// Whether it is never null, as far as the table says; views do not say it.
        public let isRequired: Bool
        /// Its place in the primary key, from 1.
        public let keyPlace: Int?
    }

    /// The schemas that are for people who read: records, reports, and what an organisation sets for its reports.
    ///
    /// `star` and `setting` need not be there.
    static let schemas = ["wfm", "report", "bi", "setting"]

    /// The schema, such as `wfm`.
    public let schema: String
    /// The name within the schema.
    public let name: String
    /// Whether it is a view.
    public let isView: Bool
    /// What the catalogue says it is.
    public let comment: String?
    /// Its columns in order.
    public let columns: [Column]

    /// `schema.name`.
    public var fullName: String { "\(schema).\(name)" }
    /// The columns of its primary key, in the order of the key; none of a view.
    public var key: [String] {
        columns.filter { $0.keyPlace != nil }.sorted { ($0.keyPlace ?? 0) < ($1.keyPlace ?? 0) }.map(\.name)
    }

    /// The same with these of its columns only.
    func with(columns names: [String]) -> ShownRelation {
        ShownRelation(
            schema: schema, name: name, isView: isView, comment: comment,
            columns: columns.filter { names.contains($0.name) })
    }

    /// Whether it is a report: a view of schema `report`, or of a schema of an organisation's own fields.
    public var isReport: Bool { isView && (schema == "report" || schema.hasPrefix("custom_")) }

    /// The tables and views of the warehouse's schemas for people who read, and of all schemas of own fields or of that
    /// of one connection.
    public static func all(
        of connection: Connection?, in warehouse: Warehouse
    ) async throws(WarehouseError) -> [ShownRelation] {
        try await warehouse.withSession("catalogue") { session throws(WarehouseError) in
            let all = try await all(session)
            guard let connection else { return all }
            let own = try await lifting("looking for the schema of own fields") { () async throws(PostgresError) in
                try await session.query(
                    "select name from inflow.custom_schema where connection_id = $1", [.int64(connection.id)]
                ).texts("name")
            }
            return all.filter { !$0.schema.hasPrefix("custom_") || own.contains($0.schema) }
        }
    }

    /// The tables and views that the session's role may read, or only that of a name, `schema.name`.
    static func all(
        _ session: PostgresConnection, named name: String? = nil
    ) async throws(WarehouseError) -> [ShownRelation] {
        try await lifting("reading the catalogue") { () async throws(PostgresError) in
            let rows = try await session.query(Statements.relationsShown, [.textArray(schemas), name.map { .text($0) } ?? .null])
            var relations: [ShownRelation] = []
            var columns: [Column] = []
            for (place, row) in rows.enumerated() {
                columns.append(try column(row))
                let (schema, name) = (try row.text("schema_name"), try row.text("relation_name"))
                if place + 1 < rows.count, try rows[place + 1].text("schema_name") == schema,
                    try rows[place + 1].text("relation_name") == name
                {
                    continue
                }
                relations.append(
                    ShownRelation(
                        schema: schema, name: name, isView: try row.bool("is_view"),
                        comment: try row.optionalText("relation_comment"), columns: columns))
                columns = []
            }
            return relations
        }
    }

    private static func column(_ row: PostgresResult.Row) throws(PostgresError) -> Column {
        Column(
            name: try row.text("column_name"), type: try row.text("type"),
            comment: try row.optionalText("column_comment"), isRequired: try row.bool("is_required"),
            keyPlace: try row.optionalInt("key_place"))
    }
}
