internal import Inflow
internal import Postgres

/// Marks and revives what hangs on a record together with the record, in the same transaction: its costs, payments
/// and custom fields, and the custom fields of its costs.
///
/// Rows that were marked with their record bear the same `deleted_at`, by which they are known when it revives; rows
/// that had gone before stay marked. Like lines they are no records of the answer, so the tally of the chunk does not
/// count them; each is a version in history.
///
/// The lock of an entity is taken after that of the one it hangs on, and in the order of the definitions: two merges
/// never wait for each other.
struct ValueMarks: Sendable {
    let context: ChunkContext

    /// Marks the values of records that this transaction has marked.
    func markWithRecords(on session: isolated PostgresConnection) throws(PostgresError) {
        try mark(context.entity, session)
    }

    private func mark(_ owner: EntityDefinition, _ session: isolated PostgresConnection) throws(PostgresError) {
        for values in owner.values {
            guard let link = ParentLink(values, to: owner), try hasRows(values, session) else { continue }
            let names: [PostgresParameter] = [.int64(context.connectionID), .text(values.name)]
            try session.query(MergeSQL.takeLock, names)
            try session.query(
                MergeSQL(values, carries: .everything).markWithRecords(link), names + [.int64(context.runID)])
            try mark(values, session)
        }
    }

    /// Revives the values that were marked with records which this chunk revives; before their marks are taken away.
    func reviveWithRecords(on session: isolated PostgresConnection) throws(PostgresError) {
        guard !context.sql.isReplay, !context.entity.values.isEmpty,
            try session.query(context.sql.isAnyRevived)[0].bool("revived")
        else { return }
        try revive(context.entity, [], session)
    }

    private func revive(
        _ owner: EntityDefinition, _ steps: [ParentLink], _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        for values in owner.values {
            guard let link = ParentLink(values, to: owner) else { continue }
            try session.query(MergeSQL.takeLock, [.int64(context.connectionID), .text(values.name)])
            try revive(values, steps + [link], session)
            try session.query(
                MergeSQL(values, carries: .everything).reviveWithRecords(steps + [link], of: context.sql),
                [.text(values.name), .int64(context.runID)])
        }
    }

    private func hasRows(
        _ values: EntityDefinition, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Bool {
        try session.query(
            """
            select exists (
                select from \(quoted(values.table)) where connection_id = $1 and deleted_at is null
            ) as has_rows
            """, [.int64(context.connectionID)])[0].bool("has_rows")
    }
}
