public import Inflow
internal import Postgres
internal import SQLFiles

/// Backfills in the queue, as a page shows them.
extension RunQueue {
    /// The backfill that was asked for last.
    public struct LastBackfill: Sendable, Hashable {
        /// Its request's number.
        public let request: Int64
        /// Entities; none for all that have dates.
        public let entities: [String]
        /// The first day, included.
        public let first: LocalDate
        /// The last day, included; `nil` for the end of the month in which it runs.
        public let last: LocalDate?
        /// How much history is one chunk.
        public let size: BackfillPlan.Size
        /// Whether it waits, runs or has ended.
        public let state: RequestState
        /// Its run, once it has begun one.
        public let run: Int64?
        /// How it ended; `nil` while it has not.
        public let outcome: RunOutcome?
        /// Whether a person asked its run to stop.
        public let isStopping: Bool
    }

    /// The backfill of a connection that was asked for last; `nil` where none was.
    public func lastBackfill(of connection: Connection) async throws(WarehouseError) -> LastBackfill? {
        try await warehouse.query(
            Statements.queueLastBackfill, of: connection, doing: "looking for a backfill"
        ) { row throws(PostgresError) in
            try LastBackfill(
                request: row.int64("id"), entities: row.text("entities").split(separator: ",").map(String.init),
                first: row.require("first_day") { $0.string.flatMap { LocalDate($0) } },
                last: row.read("last_day") { $0.string.flatMap { LocalDate($0) } },
                size: row.require("chunk_size") { $0.string.flatMap { BackfillPlan.Size(rawValue: $0) } },
                state: row.word("status", of: "inflow.request.status"), run: row.optionalInt64("run_id"),
                outcome: row.optionalWord("outcome", of: "inflow.request.outcome"),
                isStopping: row.bool("is_stopping"))
        }.first
    }

    /// Takes a request that still waits out of the queue, as interrupted; false where it waits no more.
    public func withdraw(_ request: Int64, by who: String) async throws(WarehouseError) -> Bool {
        try await warehouse.query(
            """
            update inflow.request set status = 'done', outcome = 'interrupted', done_at = clock_timestamp(),
                error = 'Taken out of the queue by ' || $2 || '.'
            where id = $1 and status = 'queued'
            returning id
            """, [.int64(request), .text(who)], doing: "taking a request out of the queue"
        ) { row throws(PostgresError) in try row.int64("id") }.isEmpty == false
    }
}
