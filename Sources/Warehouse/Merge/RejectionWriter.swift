internal import Foundation
internal import Inflow
internal import Postgres

/// What a chunk does to the rejections of its entity, in the data's own transaction: new ones are opened, those that come
/// again are renewed, those whose record it took in are closed.
///
/// A rejection is known by the record's key; without one by the fault and the chunk it is in. Where a key is rejected twice in
/// one answer, the first is held against the first, the second against the second. A dismissed one is renewed without a word
/// while the fault is the same; another fault opens a new one.
///
/// One merge at a time works on an entity (``ChunkMerge`` takes the lock), so nothing moves between two statements.
struct RejectionWriter: Sendable {
    let sql: MergeSQL
    let chunk: Chunk
    let connectionID: Int64
    let runID: Int64
    let askedAt: Date

    /// Whether there is any to close: asked along with the run's state, so that it costs no call of its own.
    ///
    /// $2 connection, $3 entity.
    static let isAny = """
        exists (
            select from inflow.rejection
            where connection_id = $2 and entity = $3 and status <> 'closed'
        )
        """

    private var isByKey: Bool { if case .parents = chunk { true } else { false } }

    /// What a rejection without key is known by; '' where there is a key.
    private static let fault = """
        case when key = '' then concat_ws(' ', table_name, column_name, reason, raw) else '' end
        """

    /// Keeps what the chunk rejected.
    func keep(on session: isolated PostgresConnection) throws(PostgresError) {
        try session.query(
            """
            with staged as materialized (
                select key, table_name, column_name, raw, reason, fault,
                    row_number() over (partition by key, fault) as place
                from (
                    select key collate "C" as key, table_name, column_name, raw, reason, \(RejectionWriter.fault) as fault
                    from pg_temp.stage_rejection
                ) s
            ), living as materialized (
                select id, status, key, table_name, column_name, raw, reason, fault,
                    row_number() over (partition by key, fault order by status desc, id) as place
                from (
                    select id, status, key, table_name, column_name, raw, reason, \(RejectionWriter.fault) as fault
                    from inflow.rejection
                    where connection_id = $1 and entity = $3 and status <> 'closed' and (key <> '' or chunk = $4)
                ) l
            ), renewed as (
                update inflow.rejection r set
                    table_name = s.table_name, column_name = s.column_name, raw = s.raw, reason = s.reason,
                    chunk = case when $6 then r.chunk else $4 end,
                    times_seen = r.times_seen + case when r.last_run_id = $2 then 0 else 1 end,
                    last_run_id = $2, last_seen_at = now(), asked_at = greatest(r.asked_at, $5)
                from living l
                join staged s on s.key = l.key and s.fault = l.fault and s.place = l.place
                where r.connection_id = $1 and r.id = l.id
                    and (
                        l.status = 'open'
                        or (l.table_name, l.column_name, l.raw, l.reason)
                            = (s.table_name, s.column_name, s.raw, s.reason)
                    )
                returning s.key, s.fault, s.place
            )
            insert into inflow.rejection (
                connection_id, run_id, last_run_id, entity, chunk, key, table_name, column_name, raw, reason, asked_at)
            select $1, $2, $2, $3, $4, s.key, s.table_name, s.column_name, s.raw, s.reason, $5
            from staged s
            left join renewed n on n.key = s.key and n.fault = s.fault and n.place = s.place
            where n.place is null
            """,
            [
                .int64(connectionID), .int64(runID), .text(sql.entity.name), .text(chunk.description),
                .timestamp(askedAt), .bool(isByKey),
            ])
    }

    /// Closes those whose record the chunk took in, unless it rejected the key too.
    ///
    /// An answer that does not carry the value concerned cannot mend it, nor can one asked for before the record came unfit.
    /// One without key is closed when the chunk it was in is read again and has it no longer.
    func close(on session: isolated PostgresConnection) throws(PostgresError) {
        let carried: [PostgresParameter] = [
            .bool(sql.carriesAllColumns && sql.carriesAllChildren), .text(sql.entity.table),
            .textArray(sql.columns.map(\.name)), .textArray(sql.children.map(\.table)),
        ]
        let common: [PostgresParameter] = [
            .int64(connectionID), .text(sql.entity.name), .int64(runID), .timestamp(askedAt),
        ]
        // The staged keys were never analyzed: only looking through them for each rejection would be a mistake.
        try session.withPlanner(off: .nestedLoop) { () throws(PostgresError) in
            try session.query(
                """
                update inflow.rejection r set \(RejectionWriter.closed)
                from (select \(sql.entity.keyText(nil)) collate "C" as key from \(sql.stage)) s
                where \(RejectionWriter.canClose) and r.key = s.key
                    and ($5 or (r.table_name = $6 and r.column_name = any ($7::text[])) or r.table_name = any ($8::text[]))
                """,
                common + carried)
        }
        guard !isByKey, sql.carriesAllColumns, sql.carriesAllChildren else { return }
        if case .span(let window) = chunk { try closeUnreadableDays(window, common, session) }
        try session.query(
            """
            update inflow.rejection r set \(RejectionWriter.closed)
            where \(RejectionWriter.canClose) and r.key = '' and r.chunk = $5
            """,
            common + [.text(chunk.description)])
    }

    /// Closes the days within a span that could not be read before: now they were, all of them.
    private func closeUnreadableDays(
        _ window: Window, _ common: [PostgresParameter], _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        try session.query(
            """
            update inflow.rejection r set \(RejectionWriter.closed)
            where \(RejectionWriter.canClose) and r.key = '' and r.reason = 'unreadable_day'
                and r.chunk collate "C" >= $5 and r.chunk collate "C" < $6
            """,
            common + [.text(window.from.description), .text(window.until.description)])
    }

    /// Keeps a day whose answer cannot be read: opens its rejection, or renews it.
    static func keepUnreadableDay(
        _ day: Checkpoint, of entity: EntityDefinition, _ error: String, on session: isolated PostgresConnection
    ) throws(PostgresError) {
        try session.query(
            """
            with renewed as (
                update inflow.rejection set
                    raw = $6, times_seen = times_seen + case when last_run_id = $2 then 0 else 1 end, last_run_id = $2,
                    last_seen_at = now(), asked_at = now()
                where connection_id = $1 and entity = $3 and status <> 'closed' and key = ''
                    and reason = 'unreadable_day' and chunk = $4
                returning id
            )
            insert into inflow.rejection (
                connection_id, run_id, last_run_id, entity, chunk, key, table_name, column_name, raw, reason, asked_at)
            select $1, $2, $2, $3, $4, '', $5, '', $6, 'unreadable_day', now()
            where not exists (select from renewed)
            """,
            [
                .int64(day.connectionID), .int64(day.runID), .text(entity.name), .text(day.label), .text(entity.table),
                .text(String(error.prefix(1_000)).replacing("\0", with: "\u{FFFD}")),
            ])
    }

    private static let closed = "status = 'closed', ended_run_id = $3, ended_at = now()"

    private static let canClose = """
        r.connection_id = $1 and r.entity = $2 and r.status <> 'closed' and r.last_seen_at < now() and r.asked_at <= $4
        """
}
