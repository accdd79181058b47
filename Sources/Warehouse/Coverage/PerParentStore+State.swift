internal import Foundation
internal import Inflow
internal import Postgres

/// The statements that say which records are due, which need no call and which come first.
extension PerParentStore {
    /// The keys of the records an entity hangs on, with when they changed, how new they are, and when all of a key
    /// were marked; $1 connection.
    ///
    /// Where they are judged, also with the sum that a record states, and whether it probably has values.
    func parents(of entity: EntityDefinition, living: Bool, isJudged: Bool = false) -> String? {
        guard let link = ParentLink(entity, among: known) else { return nil }
        let condition = link.isKey + (living ? " and t.deleted_at is null" : "")
        return PerParentStore.parents(link, where: condition, isJudged ? PerParentStore.judgement(link) : "")
    }

    /// Two columns more: what a record states as the sum of its values, and whether a sign speaks for values.
    ///
    /// Two records of one key could each mean the other's values, so then no sum counts.
    private static func judgement(_ link: ParentLink) -> String {
        let total = link.rule.total.map { "case when count(*) = 1 then max(t.\(quoted($0.column))) end" }
        let signs = link.rule.signs.map { sign in
            """
            \(sign.parent.map { "t.\(quoted($0))" } ?? link.key()) in (
                    select s.\(quoted(sign.column)) from \(quoted(sign.table)) s
                    where s.connection_id = $1 and s.\(quoted(sign.column)) is not null
                )
            """
        }
        return """
            ,
                \(total ?? "null::numeric") as total,
                \(signs.isEmpty ? "false" : "coalesce(bool_or(\(signs.joined(separator: " or "))), false)") as is_likely
            """
    }

    private static func parents(_ link: ParentLink, where condition: String, _ judgement: String) -> String {
        let newest =
            link.rule.newest.filter { name in link.owner.columns.contains { $0.name == name } }
            .map { "t.\(quoted($0))::timestamptz" } + ["t.changed_at"]
        return """
            select \(link.key()) as key, max(t.changed_at) as changed_at,
                max(coalesce(\(newest.joined(separator: ", ")))) as newest,
                case when bool_and(t.deleted_at is not null) then max(t.deleted_at) end as deleted_at\(judgement)
            from \(link.table())
            where t.connection_id = $1 and \(condition)
            group by 1
            """
    }

    /// Whether a definition says that records of the kind can have values; nil where none has to.
    ///
    /// The flag is an element of the definitions: it stands in the column that is filled from it.
    func isUsed(_ entity: EntityDefinition) -> String? {
        guard let flag = entity.perParent?.flag else { return nil }
        for definition in known {
            guard let column = definition.columns.first(where: { $0.kind == .boolean && $0.paths.contains(flag) })
            else { continue }
            return """
                select exists (
                    select from \(quoted(definition.table))
                    where connection_id = $1 and \(quoted(column.name)) and deleted_at is null
                ) as used
                """
        }
        return "select false as used, $1::bigint"
    }

    /// The records with what is known of their reading; $2 entity.
    ///
    /// One that the platform did not know is due again after 1, 2, 4, 8, 16 and then every 30 days. One of which a row
    /// is missing, or held for a person, is not due, but comes first of the old ones.
    ///
    /// A sum proves that no call is needed where it equals that of the values held: all of them legible, none of them
    /// missing or held. Where it is zero and nothing is held, the record is not read again for its age either.
    static func state(_ source: String, of entity: EntityDefinition) -> String {
        let parent = quoted(entity.key.first ?? "")
        let part = entity.perParent?.total.map { "v.\(quoted($0.part))" } ?? "null::numeric"
        return """
            with waiting as materialized (
                select distinct t.\(parent) as key
                from inflow.missing m
                join \(quoted(entity.table)) t on t.connection_id = m.connection_id and \(entity.keyText()) = m.key
                where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'held')
            ), held as materialized (
                select v.\(parent) as key, sum(\(part)) as total, bool_and(\(part) is not null) as is_whole
                from \(quoted(entity.table)) v
                where v.connection_id = $1 and v.deleted_at is null and \(entity.perParent?.total == nil ? "false" : "true")
                group by 1
            ), judged as materialized (
                select p.key, p.changed_at, p.newest, p.is_likely, w.key is not null as is_waiting, s.key is not null as has_values,
                    coalesce(
                        p.total = coalesce(s.total, 0) and coalesce(s.is_whole, true) and w.key is null, false) as is_proven
                from (
                    \(indented(source, by: 8))
                ) p
                left join held s on s.key = p.key
                left join waiting w on w.key = p.key
            ), state as materialized (
                select j.key, j.newest, j.is_likely, r.asked_at, r.failed_at, j.is_waiting, j.is_proven,
                    j.is_proven and not j.has_values as is_empty,
                    not j.is_proven and r.status is not distinct from 'unknown' as is_unknown,
                    not j.is_proven and (
                        r.asked_at is null or j.changed_at > r.asked_at
                        or r.status = 'unknown' and r.asked_at < now() - make_interval(
                            days => least(30, 1 << least(greatest(r.unknown_times - 1, 0), 5)))) as is_due
                from judged j
                left join inflow.parent_read r on r.connection_id = $1 and r.entity = $2 and r.parent_key = j.key
            )
            """
    }

    /// Counts the records by how far they are read; $3 days after which a reading is old, 0 for never.
    static func count(
        _ backlog: inout ParentBacklog, _ state: String, _ parameters: [PostgresParameter],
        _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let row = try session.query(
            """
            \(state)
            select count(*) as parents, count(*) filter (where is_due) as due,
                count(*) filter (where not is_due and is_unknown) as unknown, count(*) filter (where is_proven) as proven,
                count(*) filter (
                    where not is_due and not is_unknown and not is_empty and $3::integer > 0
                        and (asked_at < now() - make_interval(days => $3::integer)
                            or is_waiting and asked_at < now() - interval '\(freshHours) hours')) as old,
                min(asked_at) filter (where not is_unknown) as oldest
            from state
            """, parameters)[0]
        backlog.parents = try row.require("parents") { $0.int }
        backlog.due = try row.require("due") { $0.int }
        backlog.unknown = try row.require("unknown") { $0.int }
        backlog.old = try row.require("old") { $0.int }
        backlog.proven = try row.int("proven")
        backlog.oldestReadAt = try row.optionalDate("oldest")
    }

    /// Lists the keys to be read next; $3 how many of each kind at most.
    static func list(
        _ backlog: inout ParentBacklog, _ state: String, _ parameters: [PostgresParameter],
        _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        if backlog.due > 0 {
            for row in try session.query(
                """
                \(state)
                select key, failed_at is not null as has_failed
                from state
                where is_due
                order by has_failed, is_unknown, is_likely desc, newest desc, key
                limit $3
                """, parameters)
            {
                let key = try row.text("key")
                if try row.bool("has_failed") {
                    backlog.failedKeys.append(key)
                } else {
                    backlog.dueKeys.append(key)
                }
            }
        }
        guard backlog.due + backlog.unknown < backlog.parents else { return }
        backlog.oldKeys = try session.query(
            """
            \(state)
            select key
            from state
            where not is_due and not is_unknown and not is_empty and asked_at < now() - interval '\(freshHours) hours'
            order by is_waiting desc, asked_at, key
            limit $3
            """, parameters
        ).texts("key")
    }
}
