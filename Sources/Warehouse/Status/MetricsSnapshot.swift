public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// The facts that metrics are made of: sums over the run log, and the status of each connection.
///
/// Sums are of runs' parts and not of chunks, so that they stay quick however many chunks there are.
public struct MetricsSnapshot: Sendable {
    /// Runs of a connection that began and ended in the same way.
    public struct Runs: Sendable, Hashable {
        /// The connection's name, a label of the metric.
        public let connection: String
        /// What began these runs: the schedule, or the kind of command a person gave.
        public let trigger: Trigger
        /// How they stand or ended.
        public let status: RunStatus
        /// How many there are.
        public let count: Int
        /// How long they took together.
        public let seconds: Double

        /// The sum over the runs of one connection, trigger and status.
        public init(connection: String, trigger: Trigger, status: RunStatus, count: Int, seconds: Double) {
            (self.connection, self.trigger, self.status) = (connection, trigger, status)
            (self.count, self.seconds) = (count, seconds)
        }
    }

    /// What all runs have come to for an entity.
    public struct Parts: Sendable, Hashable {
        /// The connection's name, a label of the metric.
        public let connection: String
        /// The entity's name, a label of the metric.
        public let entity: String
        /// The sum of all tallies.
        public let tally: Tally
        /// Calls made and bytes received for the entity, in all runs of the run log.
        public let traffic: Traffic
        /// Sum of the chunks' seconds; chunks overlap.
        public let seconds: Double

        /// The sum over all parts of runs of one connection and entity.
        public init(connection: String, entity: String, tally: Tally, traffic: Traffic, seconds: Double) {
            (self.connection, self.entity, self.tally) = (connection, entity, tally)
            (self.traffic, self.seconds) = (traffic, seconds)
        }
    }

    /// How connections stand, by name.
    public var statuses: [ConnectionStatus]
    /// Runs by connection, trigger and outcome.
    public var runs: [Runs]
    /// Parts by connection and entity.
    public var parts: [Parts]
    /// Processes that serve and have shown themselves lately.
    public var workers: Int

    /// Facts from their parts.
    public init(statuses: [ConnectionStatus], runs: [Runs], parts: [Parts], workers: Int) {
        (self.statuses, self.runs, self.parts, self.workers) = (statuses, runs, parts, workers)
    }

    /// Reads the status of every connection, then the sums over the run log.
    public static func read(_ warehouse: Warehouse, now: Instant) async throws(WarehouseError) -> MetricsSnapshot {
        let statuses = try await ConnectionStatusReader(warehouse).all(now: now)
        return try await warehouse.withSession("metrics") { session throws(WarehouseError) in
            try await lifting("reading the metrics") { () async throws(PostgresError) in
                MetricsSnapshot(
                    statuses: statuses,
                    runs: try await session.query(runSums).read { row throws(PostgresError) in try Runs(row) },
                    parts: try await session.query(Statements.metricsParts).read { row throws(PostgresError) in
                        try Parts(row)
                    },
                    workers: try await session.query(
                        """
                        select count(*) as alive from inflow.worker
                        where heartbeat_at > clock_timestamp() - make_interval(secs => $1::integer)
                        """, [.int(30)])[0].int("alive"))
            }
        }
    }

    private static let runSums = """
        select c.name as connection, r.trigger, r.status, count(*) as runs, coalesce(sum(r.seconds), 0) as seconds
        from inflow.run r
        join inflow.connection c on c.id = r.connection_id
        group by c.name, r.trigger, r.status
        order by c.name, r.trigger, r.status
        """
}

extension MetricsSnapshot.Runs {
    fileprivate init(_ row: PostgresResult.Row) throws(PostgresError) {
        try self.init(
            connection: row.text("connection"), trigger: row.word("trigger", of: "inflow.run.trigger"),
            status: row.word("status", of: "inflow.run.status"), count: row.int("runs"), seconds: row.double("seconds"))
    }
}

extension MetricsSnapshot.Parts {
    fileprivate init(_ row: PostgresResult.Row) throws(PostgresError) {
        var traffic = Traffic()
        (traffic.calls, traffic.bytes) = (try row.int("calls"), try row.int("bytes"))
        try self.init(
            connection: row.text("connection"), entity: row.text("entity"), tally: row.tally(), traffic: traffic,
            seconds: row.optionalDouble("seconds") ?? 0)
    }
}
