public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// A person stops a run: the request is a column of the run's row, which the running process reads as it goes on.
extension RunLog {
    /// A person's request that a run stops.
    public struct CancelRequest: Sendable {
        /// The person and the machine, as `user on host`.
        public let by: String
        /// When the request was written, by the database's clock.
        public let at: Instant

        /// What the run log says of a run that was stopped so, by the clock of `zone`.
        public func words(in zone: TimeZone) -> String {
            "The run was stopped by \"inflow cancel\", as \(by) asked at \(at.named(in: zone)). "
                + "What is committed stays in the tables."
        }
    }

    /// The result of ``cancel(run:of:by:)``.
    public enum Cancelling: Sendable, Equatable {
        /// The run is going on and has the request, from now or from before.
        case asked(run: Int64, connection: String)
        /// The run had ended already.
        case ended(run: Int64, connection: String, outcome: RunOutcome, at: Instant?)
        /// The run's process died without closing it.
        case dead(run: Int64, connection: String, holder: String)
        /// No run has that number, or the connection has no run.
        case unknown
    }

    /// Asks a run to stop, by its number; by a connection the one that runs now, or else its last.
    public func cancel(run: Int64?, of connection: Connection?, by who: String) async throws(WarehouseError)
        -> Cancelling
    {
        try await warehouse.perform(purpose: "cancel", doing: "asking a run to stop") { session throws(PostgresError) in
            let rows = try session.query(
                Statements.runToCancel, [run.map { .int64($0) } ?? .null, connection.map { .int64($0.id) } ?? .null])
            guard let row = rows.first else { return .unknown }
            let (id, name) = (try row.int64("id"), try row.text("name"))
            let status = try row.word("status", of: "inflow.run.status", as: RunStatus.self)
            if let outcome = status.outcome {
                return .ended(run: id, connection: name, outcome: outcome, at: try row.optionalDate("finished_at"))
            }
            // A living run holds the connection's lock; if the lock is free, its process is gone.
            let lock = Lease.key(of: "$1", for: "'\(try row.text("purpose"))'")
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

    /// The request to stop a run; `nil` while there is none.
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
        ) { row throws(PostgresError) -> RunStatus in try row.word("status", of: "inflow.run.status") }.first
    }
}
