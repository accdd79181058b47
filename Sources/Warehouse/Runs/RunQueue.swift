public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// The queue of runs: asked for by commands and the schedule, taken by workers, one at a time for a connection and one backfill beside it.
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

    /// Puts a request into the queue; a Sync All joins one that waits, and is not begun beside one that runs;
    /// a backfill joins one that waits or runs.
    public func ask(
        _ request: SyncRequest, of connection: Connection
    ) async throws(WarehouseError) -> Answer {
        let id = connection.id
        return try await warehouse.transaction(purpose: "queue", doing: "asking for a run of \(connection.name)") {
            session throws(PostgresError) in
            // One at a time: else two Sync Alls that are asked for at once would both be put in.
            try session.query("select from inflow.connection where id = $1 for update", [.int64(id)])
            // Two backfills would read the same months; a person pauses the first.
            if case .backfill = request.kind, let there = try RunQueue.openBackfill(id, session) {
                return .joined(there)
            }
            if case .syncAll = request.kind, let there = try RunQueue.sameAsked(id, session) { return there }
            let behind = try session.query(
                "select count(*) as n from inflow.request where connection_id = $1 and status <> 'done'",
                [.int64(id)])[0].int("n")
            return .queued(try RunQueue.insert(request, id, session), behind: behind)
        }
    }

    private static func openBackfill(
        _ connectionID: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Int64? {
        try session.query(
            "select id from inflow.request where connection_id = $1 and kind = 'backfill' and status <> 'done'",
            [.int64(connectionID)]
        ).first.map { row throws(PostgresError) in try row.int64("id") }
    }

    private static func sameAsked(
        _ connectionID: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Answer? {
        let row = try session.query(
            Statements.queueSameAsked, [.int64(connectionID)]
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
        var (names, rejections): ([String], [Int64]) = ([], [])
        var (first, last): (LocalDate?, LocalDate?) = (nil, nil)
        var size: BackfillPlan.Size?
        switch request.kind {
        case .targeted(let entities, let from, let to): (names, first, last) = (entities, from, to)
        case .backfill(let entities, let from, let to, let by): (names, first, last, size) = (entities, from, to, by)
        case .retry(let ids): rejections = ids
        case .syncAll, .slot, .deletions, .reconcile: break
        }
        return try session.query(
            """
            insert into inflow.request (connection_id, kind, entities, first_day, last_day, asked_at, asked_by,
                chunk_size, rejections)
            values ($1, $2, $3, $4::date, $5::date, $6, $7, $8, $9::bigint[])
            returning id
            """,
            [
                .int64(connectionID), .text(request.kind.word.rawValue), .textArray(names),
                first.map { .text($0.description) } ?? .null,
                last.map { .text($0.description) } ?? .null, .timestamp(request.askedAt),
                .text(ProcessIdentity.current), size.map { .text($0.rawValue) } ?? .null,
                .text("{\(rejections.map(String.init).joined(separator: ","))}"),
            ])[0].int64("id")
    }

    // MARK: taking

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

    /// What a worker takes.
    public enum Lane: Sendable, Hashable {
        /// Whatever waits.
        case any
        /// The runs of every day.
        case everyday
        /// Backfills, which take hours and must not keep a worker from the runs of every day.
        case history

        fileprivate var isHistory: PostgresParameter {
            switch self {
            case .any: .null
            case .everyday: .bool(false)
            case .history: .bool(true)
            }
        }
    }

    /// Takes the oldest request of a connection that nothing of its kind runs for; `nil` where there is none.
    ///
    /// A backfill and a run of every day go on beside each other. Requests whose workers fell silent come after the
    /// others. With `request` it takes that one or none.
    public func take(
        _ worker: String, request: Int64? = nil, lane: Lane = .any
    ) async throws(WarehouseError) -> Taken? {
        do throws(WarehouseError) {
            let rows = try await warehouse.query(
                Statements.queueTake, [.text(worker), request.map { .int64($0) } ?? .null, lane.isHistory],
                doing: "taking a run from the queue")
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

    static func taken(_ row: PostgresResult.Row) throws(PostgresError) -> Taken {
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
            case .backfill:
                .backfill(
                    entities: try row.text("entities").split(separator: ",").map(String.init),
                    first: try row.require("first_day") { $0.string.flatMap { LocalDate($0) } },
                    last: try row.read("last_day") { $0.string.flatMap { LocalDate($0) } },
                    by: try row.require("chunk_size") { $0.string.flatMap { BackfillPlan.Size(rawValue: $0) } })
            case .retry:
                .retry(try row.text("rejections").split(separator: ",").compactMap { Int64($0) })
            case .deletions: .deletions
            case .reconcile: .reconcile
            }
        return try Taken(
            id: row.int64("id"), connectionID: row.int64("connection_id"),
            request: SyncRequest(kind, askedAt: row.date("asked_at")), epoch: row.int64("epoch"),
            run: row.optionalInt64("run_id"))
    }

    /// Notes which run a taken request has begun.
    public func note(run: Int64, of taken: Taken) async throws(WarehouseError) {
        _ = try await warehouse.query(
            "update inflow.request set run_id = $3 where id = $1 and epoch = $2 and status = 'running'",
            [.int64(taken.id), .int64(taken.epoch), .int64(run)], doing: "noting a run")
    }

    /// Puts a taken request back into the queue: its run goes on where it stopped.
    public func putBack(_ taken: Taken) async throws(WarehouseError) {
        _ = try await warehouse.query(
            """
            update inflow.request set status = 'queued', worker = null
            where id = $1 and epoch = $2 and status = 'running'
            """,
            [.int64(taken.id), .int64(taken.epoch)], doing: "putting a run back into the queue")
    }

    /// Ends a taken request, and with it the attempt of its slot.
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
            Statements.queueEnd,
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

    /// How a request stands; `nil` where there is none of that number, or not of that connection where one is given.
    public func status(
        _ request: Int64, of connection: Connection? = nil
    ) async throws(WarehouseError) -> RequestStatus? {
        try await warehouse.query(
            """
            select status, run_id, outcome, error from inflow.request
            where id = $1 and ($2::bigint is null or connection_id = $2)
            """, [.int64(request), connection.map { .int64($0.id) } ?? .null], doing: "looking at the queue"
        ) { row throws(PostgresError) in
            try RequestStatus(
                state: row.word("status", of: "inflow.request.status"), run: row.optionalInt64("run_id"),
                outcome: row.optionalWord("outcome", of: "inflow.request.outcome"),
                error: row.optionalText("error"))
        }.first
    }
}
