internal import Foundation
internal import Inflow
internal import Postgres

/// Keeps which records have a header that is newer than their lines, inside the chunk's transaction.
///
/// A list of open documents may carry headers without lines (``Endpoint/Carries``). What it inserts or changes is right
/// in the header and unknown in the lines, so it is noted in `inflow.header_only` until an answer that carries whole
/// records, asked for no earlier, has held it. The same run reads it in full (``HeaderOnlyStore``); until then no day
/// of such a record is complete.
struct HeaderOnlyRecords: Sendable {
    let context: ChunkContext

    private var sql: MergeSQL { context.sql }
    private var isWhole: Bool { sql.carriesAllColumns && sql.carriesAllChildren }

    /// Notes or forgets the chunk's records, after they are written; `hasChanged` says whether it wrote any.
    ///
    /// Costs nothing of an entity whose lists all carry whole records.
    func run(on session: isolated PostgresConnection, hasChanged: Bool) throws(PostgresError) {
        guard sql.entity.hasHeaderLists, !sql.isReplay else { return }
        if isWhole {
            try session.query(sql.forgetHeaderOnly, context.names + [.timestamp(context.askedAt)])
        } else if hasChanged {
            try session.query(
                sql.noteHeaderOnly,
                context.names + [
                    .timestamp(context.askedAt), .int64(context.runID), .text(context.settings.timeZone.identifier),
                ])
        }
    }
}

extension EntityDefinition {
    /// Whether one of its lists of open documents carries only a part of each record that `get` or the main list
    /// completes.
    var hasHeaderLists: Bool { sweeps.contains { $0.carries != .everything } }
}

/// Records whose lines are older than their header; $1 connection, $2 entity, $3 when the answer was asked for.
extension MergeSQL {
    /// Notes what the chunk inserted or changed; $4 run, $5 zone.
    var noteHeaderOnly: String {
        """
        insert into inflow.header_only as h (connection_id, entity, key, dated_on, asked_at, run_id)
        select $1::bigint, $2::text, \(entity.keyText("s")),
            \(entity.localDay("s", zone: "$5") ?? "null::date"), $3::timestamptz, $4::bigint
        from \(changed) c
        join \(stage) s on \(equal(entity.key, "s", "c"))
        where $5::text is not null
        on conflict (connection_id, entity, key) do update set
            dated_on = excluded.dated_on, asked_at = greatest(h.asked_at, excluded.asked_at), run_id = excluded.run_id
        """
    }

    /// Forgets what the chunk, which carries whole records, holds.
    var forgetHeaderOnly: String {
        """
        delete from inflow.header_only h
        using \(stage) s
        where h.connection_id = $1 and h.entity = $2 and h.key = \(entity.keyText("s")) and h.asked_at <= $3
        """
    }
}
