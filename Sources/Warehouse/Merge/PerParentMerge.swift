internal import Foundation
internal import Inflow
internal import Postgres

/// What an answer to one parent says besides its rows: which of ours it no longer holds, and that the parent was asked.
///
/// Runs inside the chunk's transaction, after its rows are written and under the entity's lock. The rows of a parent
/// whose answer was read whole are all there is of it: those absent from it are kept as a version in history and
/// marked. There is no brake, as there is none for lines, since each answer was asked for by the record's own key.
struct PerParentMerge: Sendable {
    let sql: MergeSQL
    let connectionID: Int64
    let runID: Int64
    let askedAt: Date
    let parents: [AnsweredParent]
    /// Whether the answers held a record whose key could not be read: then nothing is proved to be gone.
    let hasUnreadableKey: Bool
    /// Whether archived answers are merged, which nothing is marked for.
    let isReplay: Bool

    /// - Returns: how many rows were marked.
    func run(on session: isolated PostgresConnection) throws(WarehouseError) -> Int {
        guard sql.entity.isPerParent, !isReplay, !parents.isEmpty else { return 0 }
        let known = parents.filter(\.isKnown).map(\.key)
        let unknown = parents.filter { !$0.isKnown }.map(\.key)
        let entity: [PostgresParameter] = [.int64(connectionID), .text(sql.entity.name)]
        do throws(PostgresError) {
            var marked = 0
            if !known.isEmpty, !hasUnreadableKey {
                marked = try session.query(
                    sql.markAbsent, entity + [.int64(runID), .timestamp(askedAt), .textArray(known)]
                ).affectedRows
            }
            try session.query(
                PerParentMerge.noteRead,
                entity + [.int64(runID), .timestamp(askedAt), .textArray(known), .textArray(unknown)])
            return marked
        } catch {
            throw WarehouseError(error, doing: "noting what was read of \(sql.entity.name)")
        }
    }

    /// $1 connection, $2 entity, $3 run, $4 when it was asked for, $5 parents known, $6 parents unknown.
    private static let noteRead = """
        insert into inflow.parent_read as r (connection_id, entity, parent_key, status, asked_at, run_id)
        select $1::bigint, $2, p.key, p.status, $4::timestamptz, $3::bigint
        from (
            select distinct on (key) key, status
            from (
                select unnest($5::text[]) as key, 'read' as status
                union all select unnest($6::text[]), 'unknown'
            ) u
            order by key, status
        ) p
        on conflict (connection_id, entity, parent_key) do update set
            status = excluded.status, asked_at = excluded.asked_at, run_id = excluded.run_id, failed_at = null
        where r.asked_at is null or r.asked_at <= excluded.asked_at
        """
}

extension MergeSQL {
    /// The column of a line of another entity's record that says which record.
    private var parentColumn: String { quoted(entity.key.first ?? "") }

    /// Marks the rows that the answers to their parents do not hold, and keeps them as versions in history.
    ///
    /// $1 connection, $2 entity, $3 run, $4 when it was asked for, $5 parents whose answers were read whole. Of a
    /// parent one of whose values was rejected nothing is marked.
    var markAbsent: String {
        """
        with gone as materialized (
            select t.connection_id, \(list(entity.key, "t."))
            from \(target) t
            left join \(stage) s on \(equal(entity.key, "s", "t"))
            where t.connection_id = $1 and t.\(parentColumn) = any ($5::text[]) and t.deleted_at is null
                and t.asked_at <= $4 and s.record_ordinal is null
                and not exists (
                    select from pg_temp.stage_rejection r where starts_with(r.key, t.\(parentColumn) || '/')
                )
        ), \(markThose)
        """
    }

    /// Marks the rows whose parent is not there any more, marked or not: its key was changed, or it was a line that
    /// went.
    ///
    /// $1 connection, $2 entity, $3 run, $4 now; `parents` gives their keys.
    func markOrphans(_ parents: String) -> String {
        """
        with parent as materialized (
            \(indented(parents, by: 4))
        ), gone as materialized (
            select t.connection_id, \(list(entity.key, "t."))
            from \(target) t
            left join parent p on p.key = t.\(parentColumn)
            where t.connection_id = $1 and t.deleted_at is null and p.key is null
        ), \(markThose)
        """
    }

    private var markThose: String {
        """
        kept as (
            insert into inflow.history (
                connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
            select t.connection_id, $2, \(entity.keyText()), t.changed_at, now(), $3,
                'marked_deleted', to_jsonb(t) - '{connection_id,content_hash,children_hash}'::text[], '{}'::jsonb
            from gone g
            join \(target) t on t.connection_id = g.connection_id and \(equal(entity.key, "t", "g"))
        )
        update \(target) u set deleted_at = now(), changed_run_id = $3, changed_at = now(), asked_at = $4
        from gone g
        where u.connection_id = g.connection_id and \(equal(entity.key, "u", "g"))
        """
    }
}
