public import Foundation
public import Inflow
internal import Postgres

/// The queue of runs: asked for by commands and the schedule, taken by workers, one at a time for a connection.
///
/// A worker holds a request by a heartbeat, by the database's clock; a request whose worker is silent goes back into
/// the queue with its run, which is resumed. What a worker writes that has lost its request is refused: by the
/// request's epoch here, by the run's epoch at each commit of a chunk.
public struct RunQueue: Sendable {
    let warehouse: Warehouse
    /// Seconds without a heartbeat after which a worker is taken to be dead.
    public let patience: Int

    /// The queue of a warehouse; a worker that is silent for `patience` seconds is taken to be dead.
    public init(_ warehouse: Warehouse, patience: Int = 30) {
        self.warehouse = warehouse
        self.patience = max(1, patience)
    }

    // MARK: asking

    /// The result of asking for a run.
    public enum Answer: Sendable, Hashable {
        /// The request is queued, with `behind` requests of the connection ahead of it.
        case queued(Int64, behind: Int)
        /// An equal request is queued already; this is its number.
        case joined(Int64)
        /// A Sync All is running: its request, its run, when it began and which process runs it.
        case running(Int64, run: Int64?, since: Instant, by: String)
    }

    /// Puts a request into the queue; a Sync All joins one that waits, and is not begun beside one that runs.
    public func ask(
        _ request: SyncRequest, of connection: Connection
    ) async throws(WarehouseError) -> Answer {
        let id = connection.id
        return try await warehouse.transaction(purpose: "queue", doing: "asking for a run of \(connection.name)") {
            session throws(PostgresError) in
            // One at a time: else two Sync Alls that are asked for at once would both be put in.
            try session.query("select from inflow.connection where id = $1 for update", [.int64(id)])
            if case .syncAll = request.kind, let there = try RunQueue.sameAsked(id, session) { return there }
            let behind = try session.query(
                "select count(*) as n from inflow.request where connection_id = $1 and status <> 'done'",
                [.int64(id)])[0].require("n") { $0.int }
            return .queued(try RunQueue.insert(request, id, session), behind: behind)
        }
    }

