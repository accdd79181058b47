public import Inflow
internal import Postgres

/// Whether work that can wait gives way: a run of a person or of the schedule goes on, or waits in the queue.
public struct RunTurn: Sendable, Hashable {
    /// Whether such a run of the connection goes on or waits.
    public let isTaken: Bool
    /// The newest of them that has ended; `nil` where there is none.
    public let newestRun: Int64?

    /// How it stands with a connection now.
    public static func of(_ connection: Connection, in warehouse: Warehouse) async throws(WarehouseError) -> RunTurn {
        let rows = try await warehouse.query(
            turn, [.int64(connection.id)], purpose: "values", doing: "looking whether another run waits"
        ) { row throws(PostgresError) in
            RunTurn(isTaken: try row.bool("is_taken"), newestRun: try row.optionalInt64("newest"))
        }
        return rows.first ?? RunTurn(isTaken: true, newestRun: nil)
    }

    /// A command of a person holds the lock before its run is in the log; a request waits before it has either.
    private static let turn = """
        select \(Lease.isHeld(of: "c.id", for: "'run'")) or exists (
                select from inflow.request q where q.connection_id = c.id and q.status <> 'done'
            ) as is_taken,
            (
                select max(r.id) from inflow.run r
                where r.connection_id = c.id and inflow.run_lock(r.trigger) = 'run' and r.status <> 'running'
            ) as newest
        from inflow.connection c
        where c.id = $1
        """
}
