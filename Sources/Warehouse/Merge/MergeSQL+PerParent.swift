internal import Inflow

/// How rows that hang on another entity's record are noted as missing, marked and revived.
extension MergeSQL {
    /// The column of a row that says which record it hangs on.
    var parentColumn: String { quoted(entity.key.first ?? "") }

    /// Notes the rows that the answers to their parents do not hold.
    ///
    /// $1 connection, $2 entity, $3 run, $4 when it was asked for, $5 parents whose answers were read whole, $6 chunk.
    /// Of a parent one of whose values was rejected nothing is noted. What a person has been asked about, or has
    /// decided, stays so.
    var noteAbsent: String {
        """
        insert into inflow.missing as m (
            connection_id, entity, key, status, chunk, run_id, first_run_id, asked_at)
        select $1::bigint, $2, \(entity.keyText("t")), 'missing', $6, $3::bigint, $3::bigint, $4::timestamptz
        from \(target) t
        left join \(stage) s on \(equal(entity.key, "s", "t"))
        where t.connection_id = $1 and t.\(parentColumn) = any ($5::text[]) and t.deleted_at is null
            and t.asked_at <= $4 and s.record_ordinal is null
            and not exists (
                select from pg_temp.stage_rejection r
                where not r.is_value and starts_with(r.key, t.\(parentColumn) || '/')
            )
        on conflict (connection_id, entity, key) do update set
            status = case when m.status = 'gone' then excluded.status else m.status end,
            chunk = excluded.chunk, run_id = excluded.run_id, asked_at = excluded.asked_at
        where m.asked_at <= excluded.asked_at
        """
    }

    /// Marks the rows whose record is no longer in its table, since its key was changed or it was a line that was
    /// deleted, and those whose record is marked: these at the record's time, so that they revive with it.
    ///
    /// $1 connection, $2 entity, $3 run, $4 now; `parents` gives the keys of all records, and when all of a key were
    /// marked.
    func markOrphans(_ parents: String) -> String {
        """
        with parent as materialized (
            \(indented(parents, by: 4))
        ), gone as materialized (
            select t.connection_id, \(list(entity.key, "t.")), coalesce(p.deleted_at, now()) as deleted_at,
                $4::timestamptz as asked_at
            from \(target) t
            left join parent p on p.key = t.\(parentColumn)
            where t.connection_id = $1 and t.deleted_at is null and (p.key is null or p.deleted_at is not null)
        ), \(markThose)
        """
    }

    /// Marks the rows whose records this transaction has marked, at the same time as these; $1 connection, $2 entity,
    /// $3 run.
    ///
    /// A row stays live where another record with the same key does.
    func markWithRecords(_ link: ParentLink) -> String {
        """
        with parent as materialized (
            select t.connection_id, \(link.key()) as key, max(t.deleted_at) as deleted_at, max(t.asked_at) as asked_at
            from \(indented(link.table(), by: 4))
            where t.connection_id = $1 and t.deleted_at = now()
            group by 1, 2
        ), gone as materialized (
            select v.connection_id, \(list(entity.key, "v.")), p.deleted_at, p.asked_at
            from parent p
            join \(target) v on v.connection_id = p.connection_id and v.\(parentColumn) = p.key
            where v.deleted_at is null
                and not exists (
                    select
                    from \(indented(link.table(), by: 20))
                    where t.connection_id = p.connection_id and \(link.key()) = p.key and t.deleted_at is null
                )
        ), \(markThose)
        """
    }

    /// Keeps the rows in `gone` as versions in history, marks them and forgets that they were missing.
    private var markThose: String {
        """
        kept as (
            insert into inflow.history (
                connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
            select t.connection_id, $2, \(entity.keyText()), t.changed_at, now(), $3,
                'marked_deleted', to_jsonb(t) - '{connection_id,content_hash,children_hash}'::text[], '{}'::jsonb
            from gone g
            join \(target) t on t.connection_id = g.connection_id and \(equal(entity.key, "t", "g"))
        ), forgotten as (
            delete from inflow.missing m
            using gone g
            where m.connection_id = g.connection_id and m.entity = $2 and m.key = \(entity.keyText("g"))
        )
        update \(target) u set deleted_at = g.deleted_at, changed_run_id = $3, changed_at = now(),
            asked_at = greatest(u.asked_at, g.asked_at)
        from gone g
        where u.connection_id = g.connection_id and \(equal(entity.key, "u", "g"))
        """
    }

    /// Revives the rows that were marked with records of an owner that this chunk revives: those marked at the same
    /// time as their record.
    ///
    /// $1 entity, $2 run. `steps` leads from the owner to the rows' own entity; `changed` is the owner's. It runs
    /// before the record's own mark is taken away, and for what hangs on values before the values.
    func reviveWithRecords(_ steps: [ParentLink], of owner: MergeSQL) -> String {
        var joins = """
            \(owner.changed) c
            join \(owner.target) t0 on t0.connection_id = c.connection_id and \(equal(owner.entity.key, "t0", "c"))
            """
        for (place, step) in steps.enumerated() {
            let table = place + 1 < steps.count ? steps[place + 1].owner : entity
            joins += step.lines(of: "t\(place)", line: "l\(place)")
            joins += """

                join \(quoted(table.table)) t\(place + 1) on t\(place + 1).connection_id = c.connection_id
                    and t\(place + 1).\(quoted(table.key.first ?? "")) = \(step.key("t\(place)", line: "l\(place)"))
                    and t\(place + 1).deleted_at = t0.deleted_at
                """
        }
        let row = "t\(steps.count)"
        return """
            with back as materialized (
                select distinct \(row).connection_id, \(list(entity.key, row + "."))
                from \(indented(joins, by: 4))
                where c.existed and c.what & \(What.revived) <> 0
            ), kept as (
                insert into inflow.history (
                    connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
                select t.connection_id, $1, \(entity.keyText()), t.changed_at, now(), $2, 'revived',
                    to_jsonb(t) - '{connection_id,content_hash,children_hash}'::text[], '{}'::jsonb
                from back b
                join \(target) t on t.connection_id = b.connection_id and \(equal(entity.key, "t", "b"))
            )
            update \(target) u set deleted_at = null, changed_run_id = $2, changed_at = now()
            from back b
            where u.connection_id = b.connection_id and \(equal(entity.key, "u", "b"))
            """
    }

    /// Whether the chunk revives a record.
    var isAnyRevived: String {
        "select exists (select from \(changed) where existed and what & \(What.revived) <> 0) as revived"
    }
}
