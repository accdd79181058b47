public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

extension RowCounts {
    /// A month of an entity, or a list without dates, and how it was read.
    public struct Coverage: Sendable, Encodable {
        /// The entity's name, as the run log has it.
        public let entity: String
        /// The month's first day, yyyy-MM-dd; nil for a list without dates.
        public let monthOn: String?
        /// When the last answer that held the whole month was asked for, UTC; nil while none has.
        public let verifiedAt: Date?
        /// How well the month, or the list, is known.
        public let status: CoverageMap.Status
        /// The last day to which it is complete, yyyy-MM-dd; nil where it is complete to none.
        ///
        /// For a list without dates, the day that its last reading can say something of.
        public let completeToOn: String?
        /// Why it is not complete to its end; nil where it is.
        public let reason: String?
        /// Records in that answer.
        public let rowsSent: Int
        /// Rows in the table after it, marked ones not counted.
        public let rowsHeld: Int
        /// Records of that answer that were rejected, whatever their month.
        public let rowsRejected: Int
        /// The run that read it.
        public let run: Int64?
        /// Why the last reading failed, where it did.
        public let error: String?
    }

    /// What has been read, by entity and month.
    public func coverage() async throws(WarehouseError) -> [Coverage] {
        try await warehouse.query(
            """
            select entity, month_on::text as month_on, verified_at, status, complete_to_on::text as complete_to_on,
                reason, rows_sent, rows_held, rows_rejected, run_id,
                case when status = 'failed' then error end as error
            from report.coverage
            where connection_id = $1
            order by entity, month_on
            """, of: connection, purpose: "log", doing: "reading the log"
        ) { row throws(PostgresError) in
            try Coverage(
                entity: row.text("entity"), monthOn: row.optionalText("month_on"),
                verifiedAt: row.optionalDate("verified_at"),
                status: row.word("status", of: "report.coverage.status"),
                completeToOn: row.optionalText("complete_to_on"), reason: row.optionalText("reason"),
                rowsSent: row.int("rows_sent"),
                rowsHeld: row.int("rows_held"), rowsRejected: row.int("rows_rejected"),
                run: row.optionalInt64("run_id"), error: row.optionalText("error"))
        }
    }

    /// Those of some lists that no answer ever held whole.
    public func unread(_ lists: [String]) async throws(WarehouseError) -> [String] {
        try await warehouse.query(
            """
            select l.entity from unnest($2::text[]) with ordinality as l (entity, place)
            where not exists (
                select from inflow.coverage c
                where c.connection_id = $1 and c.entity = l.entity and c.verified_at is not null
            )
            order by l.place
            """, of: connection, [.textArray(lists)], purpose: "log", doing: "reading the log"
        ) { row throws(PostgresError) in try row.text("entity") }
    }

    /// How many months from that of `first` to the one before `end` lack an answer that held all of one of the entities.
    public func unreadMonths(
        of entities: [String], since first: LocalDate, until end: LocalDate
    ) async throws(WarehouseError) -> Int {
        try await warehouse.query(
            Statements.coverageUnreadMonths, of: connection,
            [.textArray(entities), .text("\(first)"), .text("\(end)")], purpose: "log",
            doing: "reading the log"
        ) { row throws(PostgresError) in try row.int("months") }.first ?? 0
    }

    /// A record that a run inserted, changed, revived or marked.
    public struct Difference: Sendable, Encodable {
        /// The entity's name, as the run log has it.
        public let entity: String
        /// The record's key, its columns joined by `/`.
        public let key: String
        /// What the run did to it.
        public let change: RecordChange
    }

    /// Every record that a run inserted, changed, revived or marked, by entity and key.
    public func differences(of run: Int64, _ entities: [EntityDefinition]) async throws(WarehouseError) -> [Difference]
    {
        let inserted = entities.map { entity in
            """
            select '\(entity.name)' as entity,
                \(entity.keyText(nil)) as key, 'inserted' as change
            from \(quoted(entity.table))
            where connection_id = $1 and first_run_id = $2
            """
        }
        return try await warehouse.query(
            """
            select entity, key, change from inflow.history where connection_id = $1 and run_id = $2
            union all
            \(inserted.joined(separator: "\nunion all\n"))
            order by 1, 3, 2
            """, of: connection, [.int64(run)], purpose: "log", doing: "reading the log"
        ) { row throws(PostgresError) in
            try Difference(
                entity: row.text("entity"), key: row.text("key"),
                change: row.word("change", of: "inflow.history.change"))
        }
    }
}
