internal import Inflow

/// How what was judged new or different is written.
extension MergeSQL {
    /// Keeps the version about to be superseded: the record with all its lines.
    ///
    /// $1 entity, $2 run. A mere fill of a new column supersedes nothing, and in a replay neither does the run
    /// itself, which goes through older answers to the newest.
    var keepHistory: String {
        return """
            insert into inflow.history (
                connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
            select t.connection_id, $1, \(entity.keyText()), t.changed_at, now(), $2,
                case when c.what & \(What.revived) <> 0 then 'revived' else 'updated' end,
                to_jsonb(t) - '{connection_id,content_hash,children_hash}'::text[],
                jsonb_build_object(\(wholeLines))
            from \(changed) c
            join \(target) t on t.connection_id = c.connection_id and \(equal(entity.key, "t", "c"))
            where c.what & \(What.own | What.lines | What.revived) <> 0\(isReplay ? " and t.changed_run_id <> $2" : "")
            """
    }

    /// Inserts what is new; the affected rows are the inserted records.
    ///
    /// $1 run, $2 when the answer was asked for. No conflict can arise: the judgement was made under the entity's lock.
    var insertOwn: String {
        """
        insert into \(target) (
            connection_id, \(list(ownNames)),
            first_run_id, changed_run_id, changed_at, asked_at, content_hash, children_hash)
        select c.connection_id, \(list(ownNames, "s.")), $1, $1, now(), $2, s.content_hash, s.children_hash
        from \(changed) c
        join \(stage) s on \(equal(entity.key, "s", "c"))
        where c.what & \(What.inserted) <> 0
        """
    }

    /// Inserts all that is staged, where the table holds nothing of the chunk's extent; a key it has elsewhere is an
    /// error.
    ///
    /// $1 run, $2 when the answer was asked for, $3 connection. The affected rows are the inserted records.
    var insertAll: String {
        """
        insert into \(target) (
            connection_id, \(list(ownNames)),
            first_run_id, changed_run_id, changed_at, asked_at, content_hash, children_hash)
        select $3::bigint, \(list(ownNames, "s.")), $1, $1, now(), $2, s.content_hash, s.children_hash
        from \(stage) s
        """
    }

    /// Inserts all lines that are staged; $1 connection.
    func insertAllLines(_ child: Child) -> String {
        let names = child.columns.map(\.name) + ["extra"]
        return """
            insert into \(quoted(child.table)) (connection_id, \(list(names)))
            select $1::bigint, \(list(names, "s."))
            from \(MergeSQL.stage(child)) s
            """
    }

    /// Updates what differs; the affected rows are the updated records.
    ///
    /// $1 run, $2 when the answer was asked for. A fill keeps `changed_at`, so that the version's time holds.
    var updateOwn: String {
        let assigned = ownNames.filter { !entity.key.contains($0) }
        let superseding = What.own | What.lines | What.revived
        let assignments =
            assigned.map { "\(quoted($0)) = s.\(quoted($0))" } + (isReplay ? [] : ["deleted_at = null"]) + [
                "changed_run_id = $1",
                "changed_at = case when c.what & \(superseding) <> 0 then now() else t.changed_at end",
                "asked_at = $2", "content_hash = s.content_hash",
                "children_hash = coalesce(s.children_hash, t.children_hash)",
            ]
        return """
            update \(target) t set
                \(assignments.joined(separator: ",\n    "))
            from \(changed) c
            join \(stage) s on \(equal(entity.key, "s", "c"))
            where c.existed and t.connection_id = c.connection_id and \(equal(entity.key, "t", "c"))
            """
    }

    /// Finds the lines the table has for records whose lines changed.
    func findLines(_ child: Child) -> String {
        """
        insert into \(MergeSQL.gone(child))
        select t.connection_id, \(list(child.key, "t."))
        from \(changed) c
        join \(quoted(child.table)) t on t.connection_id = c.connection_id and \(joinToParent(child, "t", "c"))
        where c.existed and c.what & \(What.lines | What.linesFilled) <> 0
        """
    }

    /// Finds the lines the table has for records that are new to it.
    ///
    /// There are some where a person has deleted a record by hand without its lines.
    func findLinesLeftBehind(_ child: Child) -> String {
        """
        insert into \(MergeSQL.gone(child))
        select t.connection_id, \(list(child.key, "t."))
        from \(changed) c
        join \(quoted(child.table)) t on t.connection_id = c.connection_id and \(joinToParent(child, "t", "c"))
        where not c.existed
        """
    }

