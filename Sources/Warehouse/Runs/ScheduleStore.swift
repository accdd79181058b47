public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// Keeps connections' schedules and the claims of their slots.
public struct ScheduleStore: Sendable {
    private let warehouse: Warehouse

    /// The schedules of a warehouse; reads nothing before it is asked.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    // MARK: settings

    /// The schedule of a connection; one that waits for its first Sync All where none was ever set.
    public func schedule(of connection: Connection) async throws(WarehouseError) -> Schedule {
        let schedules = try await warehouse.query(
            "\(ScheduleStore.columns) where connection_id = $1", [.int64(connection.id)],
            doing: "reading the schedule of \(connection.name)", read: ScheduleStore.schedule)
        return schedules.first ?? Schedule()
    }

    /// Changes a schedule; changes that several processes make at once come one after the other.
    @discardableResult
    public func change(
        _ connection: Connection, _ change: @Sendable @escaping (inout Schedule) -> Void
    ) async throws(WarehouseError) -> Schedule {
        let id = connection.id
        return try await warehouse.transaction(purpose: "schedule", doing: "setting the schedule of \(connection.name)")
        { session throws(PostgresError) in try ScheduleStore.change(id, session, change) }
    }

    /// Puts the time back that a Sync All asked for at an instant has moved: it was refused before it read anything.
    public func takeBackSyncAll(askedAt instant: Instant, of connectionID: Int64) async throws(WarehouseError) {
        try await warehouse.transaction(purpose: "schedule", doing: "putting a schedule back") {
            session throws(PostgresError) in
            let rows = try session.query(
                "select from inflow.schedule where connection_id = $1", [.int64(connectionID)])
            guard !rows.isEmpty else { return }
            try ScheduleStore.change(connectionID, session) { $0.takeBackSyncAll(askedAt: instant) }
        }
    }

    /// Changes the schedule of a connection within the caller's transaction.
    @discardableResult
    static func change(
        _ connectionID: Int64, _ session: isolated PostgresConnection, _ change: (inout Schedule) -> Void
    ) throws(PostgresError) -> Schedule {
        let id = PostgresParameter.int64(connectionID)
        try session.query("insert into inflow.schedule (connection_id) values ($1) on conflict do nothing", [id])
        let row = try session.query(
            "\(ScheduleStore.columns) where connection_id = $1 for update", [id])[0]
        var schedule = try ScheduleStore.schedule(row)
        change(&schedule)
        try session.query(
            """
            update inflow.schedule set is_on = $2, anchor = $3, since = $4, is_pinned = $5, earlier_anchor = $6,
                earlier_since = $7
            where connection_id = $1
            """,
            [
                id, .bool(schedule.isOn), schedule.anchor.map { .text($0.description) } ?? .null,
                schedule.since.map { .timestamp($0) } ?? .null, .bool(schedule.isPinned),
                // A time that was moved before any was set is kept as an empty text.
                schedule.earlier.map { .text($0.anchor?.description ?? "") } ?? .null,
                schedule.earlier?.since.map { .timestamp($0) } ?? .null,
            ])
        return schedule
    }

    private static let columns = """
        select is_on, anchor, since, is_pinned, earlier_anchor, earlier_since from inflow.schedule
        """

    private static func schedule(_ row: PostgresResult.Row) throws(PostgresError) -> Schedule {
        // A zone that this machine does not know is no anchor: no run is due, and the status says why.
        let earlierSince = try row.optionalDate("earlier_since")
        return try Schedule(
            isOn: row.bool("is_on"), anchor: row.optionalText("anchor").flatMap { try? Anchor($0) },
            since: row.optionalDate("since"), isPinned: row.bool("is_pinned"),
            earlier: row.optionalText("earlier_anchor").map { text in
                Schedule.Earlier(anchor: try? Anchor(text), since: earlierSince)
            })
    }

    // MARK: what is due

    /// Everything that decides what each connection's schedule does next, by connection.
    ///
    /// Claims count whose slot is no more than a day ahead of `now`.
    public func states(now: Instant) async throws(WarehouseError) -> [Int64: ScheduleState] {
        try await warehouse.perform(purpose: "schedule", doing: "reading the schedules") {
            session throws(PostgresError) in try ScheduleStore.states(now: now, session)
        }
    }

    static func states(
        now: Instant, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [Int64: ScheduleState] {
        let rows = try session.query(Statements.scheduleStates, [.timestamp(now)]).read { row throws(PostgresError) in
            var state = ScheduleState(try ScheduleStore.schedule(row), claim: try ScheduleStore.claim(row))
            state.isPaused = try row.bool("is_paused")
            state.lastRun = try row.optionalDate("last_run")
            state.consentedAt = try row.optionalDate("consented_at")
            return (id: try row.int64("id"), state: state)
        }
        var states = Dictionary(rows.map { ($0.id, $0.state) }) { first, _ in first }
        let anchors = states.compactMapValues { $0.schedule.isOn ? $0.schedule.anchor : nil }
        for id in anchors.keys { states[id]?.stagger = StartOffset(connection: id, among: anchors) }
        return states
    }

    private static func claim(_ row: PostgresResult.Row) throws(PostgresError) -> SlotClaim? {
        guard let day = try row.read("slot", { $0.string.flatMap { LocalDate($0) } }) else { return nil }
        let state = SlotClaim.State(try row.word("state", of: "inflow.slot.state"), at: try row.date("state_at"))
        return try SlotClaim(
            Slot(day: day, instant: row.date("slot_at")), attempts: row.int("attempts"), failures: row.int("failures"),
            state: state)
    }

    // MARK: claims

    /// Claims a slot, or a further attempt of it, and puts its run into the queue, all or nothing.
    ///
    /// - Returns: the request's number, or `nil` where another process was first.
    public func claim(
        _ connectionID: Int64, _ slot: Slot, attempt: Int, isCatchUp: Bool, now: Instant
    ) async throws(WarehouseError) -> Int64? {
        try await warehouse.transaction(purpose: "schedule", doing: "claiming a slot") {
            session throws(PostgresError) -> Int64? in
            let key: [PostgresParameter] = [.int64(connectionID), .text(slot.key)]
            let claimed =
                attempt == 1
                ? try session.query(
                    """
                    insert into inflow.slot (connection_id, slot, slot_at) values ($1, $2::date, $3)
                    on conflict do nothing
                    """, key + [.timestamp(slot.instant)])
                : try session.query(
                    """
                    update inflow.slot set attempts = attempts + 1, state = 'running', state_at = clock_timestamp()
                    where connection_id = $1 and slot = $2::date and attempts = $3 and state <> 'running'
                    """, key + [.int(attempt - 1)])
            guard claimed.affectedRows == 1 else { return nil }
            let request = try session.query(
                """
                insert into inflow.request (connection_id, kind, slot, is_catch_up, asked_at, asked_by)
                values ($1, 'slot', $2::date, $3, $4, $5)
                returning id
                """,
                key + [.bool(isCatchUp), .timestamp(now), .text(ProcessIdentity.current)])[0].int64("id")
            Failpoint.pass(.slotBeforeClaim)
            return request
        }
    }
}
