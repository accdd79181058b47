public import Foundation
public import Inflow
internal import Postgres

/// What the warehouse holds of a connection: counts and runs, for people to look at.
public struct Inventory: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// What is held of a connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Rows of one table.
    public struct Count: Sendable, Encodable {
        /// The table, with schema.
        public let table: String
        /// Rows in it, marked ones not counted.
        public let rows: Int
        /// Rows marked as no longer listed.
        public let markedDeleted: Int
    }

    /// A run as the log has it.
    public struct LoggedRun: Sendable, Encodable {
        /// Number of the run.
        public let run: Int64
        /// What began it.
        public let trigger: String
        /// What was asked for.
        public let scope: String
        /// How it ended, or `running`.
        public let status: String
        /// Machine and process.
        public let holder: String
        /// When it began, UTC.
        public let startedAt: Date
        /// When it ended, UTC.
        public let finishedAt: Date?
        /// How long it took.
        public let seconds: Double?
        /// Its tally.
        public let tally: Tally
        /// Calls to the platform.
        public let calls: Int
        /// Bytes received.
        public let bytes: Int
        /// What went wrong.
        public let error: String?
    }

    /// Counts of all tables of these entities, in their order, children after their parent.
    public func counts(_ entities: [EntityDefinition]) async throws(WarehouseError) -> [Count] {
        let id = connection.id
        return try await warehouse.withSession("counts") { session throws(WarehouseError) in
            var counts: [Count] = []
            for (table, isParent) in entities.flatMap({ [($0.table, true)] + $0.children.map { ($0.table, false) } }) {
                let row = try await lifting("counting \(table)") { () async throws(PostgresError) in
                    try await session.query(
                        isParent
                            ? """
                            select count(*) filter (where deleted_at is null) as alive,
                                count(*) filter (where deleted_at is not null) as marked
                            from \(quoted(table)) where connection_id = $1
                            """
                            : "select count(*) as alive, 0 as marked from \(quoted(table)) where connection_id = $1",
                        [.int64(id)])[0]
                }
                counts.append(
                    Count(table: table, rows: row["alive"].int ?? 0, markedDeleted: row["marked"].int ?? 0))
            }
            return counts
        }
    }

    /// The newest runs first.
    public func runs(limit: Int) async throws(WarehouseError) -> [LoggedRun] {
        try await rows(
            "select * from inflow.run where connection_id = $1 order by id desc limit $2", limit
        ) { row in
            var tally = Tally()
            tally.pulled = row["pulled"].int ?? 0
            tally.inserted = row["inserted"].int ?? 0
            tally.updated = row["updated"].int ?? 0
            tally.unchanged = row["unchanged"].int ?? 0
            tally.markedDeleted = row["marked_deleted"].int ?? 0
            tally.rejected = row["rejected"].int ?? 0
            tally.duplicates = row["duplicates"].int ?? 0
            return LoggedRun(
                run: row["id"].int64 ?? 0, trigger: row["trigger"].string ?? "", scope: row["scope"].string ?? "",
                status: row["status"].string ?? "", holder: row["holder"].string ?? "",
                startedAt: row["started_at"].date ?? .distantPast, finishedAt: row["finished_at"].date,
                seconds: row["seconds"].double, tally: tally, calls: row["calls"].int ?? 0,
                bytes: row["bytes"].int ?? 0, error: row["error"].string)
        }
    }

    private func rows<T: Sendable>(
        _ sql: String, _ limit: Int, _ read: (PostgresResult.Row) -> T
    ) async throws(WarehouseError) -> [T] {
        let id = connection.id
        let result = try await warehouse.withSession("log") { session throws(WarehouseError) in
            try await lifting("reading the log") { () async throws(PostgresError) in
                try await session.query(sql, [.int64(id), .int(limit)])
            }
        }
        return result.map(read)
    }

    /// Runs a query whose first parameter is the connection.
    func query(_ sql: String, _ further: [PostgresParameter]) async throws(WarehouseError) -> PostgresResult {
        let id = connection.id
        return try await warehouse.withSession("log") { session throws(WarehouseError) in
            try await lifting("reading the log") { () async throws(PostgresError) in
                try await session.query(sql, [.int64(id)] + further)
            }
        }
    }
}
