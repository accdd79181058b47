public import Foundation
public import Inflow
internal import Postgres

extension RowCounts {
    /// A month of an entity, or a list without dates, and how it was read.
    public struct Coverage: Sendable, Encodable {
        /// The entity's name, as the run log has it.
        public let entity: String
        /// The month's first day, yyyy-MM-dd; nil for a list without dates.
        public let monthOn: String?
        /// When the last answer that held the whole month was asked for, UTC; nil while none has.
        public let verifiedAt: Date?
        /// `fresh`, `old`, `failed` or `never`.
        public let status: String
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
            select entity, month_on::text as month_on, verified_at, status, rows_sent, rows_held, rows_rejected, run_id,
                case when status = 'failed' then error end as error
            from report.coverage
            where connection_id = $1
            order by entity, month_on
            """, of: connection, purpose: "log", doing: "reading the log"
        ).map { row in
            Coverage(
                entity: row["entity"].string ?? "", monthOn: row["month_on"].string,
                verifiedAt: row["verified_at"].date,
                status: row["status"].string ?? "", rowsSent: row["rows_sent"].int ?? 0,
                rowsHeld: row["rows_held"].int ?? 0, rowsRejected: row["rows_rejected"].int ?? 0,
                run: row["run_id"].int64, error: row["error"].string)
        }
    }

    /// A record that a run inserted, changed, revived or marked.
    public struct Difference: Sendable, Encodable {
        /// The entity's name, as the run log has it.
        public let entity: String
        /// The record's key, its columns joined by `/`.
        public let key: String
        /// `inserted`, `updated`, `revived` or `marked_deleted`.
        public let change: String
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
        ).map {
            Difference(
                entity: $0["entity"].string ?? "", key: $0["key"].string ?? "", change: $0["change"].string ?? "")
        }
    }
}
