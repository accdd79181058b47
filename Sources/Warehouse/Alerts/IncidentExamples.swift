internal import Inflow
internal import Postgres

/// The first rows and records that an incident is about, in words, for its message.
struct IncidentExamples {
    let connection: Int64
    /// Definitions, whose columns name a record.
    let known: [EntityDefinition]

    /// How many a message names.
    private static let most = 3

    /// Rows that wait for a decision, the newest first: record, day and reason.
    func held(_ session: isolated PostgresConnection) throws(PostgresError) -> [String] {
        let rows = try session.query(
            """
            select entity, key, null::text as label, dated_on::text as day, reason as why from inflow.missing
            where connection_id = $1 and status = 'held' order by dated_on desc nulls last, entity, key limit $2
            """, [.int64(connection), .int(IncidentExamples.most)])
        return try words(rows, session) { row throws(PostgresError) in try row.optionalText("why") }
    }

    /// Records that cannot be loaded, those seen last first: record, column, text and reason.
    func rejected(_ session: isolated PostgresConnection) throws(PostgresError) -> [String] {
        let rows = try session.query(
            """
            select entity, key, label, dated_on::text as day, column_name, left(raw, 40) as raw, reason
            from inflow.rejection
            where connection_id = $1 and status = 'open' order by last_seen_at desc, id limit $2
            """, [.int64(connection), .int(IncidentExamples.most)])
        return try words(rows, session) { row throws(PostgresError) in
            let reason = try row.text("reason")
            let words = Rejection.Reason(rawValue: reason)?.words ?? reason
            return "\(try row.text("column_name")) \"\(try row.text("raw"))\": \(words)"
        }
    }

    private func words(
        _ rows: PostgresResult, _ session: isolated PostgresConnection,
        why: (PostgresResult.Row) throws(PostgresError) -> String?
    ) throws(PostgresError) -> [String] {
        var words: [String] = []
        for row in rows {
            let (entity, key) = (try row.text("entity"), try row.text("key"))
            let name = try RecordNames(connection: connection, known: known).name(
                entity, key: key, stored: try row.optionalText("label"), session)
            let parts = [name, try row.optionalText("day")].compactMap(\.self).joined(separator: ", ")
            let reason = try why(row).map { ": \($0)" } ?? ""
            let line = "\(entity) \(parts)\(reason)".harmless
            words.append(line.split(whereSeparator: \.isNewline).joined(separator: " "))
        }
        return words
    }
}
