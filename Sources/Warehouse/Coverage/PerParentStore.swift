public import Inflow
internal import Foundation
internal import Postgres

/// When the values of each record were last read, and which are to be read next.
///
/// A record is due when it was never asked, when its row has changed since, or when the platform did not know it and
/// its pause is over; lines of a record count as changed when it has.
public struct PerParentStore: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection
    private let known: [EntityDefinition]

    /// The reads of a connection; `known` are all entities of the platform.
    public init(_ warehouse: Warehouse, _ connection: Connection, known: [EntityDefinition]) {
        self.warehouse = warehouse
        self.connection = connection
        self.known = known
    }

    /// Records read within this time are not read again only because there is room: most of a day, so that a run at
    /// eight does not become one at eight of the day after.
    private static let freshHours = 20

    // MARK: before reading

    /// How far each entity has been read, with at most `limit` keys of each kind.
    public func backlogs(_ entities: [EntityDefinition], limit: Int) async throws(WarehouseError) -> [ParentBacklog] {
        let entities = entities.filter(\.isPerParent)
        let sources = entities.map { parents(of: $0, living: true) }
        let flags = entities.map { isUsed($0) }
        let (id, days) = (connection.id, connection.settings.perParentDays)
        return try await warehouse.perform(
            purpose: "parent reads", doing: "finding records whose values are to be read"
        ) { session throws(PostgresError) in
            var backlogs: [ParentBacklog] = []
            for (index, entity) in entities.enumerated() {
                var backlog = ParentBacklog(entity: entity.name)
                if let flag = flags[index] {
                    backlog.isUsed = try session.query(flag, [.int64(id)])[0].require("used") { $0.bool }
                }
                if let source = sources[index], backlog.isUsed {
                    let state = PerParentStore.state(source, of: entity)
                    let names: [PostgresParameter] = [.int64(id), .text(entity.name)]
                    try PerParentStore.count(&backlog, state, names + [.int(days)], session)
                    if limit > 0 { try PerParentStore.list(&backlog, state, names + [.int(limit)], session) }
                }
                backlogs.append(backlog)
            }
            return backlogs
        }
    }

    /// Calls of the last 24 hours, for these entities and in all.
    public func spent(_ entities: [EntityDefinition]) async throws(WarehouseError) -> (own: Int, all: Int) {
        let parameters: [PostgresParameter] = [
            .int64(connection.id), .textArray(entities.filter(\.isPerParent).map(\.name)),
        ]
        return try await warehouse.perform(purpose: "parent reads", doing: "adding up the calls of the day") {
            session throws(PostgresError) in
            let row = try session.query(
                """
                select coalesce(sum(calls), 0) as calls, coalesce(sum(calls) filter (where entity = any ($2)), 0) as own
                from inflow.chunk
                where connection_id = $1 and ended_at > now() - interval '24 hours'
                """, parameters)[0]
            return (try row.require("own") { $0.int }, try row.require("calls") { $0.int })
        }
    }

    // MARK: after reading

    /// Notes that the values of these could not be read: they are asked for alone next time, after all others.
    public func noteFailed(_ entity: EntityDefinition, _ keys: [String], run: Int64) async throws(WarehouseError) {
        let parameters: [PostgresParameter] = [
            .int64(connection.id), .text(entity.name), .textArray(keys), .int64(run),
        ]
        _ = try await warehouse.perform(
            purpose: "parent reads", doing: "noting what could not be read of \(entity.name)"
        ) { session throws(PostgresError) in
            try session.query(
                """
                insert into inflow.parent_read as r (connection_id, entity, parent_key, status, run_id, failed_at)
                select distinct $1::bigint, $2, k.key, 'failed', $4::bigint, now()
                from unnest($3::text[]) k (key)
                on conflict (connection_id, entity, parent_key) do update set failed_at = now()
                """, parameters)
        }
    }

    /// Marks the values of records that are marked, or not there under their key any more, and what hangs on these
    /// values.
    ///
    /// What marks a record marks its values (``ValueMarks``); this finds those of lines that were deleted, and those
    /// that an answer under way brought after their record was marked.
    ///
    /// - Returns: how many were marked.
    public func markOrphans(_ entity: EntityDefinition, run: Int64) async throws(WarehouseError) -> Int {
        guard entity.isPerParent, let source = parents(of: entity, living: false) else { return 0 }
        let subject = "marking values of \(entity.name) whose record is gone"
        let context = ChunkContext(
            sql: MergeSQL(entity, carries: .everything), chunk: .parents([]), label: "records gone",
            connectionID: connection.id, runID: run, askedAt: Date(), settings: connection.settings)
        return try await warehouse.withSession("parent reads") { session throws(WarehouseError) in
            try await session.transaction(lifting: { WarehouseError($0, doing: subject) }) {
                session throws(WarehouseError) in
                var tally = Tally()
                tally.markedDeleted = try lifting(subject) { () throws(PostgresError) in
                    try session.query(MergeSQL.takeLock, context.names)
                    return try session.query(
                        context.sql.markOrphans(source), context.names + [.int64(run), .timestamp(context.askedAt)]
                    ).affectedRows
                }
                guard tally.markedDeleted > 0 else { return 0 }
                try lifting(subject) { () throws(PostgresError) in
                    try ValueMarks(context: context).markWithRecords(on: session)
                }
                try Checkpoint(context: context).write(tally, nil, on: session)
                return tally.markedDeleted
            }
        }
    }

    // MARK: statements

    /// The keys of the records an entity hangs on, with when they changed, how new they are, and when all of a key
    /// were marked; $1 connection.
    private func parents(of entity: EntityDefinition, living: Bool) -> String? {
        guard let link = ParentLink(entity, among: known) else { return nil }
        return PerParentStore.parents(link, where: link.isKey + (living ? " and t.deleted_at is null" : ""))
    }

    private static func parents(_ link: ParentLink, where condition: String) -> String {
        let newest =
            link.rule.newest.filter { name in link.owner.columns.contains { $0.name == name } }
            .map { "t.\(quoted($0))::timestamptz" } + ["t.changed_at"]
        return """
            select \(link.key()) as key, max(t.changed_at) as changed_at,
                max(coalesce(\(newest.joined(separator: ", ")))) as newest,
                case when bool_and(t.deleted_at is not null) then max(t.deleted_at) end as deleted_at
            from \(link.table())
            where t.connection_id = $1 and \(condition)
            group by 1
            """
    }

    /// Whether a definition says that records of the kind can have values; nil where none has to.
    ///
    /// The flag is an element of the definitions: it stands in the column that is filled from it.
    private func isUsed(_ entity: EntityDefinition) -> String? {
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
    private static func state(_ source: String, of entity: EntityDefinition) -> String {
        let parent = quoted(entity.key.first ?? "")
        return """
            with waiting as materialized (
                select distinct t.\(parent) as key
                from inflow.missing m
                join \(quoted(entity.table)) t on t.connection_id = m.connection_id and \(entity.keyText()) = m.key
                where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'held')
            ), state as materialized (
                select p.key, p.newest, r.asked_at, r.status, r.failed_at, w.key is not null as is_waiting,
                    r.status is not distinct from 'unknown' as is_unknown,
                    r.asked_at is null or p.changed_at > r.asked_at
                        or r.status = 'unknown' and r.asked_at < now() - make_interval(
                            days => least(30, 1 << least(greatest(r.unknown_times - 1, 0), 5))) as is_due
                from (
                    \(indented(source, by: 8))
                ) p
                left join inflow.parent_read r on r.connection_id = $1 and r.entity = $2 and r.parent_key = p.key
                left join waiting w on w.key = p.key
            )
            """
    }

    /// Counts the records by how far they are read; $3 days after which a reading is old, 0 for never.
    private static func count(
        _ backlog: inout ParentBacklog, _ state: String, _ parameters: [PostgresParameter],
        _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let row = try session.query(
            """
            \(state)
            select count(*) as parents, count(*) filter (where is_due) as due,
                count(*) filter (where not is_due and is_unknown) as unknown,
                count(*) filter (
                    where not is_due and not is_unknown and $3::integer > 0
                        and (asked_at < now() - make_interval(days => $3::integer)
                            or is_waiting and asked_at < now() - interval '\(freshHours) hours')) as old,
                min(asked_at) filter (where not is_unknown) as oldest
            from state
            """, parameters)[0]
        backlog.parents = try row.require("parents") { $0.int }
        backlog.due = try row.require("due") { $0.int }
        backlog.unknown = try row.require("unknown") { $0.int }
        backlog.old = try row.require("old") { $0.int }
        backlog.oldestReadAt = try row.optionalDate("oldest")
    }

    /// Lists the keys to be read next; $3 how many of each kind at most.
    private static func list(
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
                order by has_failed, is_unknown, newest desc, key
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
            where not is_due and not is_unknown and asked_at < now() - interval '\(freshHours) hours'
            order by is_waiting desc, asked_at, key
            limit $3
            """, parameters
        ).texts("key")
    }
}
