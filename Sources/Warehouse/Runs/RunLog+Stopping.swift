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
            guard let row = rows.first, let id = row["id"].int64, let name = row["name"].string,
                let owner = row["connection_id"].int64
            else { return .unknown }
            let status = try row.word("status", of: "inflow.run.status", as: RunStatus.self)
            if let outcome = status.outcome {
                return .ended(run: id, connection: name, outcome: outcome, at: row["finished_at"].date)
            }
            // Who runs holds the lock; where it can be had, the process is gone.
            let lock = "hashtextextended('inflow.\(row["purpose"].string ?? "run") ' || $1::text, 0)"
            let isFree = try session.query(
                "select pg_try_advisory_lock(\(lock)) as taken", [.text(String(owner))])[0]["taken"].bool
            guard isFree != true else {
                try session.query("select pg_advisory_unlock(\(lock))", [.text(String(owner))])
                return .dead(run: id, connection: name, holder: row["holder"].string ?? "")
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
        let rows = try await warehouse.query(
            "select cancel_by, cancel_at from inflow.run where id = $1 and cancel_by is not null", [.int64(run)],
            purpose: "run log", doing: "reading the run log")
        guard let by = rows.first?["cancel_by"].string, let at = rows.first?["cancel_at"].date else { return nil }
        return CancelRequest(by: by, at: at)
    }

    /// How a run stands or ended; `nil` when no run has this number.
    public func status(_ run: Int64) async throws(WarehouseError) -> RunStatus? {
        try await warehouse.perform(purpose: "run log", doing: "reading the run log") { session throws(PostgresError) in
            try session.query("select status from inflow.run where id = $1", [.int64(run)]).first?
                .word("status", of: "inflow.run.status")
        }
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
            doing: "reading the run log")
        guard let run = last.first?["run"].int64, last.first?["is_parked"].bool == true else { return nil }
        return (run, try await chunks(of: run, connection))
    }

    /// A run that was interrupted and what it, and those before it that it went on with, have loaded within two days.
    public func interrupted(
        _ run: Int64, of connection: Connection
    ) async throws(WarehouseError) -> (run: Int64, chunks: [LoadedChunk])? {
        let rows = try await warehouse.query(
            """
            select coalesce(continues_run_id, id) as run from inflow.run
            where id = $1 and connection_id = $2 and status in ('running', 'interrupted', 'quota')
            """, [.int64(run), .int64(connection.id)], purpose: "run log", doing: "reading the run log")
        guard let first = rows.first?["run"].int64 else { return nil }
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
        ).compactMap { row in
            guard let entity = row["entity"].string, let chunk = row["chunk"].string, let at = row["asked_at"].date
            else { return nil }
            return LoadedChunk(entity: entity, chunk: chunk, askedAt: at)
        }
    }
}
