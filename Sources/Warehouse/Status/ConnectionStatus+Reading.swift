public import Foundation
public import Inflow
internal import Postgres

/// Reads how connections stand, from the control tables only: quick, however much the warehouse holds.
public struct ConnectionStatusReader: Sendable {
    private let warehouse: Warehouse

    /// The statuses of a warehouse's connections.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// All connections, by name.
    public func all(now: Instant) async throws(WarehouseError) -> [ConnectionStatus] {
        let schedules = try await ScheduleStore(warehouse).states(now: now)
        return try await warehouse.withSession("status") { session throws(WarehouseError) in
            try await lifting("looking how connections stand") { () async throws(PostgresError) in
                let entities = try await ConnectionStatusReader.entities(session)
                let incidents = try await ConnectionStatusReader.incidents(session)
                return try await session.query(
                    ConnectionStatusReader.connections, PostgresParameter.refreshTokenDays
                ).read { row throws(PostgresError) in
                    let id = try row.int64("id")
                    return try ConnectionStatus(
                        row, id, schedules[id] ?? ScheduleState(Schedule()), entities[id] ?? [], incidents[id] ?? [:])
                }
            }
        }
    }

    /// Rows of each entity's table by connection, marked ones not counted; looks through the tables.
    public func rows(_ entities: [EntityDefinition]) async throws(WarehouseError) -> [Int64: [String: Int]] {
        let counts = entities.map { entity in
            """
            select connection_id, '\(entity.name)' as entity, count(*) as rows
            from \(quoted(entity.table))
            where connection_id in (select id from inflow.connection) and deleted_at is null
            group by connection_id
            """
        }
        guard !counts.isEmpty else { return [:] }
        let rows = try await warehouse.query(
            counts.joined(separator: "\nunion all\n"), doing: "counting rows"
        ) { row throws(PostgresError) in
            (id: try row.int64("connection_id"), entity: try row.text("entity"), rows: try row.int("rows"))
        }
        var byConnection: [Int64: [String: Int]] = [:]
        for row in rows { byConnection[row.id, default: [:]][row.entity] = row.rows }
        return byConnection
    }

    // MARK: statements

    /// The last reading of an entity is that of any run which asks the platform for lists.
    private static func entities(
        _ session: PostgresConnection
    ) async throws(PostgresError) -> [Int64: [ConnectionStatus.Entity]] {
        let rows = try await session.query(
            """
            with known as (
                select r.connection_id, e.entity, max(r.id) as newest,
                    max(inflow.read_at(r, e.entity)) filter (
                        where inflow.is_sync_all(r.trigger) and inflow.run_succeeded(e.status)
                    ) as read_at
                from inflow.run r
                join inflow.entity_run e on e.run_id = r.id
                where r.status <> 'running' and e.status not in ('running', 'skipped')
                    and (inflow.is_sync_all(r.trigger) or r.trigger in ('targeted', 'backfill', 'reconcile'))
                group by r.connection_id, e.entity
            )
            select k.connection_id, k.entity, k.read_at, e.status
            from known k
            join inflow.entity_run e on e.run_id = k.newest and e.entity = k.entity
            order by k.connection_id, k.entity
            """)
        var byConnection: [Int64: [ConnectionStatus.Entity]] = [:]
        for row in rows {
            byConnection[try row.int64("connection_id"), default: []].append(
                try ConnectionStatus.Entity(
                    entity: row.text("entity"), readAt: row.optionalDate("read_at"),
                    status: row.word("status", of: "inflow.entity_run.status")
                ))
        }
        return byConnection
    }

    private static func incidents(
        _ session: PostgresConnection
    ) async throws(PostgresError) -> [Int64: [String: Int]] {
        let rows = try await session.query(
            """
            select connection_id, kind, count(*) as open
            from inflow.incident
            where closed_at is null
            group by connection_id, kind
            """)
        var byConnection: [Int64: [String: Int]] = [:]
        for row in rows {
            byConnection[try row.int64("connection_id"), default: [:]][try row.text("kind")] = try row.int("open")
        }
        return byConnection
    }

