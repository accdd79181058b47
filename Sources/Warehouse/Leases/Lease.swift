internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// Leave for one process at a time to do something for a connection, over all processes and machines.
///
/// A lease is three things at once, since none is enough alone:
///
/// - A session advisory lock. It ends with its process, so nothing has to be cleaned up. But a machine that lost its
///   power or network keeps it until the server notices, and a process that was stopped (`SIGSTOP`) keeps it for ever.
/// - A row with a heartbeat, which the holder renews every ten seconds. A process that waits for the lock and finds the
///   heartbeat older than ``patience`` ends the holder's sessions at the server, all of them: what they had open is
///   rolled back, and the lock is free.
/// - A fence, since a stopped process may go on later and not know that it lost the lease. For tokens it is the row's
///   epoch, which rises each time the lock is taken; for runs the run's row, which the next holder closes
///   (``RunLog/begin(_:trigger:scope:entities:planned:continues:)``). Every commit of a holder checks its fence.
struct Lease: Sendable {
    /// What a lease is for.
    enum Purpose: String, Sendable {
        case token, run, backfill, values
    }

    let connectionID: Int64
    let purpose: Purpose

    /// Seconds without a heartbeat after which a holder counts as silent: four of them missed.
    static let patience = 45
    /// Seconds between two looks at the holder's heartbeat while its lock is waited for.
    private static let look = 5

    /// The key of the advisory lock, in SQL; both arguments are SQL.
    static func key(of connection: String, for purpose: String) -> String {
        "hashtextextended('inflow.' || \(purpose) || ' ' || \(connection)::text, 0)"
    }

    /// Whether a process that shows itself holds the lock, in SQL; both arguments are SQL.
    static func isHeld(of connection: String, for purpose: String) -> String {
        """
        exists (
            select from pg_locks l
            where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                and not exists (
                    select from inflow.lease e
                    where e.connection_id = \(connection) and e.backend = l.pid
                        and e.heartbeat_at < clock_timestamp() - interval '\(patience) seconds'
                )
                and l.database = (select d.oid from pg_database d where d.datname = current_database())
                and (l.classid::bigint << 32 | l.objid::bigint) = \(key(of: connection, for: purpose))
        )
        """
    }

    private var key: String { Lease.key(of: "'\(connectionID)'", for: "'\(purpose.rawValue)'") }

    /// Takes the lock and writes the row; waits at most `seconds` for a holder that lives.
    ///
    /// `onWait` is called once, before the first wait.
    /// - Returns: the epoch; 0 where the connection was removed.
    /// - Throws: the error `lockTimeout` when the time is over.
    func take(
        _ session: PostgresConnection, waiting seconds: Int,
        onWait: () async throws(PostgresError) -> Void = {}
    ) async throws(PostgresError) -> Int64 {
        if try await !session.query("select pg_try_advisory_lock(\(key)) as taken")[0].bool("taken") {
            try await onWait()
            try await wait(session, seconds)
        }
        let rows = try await session.query(
            Statements.leaseTake,
            [.int64(connectionID), .text(purpose.rawValue), .text(ProcessIdentity.current)])
        return rows.isEmpty ? 0 : try rows[0].int64("epoch")
    }

    private func wait(_ session: PostgresConnection, _ seconds: Int) async throws(PostgresError) {
        var left = max(1, seconds)
        // What RESET gives is the role's or the database's, not ours.
        let usual = try await session.query("select current_setting('lock_timeout') as usual")[0].text("usual")
        while true {
            try await endSilentHolder(session)
            let span = min(left, Lease.look)
            try await session.query("select set_config('lock_timeout', $1, false)", [.text("\(span)s")])
            do throws(PostgresError) {
                try await session.query("select pg_advisory_lock(\(key))")
                try await session.query("select set_config('lock_timeout', $1, false)", [.text(usual)])
                return
            } catch {
                left -= span
                guard error.code == .lockTimeout, left > 0 else { throw error }
            }
        }
    }

    /// Ends all sessions of the process that holds the lock, if its heartbeat is older than ``patience``.
    private func endSilentHolder(_ session: PostgresConnection) async throws(PostgresError) {
        let key = try await session.query("select \(key) as key")[0].int64("key")
        try await session.query(
            Statements.leaseEndSilent,
            [
                .int64(connectionID), .text(purpose.rawValue), .int64(key), .int(Lease.patience),
                .text("[\(ProcessIdentity.tag)]"),
            ])
    }

    /// Takes the lock again on a new session, where nobody has taken it since the old one was lost.
    ///
    /// - Returns: whether the lease is the epoch's; if not, the caller closes the session.
    func retake(_ epoch: Int64, _ session: PostgresConnection) async throws(PostgresError) -> Bool {
        guard try await session.query("select pg_try_advisory_lock(\(key)) as taken")[0].bool("taken") else {
            return false
        }
        return try await session.query(
            """
            update inflow.lease set heartbeat_at = clock_timestamp(), backend = pg_backend_pid()
            where connection_id = $1 and purpose = $2 and epoch = $3
            """,
            [.int64(connectionID), .text(purpose.rawValue), .int64(epoch)]
        ).affectedRows == 1
    }

    /// Shows that the holder of an epoch lives; has no effect once another process has taken the lease.
    func beat(_ epoch: Int64, _ session: PostgresConnection) async throws(PostgresError) {
        try await session.query(
            """
            update inflow.lease set heartbeat_at = clock_timestamp()
            where connection_id = $1 and purpose = $2 and epoch = $3
            """,
            [.int64(connectionID), .text(purpose.rawValue), .int64(epoch)])
    }

    /// Shows every ten seconds that the holder of an epoch lives, until the task is cancelled.
    ///
    /// A beat that fails is no fault of the work: where the session is lost so is the lock, and the fence decides.
    func heartbeat(_ epoch: Int64, _ session: PostgresConnection) -> Task<Void, Never> {
        Task {
            while (try? await Task.sleep(for: .seconds(10))) != nil { try? await beat(epoch, session) }
        }
    }
}
