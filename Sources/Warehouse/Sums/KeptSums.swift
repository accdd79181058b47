public import Inflow
internal import Postgres

/// The sums that reports of whole jobs and of people's days are made of, kept in `inflow.job_sum`, `task_sum` and
/// `day_sum`.
///
/// Triggers mark the jobs and months of every record that is written; views compute what is marked from the records. So
/// what a view answers is right at any moment, and ``keep()`` only makes it quick again.
public struct KeptSums: Sendable {
    /// A sum that is kept, is not marked, and is not what the records come to.
    public struct Wrong: Sendable, Hashable, Encodable {
        /// `job`, `task` or `day`.
        public let kind: String
        /// The job's number, the task's identifier, or the day and the person.
        public let key: String
    }

    /// Tables that are written by triggers as records go, so that they are emptied last where a connection is removed.
    static let tables: Set = [
        "inflow.job_sum", "inflow.task_sum", "inflow.day_sum", "inflow.job_due", "inflow.month_due",
        "inflow.sums_kept",
    ]

    /// The large tables that sums are computed from.
    private static let sources = [
        "wfm.timesheet", "wfm.invoice", "wfm.invoice_task", "wfm.invoice_cost", "wfm.job", "wfm.job_cost",
        "wfm.job_task",
        "wfm.purchase_order",
    ]

    private let warehouse: Warehouse
    private let connection: Connection

    /// The sums of a connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Computes what is due anew; does nothing where nothing is.
    ///
    /// - Throws: `busy` where runs beside this one write records for longer than a session waits.
    public func keep() async throws(WarehouseError) {
        try await warehouse.withSession("sums") { session throws(WarehouseError) in
            try await lifting("computing the sums of \(connection.name)") { () async throws(PostgresError) in
                guard try await isDue(session) else { return }
                if try await isFirst(session) {
                    // To PostgreSQL a connection that it has not looked at has no rows, however many others have: it would
                    // search them one by one.
                    for table in KeptSums.sources { try await session.execute("analyze (skip_locked) \(table)") }
                }
                try await session.query("select inflow.keep_sums($1)", [.int64(connection.id)])
            }
        }
    }

    /// Connections with sums that are due and of which nothing runs or waits in the queue.
    ///
    /// Marks are left by a run that was cut off, and by changes in schema `setting`.
    public static func due(in warehouse: Warehouse) async throws(WarehouseError) -> Set<Int64> {
        Set(
            try await warehouse.query(
                """
                select c.id
                from inflow.connection c
                join inflow.sums_kept s on s.connection_id = c.id
                where (exists (select from inflow.job_due d where d.connection_id = c.id)
                        or exists (select from inflow.month_due d where d.connection_id = c.id))
                    and not exists (
                        select from inflow.request q where q.connection_id = c.id and q.status <> 'done'
                    )
                    and not \(Lease.isHeld(of: "c.id", for: "'run'"))
                """, purpose: "sums", doing: "looking whether sums are due"
            ) { row throws(PostgresError) in try row.int64("id") })
    }

    /// Computes all sums anew, whatever is due.
    public func rebuild() async throws(WarehouseError) {
        try await warehouse.withSession("sums") { session throws(WarehouseError) in
            try await lifting("computing the sums of \(connection.name)") { () async throws(PostgresError) in
                try await session.query("select inflow.mark_all($1)", [.int64(connection.id)])
                try await session.query("select inflow.keep_sums($1)", [.int64(connection.id)])
            }
        }
    }

    /// The sums that are not what the records come to; none, unless something is wrong.
    ///
    /// Reads every record.
    public func wrong() async throws(WarehouseError) -> [Wrong] {
        try await warehouse.withSession("sums") { session throws(WarehouseError) in
            try await lifting("comparing the sums of \(connection.name)") { () async throws(PostgresError) in
                let rows = try await session.query(
                    "select kind, key from inflow.wrong_sums($1) order by 1, 2", [.int64(connection.id)])
                var wrong: [Wrong] = []
                for row in rows { wrong.append(Wrong(kind: try row.text("kind"), key: try row.text("key"))) }
                return wrong
            }
        }
    }

    /// Whether no sum of the connection has been computed yet.
    private func isFirst(_ session: PostgresConnection) async throws(PostgresError) -> Bool {
        try await session.query(
            "select not exists (select from inflow.sums_kept where connection_id = $1)", [.int64(connection.id)])[0, 0]
            .bool == true
    }

    /// Whether a mark waits; false in a warehouse without these tables.
    private func isDue(_ session: PostgresConnection) async throws(PostgresError) -> Bool {
        guard try await session.query("select to_regclass('inflow.sums_kept') is not null")[0, 0].bool == true else {
            return false
        }
        return try await session.query(
            """
            select not exists (select from inflow.sums_kept where connection_id = $1)
                or exists (select from inflow.job_due where connection_id = $1)
                or exists (select from inflow.month_due where connection_id = $1)
            """, [.int64(connection.id)])[0, 0].bool == true
    }
}
