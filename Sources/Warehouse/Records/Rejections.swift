public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// The rejections of a connection, for people to look at, to try again and to dismiss.
///
/// A rejection says that a record of an answer was not loaded, and why. The merge opens it, renews it each time the
/// record comes again with the fault, and closes it when an answer brings the record without it
/// (``RejectionWriter``). So an open rejection is a record that is wrong in the tables, or lacking, now.
///
/// A person can dismiss one: the record stays as it is, and the rejection is not shown again while the fault is the
/// same. Asking for the record again, by the value that ``askable(_:of:)`` gives, is the other way out: the
/// platform's record may have been mended, or the definition may know more by now.
public struct Rejections: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The rejections of a connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// A rejection as it stands.
    public struct Entry: Sendable, Encodable {
        /// The number by which a person names it.
        public let id: Int64
        /// Whether it is open, closed by a load or dismissed by a person.
        public let status: RejectionStatus
        /// The entity's name, as the run log has it.
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
        /// Whether only the value, or the line it belongs to, was rejected, and the record is loaded.
        public let isOfValue: Bool
        /// The chunk it came in last.
        public let chunk: String
        /// First day of that chunk, where it was asked for by date.
        public let firstDay: String?
        /// Last local day of the chunk, inclusive.
        public let lastDay: String?
        /// In how many runs it was rejected.
        public let timesSeen: Int
        /// The run that rejected it first.
        public let run: Int64
        /// When that run rejected it first, UTC.
        public let rejectedAt: Date
        /// The run that rejected it last.
        public let lastRun: Int64
        /// When that run rejected it last, UTC.
        public let lastSeenAt: Date
        /// The run whose load closed it.
        public let endedRun: Int64?
        /// When it was closed or dismissed, UTC.
        public let endedAt: Date?
        /// What people call the record: as its rejected answer had it, until the tables are asked (``RecordLabels``).
        public var label: String?
    }

    /// How many open rejections have one cause.
    public struct Group: Sendable {
        /// The entity's name, as the run log has it.
        public let entity: String
        /// Table and column of the values concerned, joined by a point.
        public let column: String
        /// Why, as a stable code.
        public let reason: String
        /// How many open rejections there are of it.
        public let count: Int
    }

    /// The open rejections by entity, column and reason, those with the most first.
    public func groups() async throws(WarehouseError) -> [Group] {
        try await warehouse.query(
            """
            select entity, table_name || '.' || column_name as place, reason, count(*) as rejections
            from inflow.rejection where connection_id = $1 and status = 'open'
            group by 1, 2, 3 order by 4 desc, 1, 2, 3
            """, of: connection, purpose: "rejections", doing: "counting rejections"
        ) { row throws(PostgresError) in
            Group(
                entity: try row.text("entity"), column: try row.text("place"), reason: try row.text("reason"),
                count: try row.int("rejections"))
        }
    }

    /// Those that are open, or all of them; those seen last come first.
    public func list(all: Bool = false, limit: Int? = nil) async throws(WarehouseError) -> [Entry] {
        try await entries(all: all, ids: nil, limit: limit)
    }

    /// The rejections of these numbers: open, closed and dismissed ones.
    public func find(_ ids: [Int64]) async throws(WarehouseError) -> [Entry] {
        try await entries(all: true, ids: ids, limit: nil)
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

    /// Opens dismissed ones again.
    ///
    /// - Returns: the numbers opened: only what is dismissed can be.
    public func reopen(_ ids: [Int64]) async throws(WarehouseError) -> [Int64] {
        let rows = try await warehouse.query(
            """
            update inflow.rejection set status = 'open', ended_at = null
            where connection_id = $1 and status = 'dismissed' and id = any ($2)
            returning id
            """, of: connection, [.int64Array(ids)], purpose: "rejections", doing: "opening rejections again"
        ) { row throws(PostgresError) in try row.int64("id") }
        return rows.sorted()
    }

    /// By what each of these records of one entity can be asked for, by the rejection's number.
    ///
    /// Where the platform takes another value than the key (a job's number), it is known only of records that were
    /// loaded before; an entity without a call for one record, or a rejection without key, has none.
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

    private func entries(all: Bool, ids: [Int64]?, limit: Int?) async throws(WarehouseError) -> [Entry] {
        try await warehouse.query(
            Statements.rejectionsList, of: connection,
            [.bool(all), ids.map { .int64Array($0) } ?? .null, limit.map { .int($0) } ?? .null], purpose: "rejections",
            doing: "reading rejections"
        ) { row throws(PostgresError) in
            Entry(
                id: try row.int64("id"), status: try row.word("status", of: "inflow.rejection.status"),
                entity: try row.text("entity"),
                key: try row.text("key"), table: try row.text("table_name"),
                column: try row.text("column_name"), raw: try row.text("raw"),
                reason: try row.text("reason"), isOfValue: try row.bool("is_value"), chunk: try row.text("chunk"),
                firstDay: try row.optionalText("first_day"), lastDay: try row.optionalText("last_day"),
                timesSeen: try row.int("times_seen"), run: try row.int64("run_id"),
                rejectedAt: try row.date("rejected_at"), lastRun: try row.int64("last_run_id"),
                lastSeenAt: try row.date("last_seen_at"), endedRun: try row.optionalInt64("ended_run_id"),
                endedAt: try row.optionalDate("ended_at"), label: try row.optionalText("label"))
        }
    }
}
