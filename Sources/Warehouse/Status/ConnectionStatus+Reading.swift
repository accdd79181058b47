public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// Reads how connections stand, from the control tables only: quick, however much the warehouse holds.
///
/// There is one reader of a connection's status. `inflow status`, the metrics and the review of incidents all take
/// their numbers from it, so that an alert and the status a person looks at because of it never contradict each other:
/// what the review needs is a value made from the status (``ConnectionFacts``), not a second statement.
///
/// What this machine cannot read of one connection (a time zone that it does not know, an anchor in one) must not hide
/// the others, and must not be replaced by a guess: UTC in place of an unknown zone would be a wrong claim about the
/// organisation's days. The status says it in ``ConnectionStatus/problems`` and goes on. Commands that act on such a
/// connection fail with the same words, because `ConnectionStore` refuses to hand it out.
public struct ConnectionStatusReader: Sendable {
    private let warehouse: Warehouse

    /// The statuses of a warehouse's connections.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// All connections, by name.
    public func all(now: Instant) async throws(WarehouseError) -> [ConnectionStatus] {
        try await warehouse.perform(purpose: "status", doing: "reading how connections stand") {
            session throws(PostgresError) in try ConnectionStatusReader.read(nil, now: now, session)
        }
    }

    /// One connection, by its number; `nil` where there is none.
    public func one(_ connection: Int64, now: Instant) async throws(WarehouseError) -> ConnectionStatus? {
        try await warehouse.perform(purpose: "status", doing: "reading how a connection stands") {
            session throws(PostgresError) in try ConnectionStatusReader.read(connection, now: now, session).first
        }
    }

    /// One connection or all, by name, in the caller's session, which may be in a transaction.
    static func read(
        _ connection: Int64?, now: Instant, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [ConnectionStatus] {
        let id: PostgresParameter = connection.map { .int64($0) } ?? .null
        let schedules = try ScheduleStore.states(now: now, session)
        let entities = try entities(id, session)
        let incidents = try incidents(session)
        let days = ConnectionSetting.refreshTokenDays
        // Only settings that differ from their defaults are stored, so the statement needs the default.
        return try session.query(
            Statements.connectionStatus, [id, .text(days.name), .int(days.defaultValue), .int(RunQueue.mostDeaths)]
        ).read {
            row throws(PostgresError) in
            let id = try row.int64("id")
            return try ConnectionStatus(
                row, id, schedules[id] ?? ScheduleState(Schedule()), entities[id] ?? [], incidents[id] ?? [:])
        }
    }

    /// Rows of each entity's table by connection, marked ones not counted; looks through the tables.
    ///
    /// `connection` is the number of the only connection to count; `nil` for all.
    public func rows(
        _ entities: [EntityDefinition], of connection: Int64? = nil
    ) async throws(WarehouseError) -> [Int64: [String: Int]] {
        let counts = entities.map { entity in
            """
            select connection_id, '\(entity.name)' as entity, count(*) as rows
            from \(quoted(entity.table))
            where \(connection == nil ? "connection_id in (select id from inflow.connection)" : "connection_id = $1")
                and deleted_at is null
            group by connection_id
            """
        }
        guard !counts.isEmpty else { return [:] }
        let rows = try await warehouse.query(
            counts.joined(separator: "\nunion all\n"), connection.map { [.int64($0)] } ?? [], doing: "counting rows"
        ) { row throws(PostgresError) in
            (id: try row.int64("connection_id"), entity: try row.text("entity"), rows: try row.int("rows"))
        }
        var byConnection: [Int64: [String: Int]] = [:]
        for row in rows { byConnection[row.id, default: [:]][row.entity] = row.rows }
        return byConnection
    }

    private static func entities(
        _ connection: PostgresParameter, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [Int64: [ConnectionStatus.Entity]] {
        var byConnection: [Int64: [ConnectionStatus.Entity]] = [:]
        for row in try session.query(Statements.connectionEntities, [connection]) {
            byConnection[try row.int64("connection_id"), default: []].append(
                try ConnectionStatus.Entity(
                    entity: row.text("entity"), readAt: row.optionalDate("read_at"),
                    status: row.word("status", of: "inflow.entity_run.status"),
                    firstAskedAt: row.optionalDate("first_asked_at"),
                    isReadNowAndThen: row.bool("is_read_now_and_then")))
        }
        return byConnection
    }

    private static func incidents(
        _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [Int64: [String: Int]] {
        let rows = try session.query(
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
}

extension ConnectionStatus {
    fileprivate init(
        _ row: PostgresResult.Row, _ id: Int64, _ schedule: ScheduleState, _ entities: [Entity],
        _ incidents: [String: Int]
    ) throws(PostgresError) {
        self.id = id
        name = try row.text("name")
        let zoneName = try row.text("time_zone")
        zone = TimeZone(identifier: zoneName)
        self.schedule = schedule
        pausedAt = try row.optionalDate("paused_at")
        needsConsentAt = try row.optionalDate("needs_consent_at")
        consentReason = needsConsentAt == nil ? nil : try row.optionalText("consent_reason")
        tokenEndsAt = try row.optionalDate("token_ends_at")
        lastRun = try Run(row, "last")
        var newest = try Run(row, "newest")
        let holder = try row.optionalText("newest_holder") ?? ""
        // Null where a process holds the connection's lock, or the run has ended.
        if let isSilent = try row.optionalBool("newest_is_silent") {
            newest?.isDead = isSilent || ProcessIdentity.isGone(holder)
        }
        newestRun = newest
        self.entities = entities
        rejections = try row.int("rejections")
        heldDeletions = try row.int("held")
        callsLeftToday = try row.optionalInt("calls_left_today")
        callsLeftThisMinute = try row.optionalInt("calls_left_this_minute")
        queued = try row.int("queued")
        running = try row.int("running")
        self.incidents = incidents
        lastFullRun = try Run(row, "full_run")
        deadlyRequest = try Run(row, "deadly")
        if zone == nil { problems.append(Self.unknownZone(zoneName)) }
        if let anchor = try row.optionalText("anchor"), schedule.schedule.anchor == nil {
            problems.append(Self.unknownAnchor(anchor))
        }
    }

    private static func unknownZone(_ name: String) -> String {
        "This machine does not know the time zone \"\(name)\" of the connection. Inflow reads nothing for it, because "
            + "its days would be wrong, and shows its times in UTC. Install the system's time zone data, or correct "
            + "inflow.connection.time_zone."
    }

    private static func unknownAnchor(_ text: String) -> String {
        "This machine cannot read the schedule's time \"\(text)\". Inflow begins no scheduled run. Install the "
            + "system's time zone data, or set the time again with \"inflow schedule\"."
    }
}

extension ConnectionStatus.Run {
    /// The run of which the columns begin with `name`; `nil` where there is none.
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
