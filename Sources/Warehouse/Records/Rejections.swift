public import Foundation
public import Inflow
internal import Postgres

/// The rejections of a connection, for people to look at, to try again and to dismiss.
///
/// They are opened, renewed and closed by the merge (``RejectionWriter``).
public struct Rejections: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The rejections of a connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// A rejection as it stands.
    public struct Entry: Sendable, Encodable {
        /// Its number.
        public let id: Int64
        /// `open`, `closed` or `dismissed`.
        public let status: String
        /// The entity.
        public let entity: String
        /// The record's key; empty when it could not be read.
        public let key: String
        /// The table of the value concerned.
        public let table: String
        /// The column of the value concerned.
        public let column: String
        /// The text as the platform sent it.
        public let raw: String
        /// Why, as a stable code.
        public let reason: String
        /// The chunk it came in last.
        public let chunk: String
        /// First day of that chunk, where it was asked for by date.
        public let firstDay: String?
        /// Last day of it.
        public let lastDay: String?
        /// In how many runs it was rejected.
        public let timesSeen: Int
        /// The run that rejected it first.
        public let run: Int64
        /// When, UTC.
        public let rejectedAt: Date
        /// The run that rejected it last.
        public let lastRun: Int64
        /// When, UTC.
        public let lastSeenAt: Date
        /// The run whose load closed it.
        public let endedRun: Int64?
        /// When it was closed or dismissed, UTC.
        public let endedAt: Date?
    }

    /// Those that are open, or all of them; those seen last come first.
    public func list(all: Bool = false, limit: Int? = nil) async throws(WarehouseError) -> [Entry] {
        try await entries("($2 or r.status = 'open')", .bool(all), limit: limit)
    }

    /// Those of these numbers, whatever became of them.
    public func find(_ ids: [Int64]) async throws(WarehouseError) -> [Entry] {
        try await entries("r.id = any ($2)", .int64Array(ids), limit: nil)
    }

    /// Dismisses those of these numbers, or all that are open.
    ///
    /// A dismissed one is not shown again while its record comes with the same fault.
    /// - Returns: the numbers dismissed: only what is open can be.
    public func dismiss(_ ids: [Int64]?) async throws(WarehouseError) -> [Int64] {
        let rows = try await warehouse.query(
            """
            update inflow.rejection set status = 'dismissed', ended_at = now()
            where connection_id = $1 and status = 'open' and ($2 or id = any ($3))
            returning id
            """, of: connection, [.bool(ids == nil), .int64Array(ids ?? [])], purpose: "rejections",
            doing: "reading rejections"
        ) { row throws(PostgresError) in try row.int64("id") }
        return rows.sorted()
    }

    /// By what each of these records of one entity can be asked for, by the rejection's number.
    ///
    /// Where the platform takes another value than the key (a job's number), it is known only of records that were loaded
    /// before; an entity without a call for one record, or a rejection without key, has none.
    public func askable(
        _ entries: [Entry], of entity: EntityDefinition
    ) async throws(WarehouseError) -> [Int64: String] {
        if entity.isPerParent {
            let keyed = entries.filter { $0.key.contains("/") }
            return Dictionary(
                keyed.map { one in
                    (
                        one.id,
                        one.key.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
                            separator: "/")
                    )
                }
            ) { first, _ in first }
        }
        guard let get = entity.get, entity.key.count == 1, let key = entity.key.first else { return [:] }
        let keyed = entries.filter { !$0.key.isEmpty }
        guard let column = get.keyColumn, column != key else {
            return Dictionary(keyed.map { ($0.id, $0.key) }) { first, _ in first }
        }
        let rows = try await warehouse.query(
            """
            select \(quoted(key)) as key, \(quoted(column)) as name from \(quoted(entity.table))
            where connection_id = $1 and \(quoted(key)) = any ($2) and \(quoted(column)) is not null
            """, of: connection, [.textArray(keyed.map(\.key))], purpose: "rejections", doing: "reading rejections"
        ) { row throws(PostgresError) in (try row.text("key"), try row.text("name")) }
        let names = Dictionary(rows) { first, _ in first }
        return Dictionary(keyed.compactMap { one in names[one.key].map { (one.id, $0) } }) { first, _ in first }
    }

    // MARK: reading

    private func entries(
        _ condition: String, _ parameter: PostgresParameter, limit: Int?
    ) async throws(WarehouseError) -> [Entry] {
        try await warehouse.query(
            """
            select r.*, c.span_from as first_day, c.span_until - 1 as last_day
            from inflow.rejection r
            left join lateral (
                select span_from, span_until
                from inflow.chunk
                where connection_id = r.connection_id and run_id in (r.run_id, r.last_run_id) and entity = r.entity
                    and chunk = r.chunk
                limit 1
            ) c on true
            where r.connection_id = $1 and \(condition)
            order by r.last_seen_at desc, r.id desc
            limit $3
            """, of: connection, [parameter, limit.map { .int($0) } ?? .null], purpose: "rejections",
            doing: "reading rejections"
        ) { row throws(PostgresError) in
            try Entry(
                id: row.int64("id"), status: row.text("status"), entity: row.text("entity"),
                key: row.text("key"), table: row.text("table_name"),
                column: row.text("column_name"), raw: row.text("raw"),
                reason: row.text("reason"), chunk: row.text("chunk"),
                firstDay: row.optionalText("first_day"), lastDay: row.optionalText("last_day"),
                timesSeen: row.int("times_seen"), run: row.int64("run_id"),
                rejectedAt: row.date("rejected_at"), lastRun: row.int64("last_run_id"),
                lastSeenAt: row.date("last_seen_at"), endedRun: row.optionalInt64("ended_run_id"),
                endedAt: row.optionalDate("ended_at"))
        }
    }
}
