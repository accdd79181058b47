public import Inflow
internal import Postgres
internal import SQLFiles

/// Deletes what a connection's settings say is kept long enough: superseded answers, old versions, rejections.
///
/// With it go entries of the audit log that are two years old, and sessions of the page that have ended: they belong to no
/// connection, so any connection's turn will do.
///
/// In batches, each a transaction of its own; where nothing has expired it costs a look at the oldest few.
public struct Retention: Sendable {
    /// How much was deleted.
    public struct Outcome: Sendable, Hashable, Encodable {
        /// Archived answers that later ones had superseded.
        public var answers = 0
        /// Superseded versions of records.
        public var versions = 0
        /// Rejections and notes of unknown elements.
        public var rejections = 0
        /// Entries of the audit log, which is of all connections.
        public var auditEntries = 0

        /// Whether nothing was deleted.
        public var isEmpty: Bool { self == Outcome() }
    }

    private let warehouse: Warehouse
    private let connection: Connection
    private let batch: Int
    /// How long counts of failed sign-ins are kept: longer than any rule looks back.
    private static let hoursOfCounts = Int(SignInCount.memory / 3_600) + 1

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
            outcome.answers = try await delete(Statements.expireArchive, settings.archiveDays, session)
            outcome.versions = try await delete(Statements.expireHistory, settings.historyDays, session)
            outcome.rejections = try await delete(Statements.expireRejections, settings.rejectionDays, session)
            outcome.rejections += try await delete(Statements.expireDrift, settings.rejectionDays, session)
            outcome.auditEntries = try await repeating(
                Statements.expireAudit, [.int(AuditLog.days), .int(batch)], session)
            _ = try await lifting("deleting what has expired") { () async throws(PostgresError) in
                try await session.query(Statements.expirePage, [.int(Retention.hoursOfCounts)])
            }
            return outcome
        }
    }

    /// Deletes batch after batch by a statement that takes $1 connection, $2 days and $3 rows of a batch.
    private func delete(
        _ sql: String, _ days: Int, _ session: PostgresConnection
    ) async throws(WarehouseError) -> Int {
        guard days > 0 else { return 0 }
        return try await repeating(sql, [.int64(connection.id), .int(days), .int(batch)], session)
    }

    /// Runs a statement that deletes a batch until it finds nothing more.
    private func repeating(
        _ sql: String, _ parameters: [PostgresParameter], _ session: PostgresConnection
    ) async throws(WarehouseError) -> Int {
        try await lifting("deleting what has expired") { () async throws(PostgresError) in
            var deleted = 0
            while true {
                let now = try await session.query(sql, parameters).affectedRows
                deleted += now
                guard now > 0 else { return deleted }
            }
        }
    }
}
