public import Foundation
public import Inflow
internal import Postgres

/// What is told to whoever watches Inflow from outside: sums over the run log, and how connections stand.
///
/// Sums are of runs' parts and not of chunks, so that they stay quick however many chunks there are.
public struct MetricsSnapshot: Sendable {
    /// Runs of a connection that began and ended in the same way.
    public struct Runs: Sendable, Hashable {
        /// The connection's name.
        public let connection: String
        /// What began them.
        public let trigger: Trigger
        /// How they stand or ended.
        public let status: RunStatus
        /// How many there are.
        public let count: Int
        /// How long they took together.
        public let seconds: Double

        /// A sum.
        public init(connection: String, trigger: Trigger, status: RunStatus, count: Int, seconds: Double) {
            (self.connection, self.trigger, self.status) = (connection, trigger, status)
            (self.count, self.seconds) = (count, seconds)
        }
    }

    /// What all runs have come to for an entity.
    public struct Parts: Sendable, Hashable {
        /// The connection's name.
        public let connection: String
        /// The entity.
        public let entity: String
        /// The sum of all tallies.
        public let tally: Tally
        /// Calls and bytes.
        public let traffic: Traffic
        /// Sum of the chunks' seconds; chunks overlap.
        public let seconds: Double

        /// A sum.
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

    /// Reads them.
    public static func read(_ warehouse: Warehouse, now: Instant) async throws(WarehouseError) -> MetricsSnapshot {
        let statuses = try await ConnectionStatusReader(warehouse).all(now: now)
        return try await warehouse.withSession("metrics") { session throws(WarehouseError) in
            try await lifting("reading the metrics") { () async throws(PostgresError) in
                MetricsSnapshot(
                    statuses: statuses,
                    runs: try await session.query(runSums).map { row throws(PostgresError) in try Runs(row) },
                    parts: try await session.query(partSums).map { Parts($0) },
                    workers: try await session.query(
                        """
                        select count(*) as alive from inflow.worker
                        where heartbeat_at > clock_timestamp() - make_interval(secs => $1::integer)
                        """, [.int(30)])[0].require("alive") { $0.int })
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

    private static let partSums = """
        select c.name as connection, s.*
        from (
            select r.connection_id, e.entity, sum(e.pulled) as pulled, sum(e.inserted) as inserted,
                sum(e.updated) as updated, sum(e.unchanged) as unchanged, sum(e.marked_deleted) as marked_deleted,
                sum(e.rejected) as rejected, sum(e.duplicates) as duplicates, sum(e.calls) as calls,
                sum(e.bytes) as bytes, sum(e.seconds) as seconds
            from inflow.run r
            join inflow.entity_run e on e.run_id = r.id
            group by r.connection_id, e.entity
        ) s
        join inflow.connection c on c.id = s.connection_id
        order by c.name, s.entity
        """
}

extension MetricsSnapshot.Runs {
    fileprivate init(_ row: PostgresResult.Row) throws(PostgresError) {
        self.init(
            connection: row["connection"].string ?? "", trigger: try row.word("trigger", of: "inflow.run.trigger"),
            status: try row.word("status", of: "inflow.run.status"), count: row["runs"].int ?? 0,
            seconds: row["seconds"].double ?? 0)
    }
}

extension MetricsSnapshot.Parts {
    fileprivate init(_ row: PostgresResult.Row) {
        var traffic = Traffic()
        (traffic.calls, traffic.bytes) = (row["calls"].int ?? 0, row["bytes"].int ?? 0)
        self.init(
            connection: row["connection"].string ?? "", entity: row["entity"].string ?? "", tally: row.tally,
            traffic: traffic, seconds: row["seconds"].double ?? 0)
    }
}
