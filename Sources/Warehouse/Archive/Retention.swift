public import Inflow
internal import Postgres

/// Deletes what a connection's settings say is kept long enough: superseded answers, old versions, rejections.
///
/// In batches, each a transaction of its own; where nothing has expired it costs a look at the oldest few.
public struct Retention: Sendable {
    /// How much was deleted.
    public struct Outcome: Sendable, Hashable, Encodable {
        /// Superseded answers.
        public var answers = 0
        /// Superseded versions of records.
        public var versions = 0
        /// Rejections and notes of unknown elements.
        public var rejections = 0
    }

    private let warehouse: Warehouse
    private let connection: Connection
    private let batch: Int

    /// The retention of a connection, by its settings.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.init(warehouse, connection, batch: 1_000)
    }

    init(_ warehouse: Warehouse, _ connection: Connection, batch: Int) {
        self.warehouse = warehouse
        self.connection = connection
        self.batch = batch
    }

    /// Deletes what has expired by now.
    public func run() async throws(WarehouseError) -> Outcome {
        let settings = connection.settings
        return try await warehouse.withSession("retention") { session throws(WarehouseError) in
            var outcome = Outcome()
            outcome.answers = try await delete(Retention.answers, settings.archiveDays, session)
            outcome.versions = try await delete(Retention.versions, settings.historyDays, session)
            outcome.rejections = try await delete(Retention.rejections, settings.rejectionDays, session)
            outcome.rejections += try await delete(Retention.drift, settings.rejectionDays, session)
            return outcome
        }
    }

    private func delete(
        _ sql: String, _ days: Int, _ session: PostgresConnection
    ) async throws(WarehouseError) -> Int {
        guard days > 0 else { return 0 }
        let parameters: [PostgresParameter] = [.int64(connection.id), .int(days), .int(batch)]
        return try await lifting("deleting what has expired") { () async throws(PostgresError) in
            var deleted = 0
            while true {
                let now = try await session.query(sql, parameters).affectedRows
                deleted += now
                guard now > 0 else { return deleted }
            }
        }
    }

    // MARK: statements; $1 connection, $2 days, $3 rows of a batch

    private static let expired = "now() - make_interval(days => $2::integer)"

    private static let answers = """
        with expired as (
            select connection_id, id from inflow.archive
            where connection_id = $1 and superseded_at < \(expired)
            order by superseded_at
            limit $3
        ), pieces as (
            delete from inflow.archive_piece p
            using expired e
            where p.connection_id = e.connection_id and p.archive_id = e.id
        )
        delete from inflow.archive a
        using expired e
        where a.connection_id = e.connection_id and a.id = e.id
        """

    /// Numbers rise with time, so that the oldest are first: only they are looked at.
    private static let versions = """
        delete from inflow.history h
        using (select connection_id, id from inflow.history where connection_id = $1 order by id limit $3) o
        where h.connection_id = o.connection_id and h.id = o.id and h.valid_until < \(expired)
        """

    /// An open one is kept while its record goes on being rejected.
    private static let rejections = """
        delete from inflow.rejection r
        using (
            select connection_id, id from inflow.rejection
            where connection_id = $1 and greatest(last_seen_at, ended_at) < \(expired)
            limit $3
        ) o
        where r.connection_id = o.connection_id and r.id = o.id
        """

    private static let drift = """
        delete from inflow.drift
        where connection_id = $1 and last_seen_at < \(expired) and $3::integer > 0
        """
}
