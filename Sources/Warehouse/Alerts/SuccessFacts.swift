internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// Reads what the mail about a Sync All that went well says, in the transaction that writes it.
struct SuccessFacts {
    let connection: Connection
    /// All entities of the platform, in loading order.
    let known: [EntityDefinition]

    /// The notice about a run that has ended; `nil` where it, or the connection, is gone.
    func notice(
        _ run: Int64, _ now: Instant, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> SuccessNotice? {
        let rows = try session.query(
            """
            select status, finished_at, round(coalesce(seconds, 0))::integer as seconds, calls from inflow.run
            where connection_id = $1 and id = $2 and status <> 'running'
            """, [.int64(connection.id), .int64(run)])
        guard let row = rows.first,
            let status = try ConnectionStatusReader.read(connection.id, now: now, session).first
        else { return nil }
        var notice = SuccessNotice(
            connection: connection.name, zone: connection.settings.timeZone, run: run,
            outcome: try row.word("status", of: "inflow.run.status"), finishedAt: try row.date("finished_at"),
            seconds: try row.int("seconds"), calls: try row.int("calls"), madeAt: now)
        notice.entities = try entities(run, session)
        notice.rejections = status.rejections
        notice.held = status.heldDeletions
        let values = try ValueState.read(connection.id, session)
        notice.partial = known.compactMap { entity in
            guard let state = values[entity.name], state.isRead, state.waiting > 0 else { return nil }
            return SuccessNotice.Partial(entity.name, percent: state.percent)
        }
        notice.nextRun = status.nextRun(after: now)
        return notice
    }

    private func entities(
        _ run: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [SuccessNotice.Entity] {
        var changes: [String: WeeklyDigest.Changes] = [:]
        for row in try session.query(
            """
            select e.entity, e.inserted, e.updated, e.marked_deleted from inflow.entity_run e
            join inflow.run r on r.id = e.run_id and r.connection_id = $1
            where e.run_id = $2
            """, [.int64(connection.id), .int64(run)])
        {
            changes[try row.text("entity")] = WeeklyDigest.Changes(
                inserted: try row.int("inserted"), updated: try row.int("updated"),
                marked: try row.int("marked_deleted"))
        }
        var entities: [SuccessNotice.Entity] = []
        for definition in known {
            guard let change = changes[definition.name], change.isAny else { continue }
            var money: String?
            if let statement = definition.amountChange {
                let rows = try session.query(statement, [.int64(connection.id), .int64(run), .text(definition.name)])
                money = try rows.first?.optionalText("money")
            }
            entities.append(SuccessNotice.Entity(definition.name, change, money: money))
        }
        return entities
    }
}

extension EntityDefinition {
    /// Columns that hold what a record is worth, the best first: with tax before without.
    private static let amounts = ["amount_including_tax", "amount"]

    /// By how much a run changed the sum of the entity's amounts: $1 connection, $2 run, $3 entity; `nil` where the
    /// entity has no amounts.
    ///
    /// What the live records that the run wrote are worth now, less what they were worth before it (the first version
    /// of each that the run superseded, where that was live). Null where a later run has superseded records of the
    /// entity, so that the present rows are not what this run left.
    var amountChange: String? {
        guard let amount = EntityDefinition.amounts.first(where: { name in columns.contains { $0.name == name } })
        else {
            return nil
        }
        return """
            select case when not exists (
                select from inflow.history h where h.connection_id = $1 and h.run_id > $2 and h.entity = $3
            ) then to_char(
                coalesce((
                    select sum(t.\(quoted(amount))) from \(quoted(table)) t
                    where t.connection_id = $1 and t.changed_run_id = $2 and t.deleted_at is null
                ), 0) - coalesce((
                    select sum((b.record ->> '\(amount)')::numeric) from (
                        select distinct on (h.key) h.record from inflow.history h
                        where h.connection_id = $1 and h.run_id = $2 and h.entity = $3
                        order by h.key, h.id
                    ) b
                    where b.record ->> 'deleted_at' is null
                ), 0), 'FM999999999999999990.00') end as money
            """
    }
}