    private static func sameAsked(
        _ connectionID: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Answer? {
        let row = try session.query(
            """
            select q.id, q.status, q.run_id, coalesce(r.started_at, q.asked_at) as since,
                coalesce(w.holder, q.asked_by) as holder
            from inflow.request q
            left join inflow.run r on r.id = q.run_id
            left join inflow.worker w on w.id = q.worker
            where q.connection_id = $1 and q.status <> 'done' and q.kind in ('sync_all', 'slot')
            order by q.status = 'running' desc, q.id
            limit 1
            """, [.int64(connectionID)]
        ).first
        guard let row else { return nil }
        let id = try row.int64("id")
        guard try row.word("status", of: "inflow.request.status", as: RequestState.self) == .running else {
            return .joined(id)
        }
        return try .running(
            id, run: row.optionalInt64("run_id"), since: row.date("since"), by: row.text("holder"))
    }

    private static func insert(
        _ request: SyncRequest, _ connectionID: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Int64 {
        var names: [String] = []
        var (first, last): (LocalDate?, LocalDate?) = (nil, nil)
        if case .targeted(let entities, let from, let to) = request.kind {
            (names, first, last) = (entities, from, to)
        }
        return try session.query(
            """
            insert into inflow.request (connection_id, kind, entities, first_day, last_day, asked_at, asked_by)
            values ($1, $2, $3, $4::date, $5::date, $6, $7)
            returning id
            """,
            [
                .int64(connectionID), .text(request.kind.word.rawValue), .textArray(names),
                first.map { .text($0.description) } ?? .null,
                last.map { .text($0.description) } ?? .null, .timestamp(request.askedAt),
                .text(ProcessIdentity.current),
            ])[0].require("id") { $0.int64 }
    }

    // MARK: workers

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

    /// A request in this worker's hands.
    public struct Taken: Sendable, Hashable {
        /// The request's number in `inflow.request`.
        public let id: Int64
        /// The number of the connection to read.
        public let connectionID: Int64
        /// What is asked for.
        public let request: SyncRequest
        /// Rises each time it is taken.
        public let epoch: Int64
        /// The run it began before, to be resumed.
        public let run: Int64?
    }

    /// Takes the oldest request of a connection that nothing runs for; `nil` where there is none.
    ///
    /// Requests whose workers fell silent come after the others.
    public func take(_ worker: String) async throws(WarehouseError) -> Taken? {
        do throws(WarehouseError) {
            let rows = try await warehouse.query(
                """
                with next as (
                    select q.id
                    from inflow.request q
                    where q.status = 'queued' and not exists (
                        select from inflow.request o
                        where o.connection_id = q.connection_id and o.status = 'running'
                    )
                    order by q.deaths, q.asked_at, q.id
                    limit 1
                    for update skip locked
                )
                update inflow.request q set status = 'running', worker = $1, epoch = q.epoch + 1,
                    heartbeat_at = clock_timestamp(), attempts = q.attempts + 1
                from next
                where q.id = next.id
                returning q.id, q.connection_id, q.kind, array_to_string(q.entities, ',') as entities,
                    q.first_day::text as first_day,
                    q.last_day::text as last_day, q.slot::text as slot, q.is_catch_up, q.asked_at, q.epoch, q.run_id
                """, [.text(worker)], doing: "taking a run from the queue")
            guard let row = rows.first else { return nil }
            return try await readable(row)
        } catch  where error.cause?.code == .uniqueViolation {
            // Another worker took another request of the same connection in this moment.
            return nil
        }
    }

    /// Reads a request that was taken; one that cannot be read is ended as failed, so that it does not block its
    /// connection.
    private func readable(_ row: PostgresResult.Row) async throws(WarehouseError) -> Taken {
        do throws(PostgresError) {
            return try RunQueue.taken(row)
        } catch {
            let unreadable = WarehouseError(error, doing: "reading a request of the queue")
            let (id, epoch) = try lifting("reading a request of the queue") { () throws(PostgresError) in
                (try row.int64("id"), try row.int64("epoch"))
            }
            try await end(id, epoch, .failed, error: unreadable.message, run: nil, at: nil)
            throw unreadable
        }
    }

    private static func taken(_ row: PostgresResult.Row) throws(PostgresError) -> Taken {
        let kind: SyncRequest.Kind =
            switch try row.word("kind", of: "inflow.request.kind", as: RequestKind.self) {
            case .syncAll: .syncAll
            case .slot:
                .slot(
                    try row.require("slot") { $0.string.flatMap { LocalDate($0) } },
                    isCatchUp: try row.bool("is_catch_up"))
            case .targeted:
                .targeted(
                    entities: try row.text("entities").split(separator: ",").map(String.init),
                    first: try row.read("first_day") { $0.string.flatMap { LocalDate($0) } },
                    last: try row.read("last_day") { $0.string.flatMap { LocalDate($0) } })
            }
        return try Taken(
            id: row.int64("id"), connectionID: row.int64("connection_id"),
            request: SyncRequest(kind, askedAt: row.date("asked_at")), epoch: row.int64("epoch"),
            run: row.optionalInt64("run_id"))
    }

    /// Notes which run a request in hand has begun.
    public func note(run: Int64, of taken: Taken) async throws(WarehouseError) {
        _ = try await warehouse.query(
            "update inflow.request set run_id = $3 where id = $1 and epoch = $2 and status = 'running'",
            [.int64(taken.id), .int64(taken.epoch), .int64(run)], doing: "noting a run")
    }

    /// Puts a request in hand back into the queue: its run goes on where it stopped.
    public func putBack(_ taken: Taken) async throws(WarehouseError) {
        _ = try await warehouse.query(
            """
            update inflow.request set status = 'queued', worker = null
            where id = $1 and epoch = $2 and status = 'running'
            """,
            [.int64(taken.id), .int64(taken.epoch)], doing: "putting a run back into the queue")
    }

    /// Ends a request in hand, and with it the attempt of its slot.
    ///
    /// `parkedUntil` is when a run stopped by the quota may go on; `at` is when it ended, now by the database's clock
    /// without it. Does nothing where another worker has it by now.
    public func end(
        _ taken: Taken, outcome: RunOutcome, error: String?, run: Int64?, parkedUntil: Instant?, at: Instant? = nil
    ) async throws(WarehouseError) {
        try await end(
            taken.id, taken.epoch, outcome, error: error, run: run, at: outcome == .quota ? parkedUntil : at)
    }

    private func end(
        _ request: Int64, _ epoch: Int64, _ outcome: RunOutcome, error: String?, run: Int64?, at: Instant?
    ) async throws(WarehouseError) {
        _ = try await warehouse.query(
            """
            with ended as (
                update inflow.request set status = 'done', outcome = $3, error = $4, run_id = coalesce($5, run_id),
                    done_at = clock_timestamp()
                where id = $1 and epoch = $2 and status = 'running'
                returning connection_id, slot, run_id
            )
            update inflow.slot s set state = $6, failures = failures + ($6 = 'failed')::integer, run_id = e.run_id,
                state_at = coalesce($7::timestamptz, clock_timestamp())
            from ended e
            where s.connection_id = e.connection_id and s.slot = e.slot
            """,
            [
                .int64(request), .int64(epoch), .text(outcome.rawValue), error.map { .text($0) } ?? .null,
                run.map { .int64($0) } ?? .null, .text(SlotState(outcome).rawValue),
                at.map { .timestamp($0) } ?? .null,
            ], doing: "ending a request")
    }

    // MARK: watching

    /// How a request stands.
    public struct RequestStatus: Sendable, Hashable {
        /// Whether it waits, runs or has ended.
        public let state: RequestState
        /// Its run, once it has begun one.
        public let run: Int64?
        /// The outcome of the request's run; `nil` while it is queued or running.
        public let outcome: RunOutcome?
        /// The error, in words; `nil` if there was none.
        public let error: String?
    }

    /// How a request stands; `nil` where there is none of that number.
    public func status(_ request: Int64) async throws(WarehouseError) -> RequestStatus? {
        try await warehouse.query(
            "select status, run_id, outcome, error from inflow.request where id = $1", [.int64(request)],
            doing: "looking at the queue"
        ) { row throws(PostgresError) in
            try RequestStatus(
                state: row.word("status", of: "inflow.request.status"), run: row.optionalInt64("run_id"),
                outcome: row.optionalWord("outcome", of: "inflow.request.outcome"),
                error: row.optionalText("error"))
        }.first
    }
}
