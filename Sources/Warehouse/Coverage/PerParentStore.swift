public import Inflow
internal import Foundation
internal import Postgres
internal import SQLFiles

/// When the values of each record were last read, and which are to be read next.
///
/// A record is due when it was never asked, when its row has changed since, or when the platform did not know it and
/// its pause is over; lines of a record count as changed when it has. A record that proves by a sum of its own that the
/// values held are all there are (``WindowRule/Total``) is not due, whatever became of it: an invoice of which nothing
/// is paid, or as much as its payments add up to. A sum that is null proves nothing.
public struct PerParentStore: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection
    let known: [EntityDefinition]

    /// The reads of a connection; `known` are all entities of the platform.
    public init(_ warehouse: Warehouse, _ connection: Connection, known: [EntityDefinition]) {
        self.warehouse = warehouse
        self.connection = connection
        self.known = known
    }

    /// Records read within this time are not read again only because there is room: most of a day, so that a run at
    /// eight does not become one at eight of the day after.
    static let freshHours = 20

    // MARK: before reading

    /// How far each entity has been read, with at most `limit` keys of each kind.
    public func backlogs(_ entities: [EntityDefinition], limit: Int) async throws(WarehouseError) -> [ParentBacklog] {
        let entities = entities.filter(\.isPerParent)
        let sources = entities.map { parents(of: $0, living: true, isJudged: true) }
        let flags = entities.map { isUsed($0) }
        let (id, days) = (connection.id, connection.settings.perParentDays)
        return try await warehouse.perform(
            purpose: "parent reads", doing: "finding records whose values are to be read"
        ) { session throws(PostgresError) in
            let from = try session.query(Statements.oldestTransaction)[0].date("at")
            var backlogs: [ParentBacklog] = []
            for (index, entity) in entities.enumerated() {
                var backlog = ParentBacklog(entity: entity.name)
                backlog.countedFrom = from
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

    /// Calls of the last 24 hours, for these entities and in all: by the run log, which has also those of other processes.
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

    /// Notes how far each kind is read, for reports; kinds that are not read by choice are noted as such.
    ///
    /// It holds as of the beginning of this transaction, or of an older one of Inflow's that is still open: what that
    /// one writes is not counted here.
    public func noteState(
        _ backlogs: [ParentBacklog], notRead: [EntityDefinition], run: Int64
    ) async throws(WarehouseError) {
        let notes =
            backlogs.compactMap { backlog in note(backlog) }
            + notRead.compactMap { entity in
                note(ParentBacklog(entity: entity.name), isRead: false)
            }
        let id = connection.id
        try await warehouse.transaction(purpose: "parent reads", doing: "noting how far values are read") {
            session throws(PostgresError) in
            for note in notes { try session.query(Statements.valueStateNote, [.int64(id), .int64(run)] + note) }
        }
    }

    private func note(_ backlog: ParentBacklog, isRead: Bool = true) -> [PostgresParameter]? {
        guard let entity = known.first(where: { $0.name == backlog.entity }),
            let link = ParentLink(entity, among: known)
        else { return nil }
        return [
            .text(entity.name), .text(link.owner.name), .text(link.owner.table), .bool(isRead),
            .int(backlog.parents), .int(backlog.waiting), backlog.oldestReadAt.map { .timestamp($0) } ?? .null,
            backlog.countedFrom.map { .timestamp($0) } ?? .null,
        ]
    }
}
