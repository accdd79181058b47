internal import Inflow

/// How rows that hang on another entity's record are marked: those that its answer lacks, and those whose record is
/// gone.
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

    /// Marks the rows whose parent is no longer in its table, not even as a marked row: its key was changed, or it
    /// was a line that was deleted.
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

    /// Keeps the rows in `gone` as versions in history and marks them.
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
