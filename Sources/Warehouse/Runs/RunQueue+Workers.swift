public import Inflow
internal import Postgres
internal import SQLFiles

/// The processes that serve: each shows by a heartbeat that it lives, and what a silent one held goes back into the
/// queue.
extension RunQueue {
    /// Names this process among those that serve.
    public func enlist(_ worker: String, version: String) async throws(WarehouseError) {
        _ = try await warehouse.query(
            """
            insert into inflow.worker (id, holder, version) values ($1, $2, $3)
            on conflict (id) do update set heartbeat_at = clock_timestamp()
            """, [.text(worker), .text(ProcessIdentity.current), .text(version)], doing: "enlisting")
    }

    /// Shows that this worker lives, and with it the requests it holds.
    ///
    /// - Returns: the numbers of the requests it still holds.
    @discardableResult
    public func beat(_ worker: String) async throws(WarehouseError) -> Set<Int64> {
        let rows = try await warehouse.query(
            """
            with alive as (
                update inflow.worker set heartbeat_at = clock_timestamp() where id = $1
            )
            update inflow.request set heartbeat_at = clock_timestamp()
            where worker = $1 and status = 'running'
            returning id
            """, [.text(worker)], doing: "showing that this worker lives"
        ) { row throws(PostgresError) in try row.int64("id") }
        return Set(rows)
    }

    /// Takes this process off the list of those that serve; what it holds goes back into the queue.
    public func leave(_ worker: String) async throws(WarehouseError) {
        _ = try await warehouse.query(
            """
            with gone as (
                delete from inflow.worker where id = $1
            )
            update inflow.request set status = 'queued', worker = null where worker = $1 and status = 'running'
            """, [.text(worker)], doing: "leaving")
    }

    /// How many requests of a connection wait for a worker.
    public func waiting(for connection: Connection) async throws(WarehouseError) -> Int {
        try await warehouse.query(
            "select count(*) as waiting from inflow.request where connection_id = $1 and status = 'queued'",
            of: connection, doing: "looking at the queue"
        ) { row throws(PostgresError) in try row.int("waiting") }.first ?? 0
    }

    /// A request that ended without a run: nothing was left to read, or it was refused before anything was.
    public struct EndedWithoutRun: Sendable, Hashable {
        /// What was asked for, in words.
        public let asked: String
        /// How it ended.
        public let outcome: RunOutcome
        /// Why nothing was read, in words; `nil` where nothing says so.
        public let why: String?
        /// When it ended.
        public let at: Instant
    }

    /// The request of a connection that ended last without a run; `nil` where a run has begun since, or there is none.
    public func endedWithoutRun(of connection: Connection) async throws(WarehouseError) -> EndedWithoutRun? {
        try await warehouse.query(
            Statements.queueWithoutRun, of: connection, doing: "looking at the queue"
        ) { row throws(PostgresError) in
            try EndedWithoutRun(
                asked: (try? RunQueue.taken(row))?.request.words ?? "a request of another Inflow",
                outcome: row.word("outcome", of: "inflow.request.outcome"),
                why: row.optionalText("error"), at: row.date("done_at"))
        }.first
    }

    /// Whether any process serves.
    public func isServed() async throws(WarehouseError) -> Bool {
        let rows = try await warehouse.query(
            """
            select exists (
                select from inflow.worker where heartbeat_at > clock_timestamp() - make_interval(secs => $1::integer)
            ) as served
            """, [.int(patience)], doing: "looking who serves"
        ) { row throws(PostgresError) in try row.bool("served") }
        return rows.contains(true)
    }

    /// Puts requests of silent workers back into the queue, and forgets workers that were silent for a day.
    ///
    /// A request counts how often that happened to it, and is taken after requests to which it happened less often. One
    /// to which it happened ``mostDeaths`` times is ended by ``endDeadly()``.
    /// - Returns: the numbers of the requests.
    @discardableResult
    public func revive() async throws(WarehouseError) -> [Int64] {
        return try await warehouse.query(
            """
            with gone as (
                delete from inflow.worker where heartbeat_at < clock_timestamp() - interval '1 day'
            )
            update inflow.request set status = 'queued', worker = null, deaths = deaths + 1
            where status = 'running' and heartbeat_at < clock_timestamp() - make_interval(secs => $1::integer)
            returning id
            """, [.int(patience)], doing: "looking for dead workers"
        ) { row throws(PostgresError) in try row.int64("id") }
    }
}