    /// Keeps of these only the ones the answer has not.
    func keepGoneLines(_ child: Child) -> String {
        """
        delete from \(MergeSQL.gone(child)) g
        using \(MergeSQL.stage(child)) s
        where \(equal(child.key, "s", "g"))
        """
    }

    /// Deletes the lines that are left in `gone`: those the answer no longer holds.
    func deleteLines(_ child: Child) -> String {
        """
        delete from \(quoted(child.table)) t
        using \(MergeSQL.gone(child)) g
        where t.connection_id = g.connection_id and \(equal(child.key, "t", "g"))
        """
    }

    /// Inserts lines that are new and updates those that differ, of records that are new or whose lines changed.
    func writeLines(_ child: Child) -> String {
        let names = child.columns.map(\.name) + ["extra"]
        let assigned = names.filter { !child.key.contains($0) }
        return """
            insert into \(quoted(child.table)) as t (connection_id, \(list(names)))
            select c.connection_id, \(list(names, "s."))
            from \(changed) c
            join \(MergeSQL.stage(child)) s on \(joinToParent(child, "s", "c"))
            where c.what & \(What.inserted | What.lines | What.linesFilled) <> 0
            on conflict (connection_id, \(list(child.key))) do update set
                \(assigned.map { "\(quoted($0)) = excluded.\(quoted($0))" }.joined(separator: ",\n    "))
            where (\(list(assigned, "t."))) is distinct from (\(list(assigned, "excluded.")))
            """
    }

    /// By how many the lines of the records written differ between the answer and the tables, record by record.
    ///
    /// Staged lines are joined as a whole, since nothing finds them by key; those of the tables are looked up by key,
    /// whatever the planner believes, since a lateral count cannot be joined otherwise.
    var countLinesDiffering: String {
        let differences = children.map { child in
            """
            (
                select coalesce(sum(abs(coalesce(s.lines, 0) - h.lines)), 0)
                from written c
                left join (
                    select \(list(parentColumns(of: child))), count(*) as lines
                    from \(MergeSQL.stage(child))
                    group by \(list(parentColumns(of: child)))
                ) s on \(joinToParent(child, "s", "c"))
                cross join lateral (
                    select count(*) as lines
                    from \(quoted(child.table)) t
                    where t.connection_id = c.connection_id and \(joinToParent(child, "t", "c"))
                ) h
            )
            """
        }
        return """
            with written as materialized (
                select connection_id, \(list(entity.key))
                from \(changed)
                where what & \(What.inserted | What.lines | What.linesFilled) <> 0
            )
            select (\(indented(differences.joined(separator: " + "), by: 4)))::bigint as differing
            """
    }

    // MARK: deletions

    /// Keeps the version of each row that is about to be marked; $1 connection, $2 entity, $3 run, $4 whether those that a
    /// person has approved.
    var keepHistoryOfGone: String {
        """
        insert into inflow.history (
            connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
        select t.connection_id, $2, m.key, t.changed_at, now(), $3, 'marked_deleted',
            to_jsonb(t) - '{connection_id,content_hash,children_hash}'::text[],
            jsonb_build_object(\(wholeLines))
        from \(gone)
        """
    }

    /// Marks the rows that are gone, unless they were written since; $1 connection, $2 entity, $3 run, $4 whether those
    /// that a person has approved.
    ///
    /// The mark is as old as the answer that proves it: an older answer does not take it away.
    var markGone: String {
        """
        update \(target) u set deleted_at = now(), changed_run_id = $3, changed_at = now(),
            asked_at = greatest(m.asked_at, m.key_asked_at)
        from \(gone) and u.connection_id = t.connection_id and \(equal(entity.key, "u", "t"))
        """
    }

    private var gone: String {
        """
        inflow.missing m
            join \(target) t on t.connection_id = m.connection_id
                and \(entity.keyText()) = m.key
            where m.connection_id = $1 and m.entity = $2 and m.status = 'gone' and m.is_approved = $4
                and t.deleted_at is null
                and t.asked_at <= greatest(m.asked_at, m.key_asked_at)
        """
    }

    /// All lines of a record `t`, by table.
    private var wholeLines: String {
        let lines = entity.children.map { child in
            let name = child.table.split(separator: ".").last.map(String.init) ?? child.table
            return """
                '\(name)', (
                        select coalesce(jsonb_agg(to_jsonb(l) - 'connection_id' order by l.position), '[]')
                        from \(quoted(child.table)) l
                        where l.connection_id = t.connection_id and \(joinToParent(child, "l", "t"))
                    )
                """
        }
        return lines.joined(separator: ",\n        ")
    }
}
