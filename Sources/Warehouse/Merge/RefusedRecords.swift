internal import Inflow
internal import Postgres

/// Finds the staged records that PostgreSQL refuses when they are merged, so that one of them does not cost its chunk.
///
/// Staging has neither the target's indexes nor its constraints: a text too long for an index, or a value that a
/// constraint forbids, passes COPY and fails the merge, in every try and every run. After such a failure the staged
/// rows are inserted into an empty copy of the target, all of them, then halves of those that fail, down to single
/// records. That writes nothing outside temporary tables. The records found are rejected, and the rest is merged.
struct RefusedRecords: Sendable {
    /// A record that the target does not take.
    struct Found: Sendable {
        let ordinal: Int32
        let rejection: Rejection
    }

    private let context: ChunkContext
    private let session: PostgresConnection

    init(_ context: ChunkContext, on session: PostgresConnection) {
        (self.context, self.session) = (context, session)
    }

    /// Whether a merge failed because of a value in it: SQLSTATE class 22 (data), 23 (constraints) or 54 (limits).
    static func mayExplain(_ error: WarehouseError) -> Bool {
        ["22", "23", "54"].contains(error.cause?.sqlState?.prefix(2) ?? "")
    }

    private var sql: MergeSQL { context.sql }

    /// The records refused, each once; empty where the tables would take each record alone.
    func find() async throws(PostgresError) -> [Found] {
        var found: [Found] = []
        let own = Rows(
            target: sql.entity.table, stage: sql.stage, columns: sql.ownNames, key: sql.entity.key)
        let lines = sql.children.map { child in
            Rows(
                target: child.table, stage: MergeSQL.stage(child), columns: child.columns.map(\.name) + ["extra"],
                key: sql.parentColumns(of: child))
        }
        for rows in [own] + lines {
            try await makeProbe(rows)
            let ordinals = try await session.query(
                "select distinct record_ordinal as place from \(rows.stage) order by 1"
            ).int64s("place")
            for one in try await refused(ordinals[...], of: rows)
            where !found.contains(where: { $0.ordinal == one.ordinal }) { found.append(one) }
            try await session.execute("drop table \(RefusedRecords.probe)")
        }
        return found
    }

    /// Rows of one table, and where they are staged.
    private struct Rows: Sendable {
        let target: String
        let stage: String
        let columns: [String]
        /// The columns that hold the record's key.
        let key: [String]
    }

    private static let probe = "pg_temp.\"probe\""

    /// An empty copy of the target; columns that only the merge fills may be null in it.
    private func makeProbe(_ rows: Rows) async throws(PostgresError) {
        try await session.execute("create temporary table probe (like \(quoted(rows.target)) including all)")
        let needless = try await session.query(
            """
            select a.attname as name
            from pg_attribute a
            where a.attrelid = 'pg_temp.probe'::regclass and a.attnum > 0 and a.attnotnull and a.attidentity = ''
                and a.attname <> 'connection_id' and a.attname <> all ($1)
            """, [.textArray(rows.columns)]
        ).texts("name")
        for name in needless {
            try await session.execute(
                "alter table \(RefusedRecords.probe) alter column \(quoted(name)) drop not null")
        }
    }

    /// Those of some records that the target refuses.
    private func refused(_ ordinals: ArraySlice<Int64>, of rows: Rows) async throws(PostgresError) -> [Found] {
        guard !ordinals.isEmpty else { return [] }
        guard let error = await refusal(of: ordinals, rows) else { return [] }
        guard Self.isOfAValue(error) else { throw error }
        guard ordinals.count > 1 else { return [try await found(ordinals[ordinals.startIndex], error, rows)] }
        let middle = ordinals.startIndex + ordinals.count / 2
        let first = try await refused(ordinals[..<middle], of: rows)
        return try await first + refused(ordinals[middle...], of: rows)
    }

    private static func isOfAValue(_ error: PostgresError) -> Bool {
        ["22", "23", "54"].contains(error.sqlState?.prefix(2) ?? "")
    }

    /// What PostgreSQL says against some records, or nil where it takes them.
    ///
    /// The probe is empty afterwards.
    private func refusal(of ordinals: ArraySlice<Int64>, _ rows: Rows) async -> PostgresError? {
        let names = sql.list(rows.columns)
        let statement = """
            insert into \(RefusedRecords.probe) (connection_id, \(names))
            select $1, \(names) from \(rows.stage) where record_ordinal = any ($2)
            on conflict do nothing
            """
        let parameters: [PostgresParameter] = [.int64(context.connectionID), .int64Array(Array(ordinals))]
        do throws(PostgresError) {
            try await session.transaction { session throws(PostgresError) in
                try session.query(statement, parameters)
                try session.execute("truncate \(RefusedRecords.probe)")
            }
            return nil
        } catch {
            return error
        }
    }

    private func found(_ ordinal: Int64, _ error: PostgresError, _ rows: Rows) async throws(PostgresError) -> Found {
        let key = rows.key.map { "\(quoted($0))::text" }.joined(separator: ", ")
        // A line does not say the names of its record.
        let isRecord = rows.target == sql.entity.table
        let label = (isRecord ? RecordLabels.label(sql.columns, of: "s") : nil) ?? "null::text"
        let row = try await session.query(
            """
            select concat_ws('/', \(key)) as key, \(label) as label from \(rows.stage) s
            where record_ordinal = $1 limit 1
            """, [.int64(ordinal)]
        ).first
        return Found(
            ordinal: Int32(ordinal),
            rejection: Rejection(
                key: try row?.text("key") ?? "", table: rows.target, column: error.column ?? "",
                raw: String((error.detail ?? error.message).prefix(1_000)), reason: .refusedByDatabase,
                label: try row?.optionalText("label")))
    }
}
