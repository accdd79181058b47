public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// Missing rows as people see them and decide about them.
extension MissingRows {
    /// A row that is missing, as people see it.
    public struct Missing: Sendable, Encodable {
        /// The number by which a person names it.
        public let id: Int64
        /// The entity's name, as the run log has it.
        public let entity: String
        /// The record's key, its columns joined by `/`.
        public let key: String
        /// Where it stands between missed and marked deleted.
        public let status: MissingRowStatus
        /// The row's local date, yyyy-MM-dd; nil where it has none.
        public let datedOn: String?
        /// The chunk whose answer it was absent from.
        public let chunk: String
        /// The run that missed it last.
        public let run: Int64
        /// When that answer was asked for, UTC.
        public let askedAt: Date?
        /// Why it is held, in words; nil while it is not.
        public let reason: String?
        /// Why the platform's last answer to its key proves nothing, in words; nil where it was not asked.
        public let answer: String?
        /// What people call the record (``RecordLabels``); nil until it is looked up, or where nothing is known.
        public var label: String?
    }

    /// What is held, or with `all` also what is still looked for or kept.
    public func list(all: Bool) async throws(WarehouseError) -> [Missing] {
        try await warehouse.perform(purpose: "deletions", doing: "listing deletions") { session throws(PostgresError) in
            try session.query(
                """
                select id, entity, key, status, dated_on::text as dated_on, chunk, run_id, asked_at, reason,
                    answer
                from inflow.missing
                where connection_id = $1 and ($2 or status = 'held')
                order by entity, dated_on desc nulls last, key
                """, [.int64(connection.id), .bool(all)]
            ).read { row throws(PostgresError) in
                Missing(
                    id: try row.int64("id"), entity: try row.text("entity"),
                    key: try row.text("key"), status: try row.word("status", of: "inflow.missing.status"),
                    datedOn: try row.optionalText("dated_on"), chunk: try row.text("chunk"),
                    run: try row.int64("run_id"), askedAt: try row.optionalDate("asked_at"),
                    reason: try row.optionalText("reason"), answer: try row.optionalText("answer"))
            }
        }
    }

    /// The months that a person's approved rows of an entity lie in, where reading these again costs fewer calls than
    /// asking for each row; none otherwise.
    ///
    /// A row that turns up in a month read again is missing no more, and need not be asked for.
    public func monthsToReadAgain(_ entity: EntityDefinition) async throws(WarehouseError) -> [LocalDate] {
        guard entity.isDated else { return [] }
        let months = try await warehouse.query(
            """
            select date_trunc('month', dated_on::timestamp)::date::text as month, count(*) as rows
            from inflow.missing
            where connection_id = $1 and entity = $2 and status = 'approved' and dated_on is not null
            group by 1 order by 1
            """, of: connection, [.text(entity.name)], purpose: "deletions", doing: "finding approved deletions"
        ) { row throws(PostgresError) in
            (month: try row.require("month") { $0.string.flatMap { LocalDate($0) } }, rows: try row.int("rows"))
        }
        return months.filter { $0.rows > MissingRows.rowsForAMonth }.map(\.month)
    }

    /// Up to this many rows of a month are asked for one by one.
    private static let rowsForAMonth = 3

    /// Rows that a person approved and that no run has looked for yet: each looks for ``mostAsked`` of an entity.
    public func countApproved() async throws(WarehouseError) -> Int {
        try await warehouse.perform(purpose: "deletions", doing: "counting approved deletions") {
            session throws(PostgresError) in
            try session.query(
                "select count(*) as rows from inflow.missing where connection_id = $1 and status = 'approved'",
                [.int64(connection.id)])[0].int("rows")
        }
    }

    /// Takes a decision back: the rows wait for a person again.
    ///
    /// Rows that were marked since, or that reappeared, are no longer there to be decided about.
    /// - Returns: how many rows wait again.
    public func reconsider(ids: [Int64]) async throws(WarehouseError) -> Int {
        try await warehouse.query(
            """
            update inflow.missing set status = 'held', is_approved = false
            where connection_id = $1 and id = any ($2) and status in ('approved', 'kept')
            returning id
            """, of: connection, [.int64Array(ids)], purpose: "deletions", doing: "taking a decision back"
        ) { row throws(PostgresError) in try row.int64("id") }.count
    }

    /// Decides about held rows: approved ones are asked for once more and then marked, kept ones stay as they are.
    ///
    /// Numbers name single rows; none mean all that are held, of one entity where it is given.
    /// - Returns: the entities concerned, with how many rows of each.
    public func decide(
        approving: Bool, entity: String?, ids: [Int64]
    ) async throws(WarehouseError) -> [(entity: String, rows: Int)] {
        try await warehouse.perform(purpose: "deletions", doing: "deciding about deletions") {
            session throws(PostgresError) in
            try session.query(
                Statements.missingDecide,
                [
                    .int64(connection.id), .text((approving ? MissingRowStatus.approved : .kept).rawValue),
                    entity.map { .text($0) } ?? .null,
                    .int64Array(ids),
                ]
            ).map { row throws(PostgresError) in
                (try row.text("entity"), try row.int("rows"))
            }
        }
    }
}