    private static func run(_ name: String) -> String {
        ["id", "trigger", "status", "started_at", "finished_at", "seconds", "error"]
            .map { "\(name).\($0) as \(name)_\($0)" }.joined(separator: ", ")
    }

    /// `$1` and `$2` are the name and the default of `refresh-token-days`.
    private static let connections = """
        select c.id, c.name, c.time_zone, \(run("last")), \(run("newest")),
            -- Connections that rest, or need a person.
            c.paused_at, c.needs_consent_at, c.consent_reason,
            -- Tokens.
            coalesce(t.refresh_issued_at, t.issued_at)
                + make_interval(days => coalesce((c.settings ->> $1::text)::integer, $2::integer)) as token_ends_at,
            -- The budget of calls; a limit of 0 is none.
            case when c.calls_per_day > 0 then greatest(0, c.calls_per_day - coalesce((
                select sum(d.calls) from unnest(b.day_until, b.day_calls) d (until, calls)
                where d.until > clock_timestamp()
            ), 0)) end as calls_left_today,
            case when c.calls_per_minute > 0 then greatest(0, c.calls_per_minute - (
                select count(*) from unnest(b.minute_until) m (until) where m.until > clock_timestamp()
            )) end as calls_left_this_minute,
            -- What waits.
            (
                select count(*) from inflow.rejection j where j.connection_id = c.id and j.status = 'open'
            ) as rejections,
            (
                select count(*) from inflow.missing m where m.connection_id = c.id and m.status = 'held'
            ) as held,
            (
                select count(*) from inflow.request q where q.connection_id = c.id and q.status = 'queued'
            ) as queued,
            (
                select count(*) from inflow.request q where q.connection_id = c.id and q.status = 'running'
            ) as running
        from inflow.connection c
        left join lateral (
            select * from inflow.run r
            where r.connection_id = c.id and \(ScheduleStore.isFullSuccess)
            order by r.started_at desc, r.id desc
            limit 1
        ) last on true
        left join lateral (
            select * from inflow.run r where r.connection_id = c.id order by r.id desc limit 1
        ) newest on true
        left join lateral (
            select * from inflow.token t where t.connection_id = c.id order by t.generation desc limit 1
        ) t on true
        left join inflow.quota b on b.platform = c.platform and b.account_id = lower(c.account_id)
        order by c.name
        """
}

extension ConnectionStatus {
    fileprivate init(
        _ row: PostgresResult.Row, _ id: Int64, _ schedule: ScheduleState, _ entities: [Entity],
        _ incidents: [String: Int]
    ) throws(PostgresError) {
        self.id = id
        name = try row.text("name")
        zone = try row.optionalText("time_zone").flatMap(TimeZone.init(identifier:)) ?? .gmt
        self.schedule = schedule
        pausedAt = try row.optionalDate("paused_at")
        needsConsentAt = try row.optionalDate("needs_consent_at")
        consentReason = try row.optionalText("consent_reason")
        tokenEndsAt = try row.optionalDate("token_ends_at")
        lastRun = try Run(row, "last")
        newestRun = try Run(row, "newest")
        self.entities = entities
        rejections = try row.int("rejections")
        heldDeletions = try row.int("held")
        callsLeftToday = try row.optionalInt("calls_left_today")
        callsLeftThisMinute = try row.optionalInt("calls_left_this_minute")
        queued = try row.int("queued")
        running = try row.int("running")
        self.incidents = incidents
    }
}

extension ConnectionStatus.Run {
    fileprivate init?(_ row: PostgresResult.Row, _ name: String) throws(PostgresError) {
        guard let id = try row.optionalInt64("\(name)_id"), let started = try row.optionalDate("\(name)_started_at")
        else {
            return nil
        }
        run = id
        trigger = try row.word("\(name)_trigger", of: "inflow.run.trigger")
        status = try row.word("\(name)_status", of: "inflow.run.status")
        startedAt = started
        finishedAt = try row.optionalDate("\(name)_finished_at")
        seconds = try row.optionalDouble("\(name)_seconds")
        error = try row.optionalText("\(name)_error")
    }
}
