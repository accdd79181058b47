public import Inflow
internal import Foundation
internal import Postgres

/// Leave for one run at a time per connection: a session lock that dies with its process.
public struct RunLock: Sendable {
    /// What is done under it: a backfill goes on beside the runs of every day.
    public enum Purpose: String, Sendable {
        /// Runs of every day, one at a time.
        case run
        /// A backfill, one at a time.
        case backfill
    }

    private let session: PostgresConnection

    /// Takes the lock, waiting at most `seconds` for another run.
    ///
    /// `onWait` is called once with the holder's name if another run holds the lock. Throws `busy`, naming the holder,
    /// when the time is over.
    public static func take(
        _ warehouse: Warehouse, for connection: Connection, _ purpose: Purpose = .run, waiting seconds: Int = 60,
        onWait: (String) -> Void
    ) async throws(WarehouseError) -> RunLock {
        // By its number: every role of the server can see what sessions are called.
        let session = try await warehouse.session(
            "run of connection \(connection.id)", lockTimeout: "\(max(1, seconds))s")
        do throws(WarehouseError) {
            try await take(session, connection, purpose, onWait)
        } catch {
            await session.close()
            throw error
        }
        return RunLock(session: session)
    }

    /// What is locked for a connection and a purpose, both given in SQL.
    static func key(of connection: String, for purpose: String) -> String {
        "hashtextextended('inflow.' || \(purpose) || ' ' || \(connection)::text, 0)"
    }

    private static func take(
        _ session: PostgresConnection, _ connection: Connection, _ purpose: Purpose, _ onWait: (String) -> Void
    ) async throws(WarehouseError) {
        let key = RunLock.key(of: "$1", for: "'\(purpose.rawValue)'")
        let parameters: [PostgresParameter] = [.text(String(connection.id))]
        let isFree = try await lifting("taking the run lock") { () async throws(PostgresError) in
            try await session.query("select pg_try_advisory_lock(\(key)) as taken", parameters)[0].bool("taken")
        }
        if isFree { return }
        let holder = try await runningNow(session, connection, purpose)
        onWait(holder)
        do throws(PostgresError) {
            try await session.query("select pg_advisory_lock(\(key))", parameters)
        } catch {
            guard error.code == .lockTimeout else { throw WarehouseError(error, doing: "waiting for \(holder)") }
            throw WarehouseError(
                .busy, subject: connection.name,
                message:
                    "Connection \"\(connection.name)\" is being read by \(holder). Nothing was read by this command. "
                    + "Wait for that run to end, or stop it with \"inflow cancel \(connection.name)\".")
        }
    }

    private static func runningNow(
        _ session: PostgresConnection, _ connection: Connection, _ purpose: Purpose
    ) async throws(WarehouseError) -> String {
        let rows = try await lifting("looking who runs") { () async throws(PostgresError) in
            try await session.query(
                """
                select id, holder, started_at from inflow.run
                where connection_id = $1 and status = 'running' and (trigger = 'backfill') = $2
                order by id desc limit 1
                """,
                [.int64(connection.id), .bool(purpose == .backfill)]
            ).read { row throws(PostgresError) in
                (id: try row.int64("id"), holder: try row.text("holder"), startedAt: try row.date("started_at"))
            }
        }
        guard let run = rows.first else { return "another run" }
        return "run \(run.id) (\(run.holder), since \(run.startedAt.formatted(.iso8601)))"
    }

    /// Whether the session still stands and so holds the lock.
    public func isHeld() async -> Bool { await session.isAlive }

    /// Gives the lock back.
    public func release() async { await session.close() }
}
