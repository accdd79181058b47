internal import Inflow
internal import Postgres
internal import SQLFiles

/// Runs whose process ended, or fell silent, without closing them.
extension RunLog {
    /// Closes the dead runs of all connections as interrupted, backfills too; those that a request of the queue goes on
    /// with are left to it.
    ///
    /// - Returns: their numbers.
    @discardableResult
    public func closeDead() async throws(WarehouseError) -> [Int64] {
        try await warehouse.transaction(purpose: "run log", doing: "looking for dead runs") {
            session throws(PostgresError) in try RunLog.closeSilent(of: nil, session)
        }
    }

    /// The same for one connection or all, within the caller's transaction.
    ///
    /// The process that closes a run holds its lock until the transaction ends, so that no other can have it. A process
    /// whose server was restarted is without the lock for some seconds: it is dead only when its heartbeat is old, or when
    /// it was one of this machine and is gone.
    static func closeSilent(
        of connection: Int64?, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [Int64] {
        let parameter: PostgresParameter = connection.map { .int64($0) } ?? .null
        let candidates = try session.query(Statements.runsWithoutLock, [parameter])
        var closed: [Int64] = []
        for row in candidates {
            let (isSilent, holder) = (try row.bool("is_silent"), try row.text("holder"))
            guard isSilent || ProcessIdentity.isGone(holder) else { continue }
            let lock = Lease.key(of: "$1", for: "'\(try row.text("purpose"))'")
            let owner = PostgresParameter.text(String(try row.int64("connection_id")))
            guard try session.query("select pg_try_advisory_xact_lock(\(lock)) as taken", [owner])[0].bool("taken")
            else { continue }
            closed += try closeDead(
                try row.int64("connection_id"), where: "id = \(try row.int64("id"))", session)
        }
        return closed
    }
}
