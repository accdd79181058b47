internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// What a chunk does to the rejections of its entity, in the data's own transaction: new ones are opened, those that
/// come again are renewed, those whose record it took in are closed.
///
/// A rejection is known by the record's key; without one by the fault and the chunk it is in. Where a key is rejected
/// twice in one answer, the first meets the first rejection there is and the second the second. A dismissed one is
/// renewed without a word while the fault is the same; another fault opens a new one.
///
/// One merge at a time works on an entity (``ChunkMerge`` takes the lock), so nothing moves between two statements.
struct RejectionWriter: Sendable {
    let context: ChunkContext

    /// Whether there is any to close: asked along with the run's state, so that it costs no call of its own.
    ///
    /// $2 connection, $3 entity.
    static let isAny = """
        exists (
            select from inflow.rejection
            where connection_id = $2 and entity = $3 and status <> 'closed'
        )
        """

    private var sql: MergeSQL { context.sql }
    private var isByKey: Bool { if case .parents = context.chunk { true } else { false } }

    /// Keeps what the chunk rejected.
    func keep(on session: isolated PostgresConnection) throws(PostgresError) {
        try session.query(
            Statements.rejectionsKeep,
            [
                .int64(context.connectionID), .int64(context.runID), .text(context.entity.name),
                .text(context.chunk.description), .timestamp(context.askedAt), .bool(isByKey),
            ])
    }

    /// Closes those whose record the chunk took in, unless it rejected the key too.
    ///
    /// An answer that does not carry the value concerned cannot mend it, nor can one asked for before the record came
    /// unfit. One without key is closed when the chunk it was in is read again and has it no longer.
    /// An answer that held no record at all (`pulled`) shows nothing of the kind.
    func close(pulled: Int, on session: isolated PostgresConnection) throws(PostgresError) {
        let carriesAll = sql.carriesAllColumns && sql.carriesAllChildren
        let carried: [PostgresParameter] = [
            .bool(carriesAll), .text(context.entity.table), .textArray(sql.columns.map(\.name)),
            .textArray(sql.children.map(\.table)),
        ]
        let common = context.names + [.int64(context.runID), .timestamp(context.askedAt)]
        try session.withPlanner(off: .nestedLoop) { () throws(PostgresError) in
            try session.query(sql.closeRejections, common + carried)
        }
        guard !isByKey, carriesAll, pulled > 0 else { return }
        if case .span(let window) = context.chunk {
            try session.query(
                MergeSQL.closeUnreadableDays,
                common + [.text(window.from.description), .text(window.until.description)])
        }
        try session.query(MergeSQL.closeKeylessRejections, common + [.text(context.chunk.description)])
    }

    /// Keeps a day whose answer cannot be read: opens its rejection, or renews it.
    func keepUnreadableDay(_ error: String, on session: isolated PostgresConnection) throws(PostgresError) {
        try session.query(
            Statements.rejectionKeepDay,
            [
                .int64(context.connectionID), .int64(context.runID), .text(context.entity.name), .text(context.label),
                .text(context.entity.table),
                .text(String(error.prefix(1_000)).replacing("\0", with: "\u{FFFD}")),
            ])
    }
}

/// Closing rejections: $1 connection, $2 entity, $3 run, $4 when the answer was asked for.
extension MergeSQL {
    /// Closes those whose record is staged.
    ///
    /// $5 whether the answer carries whole records; else $6 the table, $7 the columns and $8 the tables of lines it
    /// carries.
    var closeRejections: String {
        """
        update inflow.rejection r set \(MergeSQL.closed)
        from (select \(entity.keyText(nil)) collate "C" as key from \(stage)) s
        where \(MergeSQL.canClose) and r.key = s.key
            and ($5 or (r.table_name = $6 and r.column_name = any ($7::text[])) or r.table_name = any ($8::text[]))
        """
    }

    /// Closes the days from $5 up to, not including, $6 that could not be read before: now all of them were.
    static let closeUnreadableDays = """
        update inflow.rejection r set \(closed)
        where \(canClose) and r.key = '' and r.reason = 'unreadable_day'
            and r.chunk collate "C" >= $5 and r.chunk collate "C" < $6
        """

    /// Closes those without a key of chunk $5.
    static let closeKeylessRejections = """
        update inflow.rejection r set \(closed)
        where \(canClose) and r.key = '' and r.chunk = $5
        """

    private static let closed = "status = 'closed', ended_run_id = $3, ended_at = now()"

    private static let canClose = """
        r.connection_id = $1 and r.entity = $2 and r.status <> 'closed' and r.last_seen_at < now() and r.asked_at <= $4
        """
}
