public import Foundation
public import Inflow
internal import Postgres

/// Runs that are asked to stop, and runs that the quota stopped.
extension RunLog {
    // MARK: cancel

    /// That somebody wants a run to stop.
    public struct CancelRequest: Sendable {
        /// Who, as person and machine.
        public let by: String
        /// When, by the database's clock.
        public let at: Instant

        /// What the run log says of a run that was stopped so.
        public var words: String {
            "The run was stopped by \"inflow cancel\", as \(by) asked at \(at.formatted(.iso8601)). "
                + "What is committed stays in the tables."
        }
    }

    /// What came of asking a run to stop.
    public enum Cancelling: Sendable, Equatable {
        /// It was asked, or had been asked before.
        case asked(run: Int64, connection: String)
        /// It had ended before.
        case ended(run: Int64, connection: String, outcome: RunOutcome, at: Instant?)
        /// Its process is gone without having closed it.
        case dead(run: Int64, connection: String, holder: String)
        /// There is no such run.
        case unknown
    }

    /// Asks a run to stop, by its number; by a connection the one that runs now, or else its last.
    public func cancel(run: Int64?, of connection: Connection?, by who: String) async throws(WarehouseError)
        -> Cancelling
    {
        try await warehouse.perform(purpose: "cancel", doing: "asking a run to stop") { session throws(PostgresError) in
            let rows = try session.query(
                """
                select r.id, r.connection_id, c.name, r.status, r.holder, r.finished_at,
                    case when r.trigger = 'backfill' then 'backfill' else 'run' end as purpose
                from inflow.run r
                join inflow.connection c on c.id = r.connection_id
                where ($1::bigint is null or r.id = $1) and ($2::bigint is null or r.connection_id = $2)
                order by r.status = 'running' desc, r.id desc
                limit 1
                """, [run.map { .int64($0) } ?? .null, connection.map { .int64($0.id) } ?? .null])
            guard let row = rows.first else { return .unknown }
            let (id, name) = (try row.int64("id"), try row.text("name"))
            let status = try row.word("status", of: "inflow.run.status", as: RunStatus.self)
            if let outcome = status.outcome {
                return .ended(run: id, connection: name, outcome: outcome, at: try row.optionalDate("finished_at"))
            }
            // Who runs holds the lock; where it can be had, the process is gone.
            let lock = RunLock.key(of: "$1", for: "'\(try row.text("purpose"))'")
            let owner = PostgresParameter.text(String(try row.int64("connection_id")))
            let isFree = try session.query(
                "select pg_try_advisory_lock(\(lock)) as taken", [owner])[0].bool("taken")
            guard !isFree else {
                try session.query("select pg_advisory_unlock(\(lock))", [owner])
                return .dead(run: id, connection: name, holder: try row.text("holder"))
            }
            try session.query(
                """
                update inflow.run set cancel_by = coalesce(cancel_by, $2),
                    cancel_at = coalesce(cancel_at, clock_timestamp())
                where id = $1 and status = 'running'
                """, [.int64(id), .text(who)])
            return .asked(run: id, connection: name)
        }
    }

    /// Whether somebody wants a run to stop.
    public func cancelRequest(_ run: Int64) async throws(WarehouseError) -> CancelRequest? {
        try await warehouse.query(
            "select cancel_by, cancel_at from inflow.run where id = $1 and cancel_by is not null", [.int64(run)],
            purpose: "run log", doing: "reading the run log"
        ) { row throws(PostgresError) in
            try CancelRequest(by: row.text("cancel_by"), at: row.date("cancel_at"))
        }.first
    }

    /// How a run stands or ended; `nil` when no run has this number.
    public func status(_ run: Int64) async throws(WarehouseError) -> RunStatus? {
        try await warehouse.query(
            "select status from inflow.run where id = $1", [.int64(run)], purpose: "run log",
            doing: "reading the run log"
        ) { row throws(PostgresError) in try row.word("status", of: "inflow.run.status", as: RunStatus.self) }.first
    }

    // MARK: parked runs

    /// A chunk that an earlier run has loaded.
    public struct LoadedChunk: Sendable {
        /// The entity.
        public let entity: String
        /// The chunk, as the run log names it.
        public let chunk: String
        /// When it was asked for.
        public let askedAt: Instant
    }

    /// The last run of a scope, where the day's quota stopped it within two days, and what it and those before it that it
    /// went on with have loaded since.
    ///
    /// One that went on with a parked run and was interrupted, or failed, counts as parked too.
    public func parked(
        _ connection: Connection, trigger: Trigger, scope: String
    ) async throws(WarehouseError) -> (run: Int64, chunks: [LoadedChunk])? {
        let triggers = trigger.continuable.map(\.rawValue)
        let last = try await warehouse.query(
            """
            select coalesce(continues_run_id, id) as run,
                started_at > clock_timestamp() - interval '2 days' and (
                    status = 'quota'
                    or continues_run_id is not null and status in ('running', 'interrupted', 'failed', 'consent')
                ) as is_parked
            from inflow.run
            where connection_id = $1 and trigger = any ($2) and scope = $3
            order by id desc
            limit 1
            """, [.int64(connection.id), .textArray(triggers), .text(scope)], purpose: "run log",
            doing: "reading the run log"
        ) { row throws(PostgresError) in (run: try row.int64("run"), isParked: try row.bool("is_parked")) }
        guard let run = last.first, run.isParked else { return nil }
        return (run.run, try await chunks(of: run.run, connection))
    }

    /// A run that was interrupted and what it, and those before it that it went on with, have loaded within two days.
    public func interrupted(
        _ run: Int64, of connection: Connection
    ) async throws(WarehouseError) -> (run: Int64, chunks: [LoadedChunk])? {
        let runs = try await warehouse.query(
            """
            select coalesce(continues_run_id, id) as run from inflow.run
            where id = $1 and connection_id = $2 and status in ('running', 'interrupted', 'quota')
            """, [.int64(run), .int64(connection.id)], purpose: "run log", doing: "reading the run log"
        ) { row throws(PostgresError) in try row.int64("run") }
        guard let first = runs.first else { return nil }
        return (first, try await chunks(of: first, connection))
    }

    private func chunks(of run: Int64, _ connection: Connection) async throws(WarehouseError) -> [LoadedChunk] {
        try await warehouse.query(
            """
            select entity, chunk, max(asked_at) as asked_at
            from inflow.chunk
            where connection_id = $1 and status = 'loaded' and asked_at > clock_timestamp() - interval '2 days'
                and run_id in (
                    select id from inflow.run where connection_id = $1 and (id = $2 or continues_run_id = $2)
                )
            group by entity, chunk
            """, [.int64(connection.id), .int64(run)], purpose: "run log", doing: "reading the run log"
        ) { row throws(PostgresError) in
            try LoadedChunk(entity: row.text("entity"), chunk: row.text("chunk"), askedAt: row.date("asked_at"))
        }
    }
}
