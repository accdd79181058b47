public import Inflow
internal import Foundation
internal import Postgres

/// Leave for one run at a time per connection: a ``Lease`` that ends with its process, or when that falls silent.
///
/// A holder whose session is lost, because the server was restarted, takes the lock again with its next heartbeat, unless
/// another process has taken it meanwhile: that one has closed the holder's run.
public actor RunLock {
    /// What is done under it: a backfill, and values in the background, go on beside the runs of every day.
    public enum Purpose: String, Sendable {
        /// Runs of every day, one at a time.
        case run
        /// A backfill, one at a time.
        case backfill
        /// Values in the background, one reading at a time.
        case values

        fileprivate var lease: Lease.Purpose {
            switch self {
            case .run: .run
            case .backfill: .backfill
            case .values: .values
            }
        }
    }

    private let warehouse: Warehouse
    private let lease: Lease
    private let epoch: Int64
    private var session: PostgresConnection
    private var heart: Task<Void, Never>?
    private var isReleased = false

    private init(_ warehouse: Warehouse, _ lease: Lease, _ epoch: Int64, _ session: PostgresConnection) {
        (self.warehouse, self.lease, self.epoch, self.session) = (warehouse, lease, epoch, session)
    }

    /// Takes the lock, waiting at most `seconds` for another run.
    ///
    /// `onWait` is called once with the holder's name if another run holds the lock. A holder without a heartbeat for
    /// 45 s loses it. Throws `busy`, naming the holder, when the time is over.
    public static func take(
        _ warehouse: Warehouse, for connection: Connection, _ purpose: Purpose = .run, waiting seconds: Int = 60,
        onWait: (String) -> Void
    ) async throws(WarehouseError) -> RunLock {
        // By its number: every role of the server can see what sessions are called.
        let session = try await openSession(warehouse, connection.id)
        do throws(WarehouseError) {
            let lease = Lease(connectionID: connection.id, purpose: purpose.lease)
            let epoch = try await take(lease, session, connection, purpose, seconds, onWait)
            let lock = RunLock(warehouse, lease, epoch, session)
            await lock.beginBeating()
            return lock
        } catch {
            await session.close()
            throw error
        }
    }

    private static func openSession(
        _ warehouse: Warehouse, _ connectionID: Int64
    ) async throws(WarehouseError) -> PostgresConnection {
        try await warehouse.session("run of connection \(connectionID)")
    }

    private static func take(
        _ lease: Lease, _ session: PostgresConnection, _ connection: Connection, _ purpose: Purpose, _ seconds: Int,
        _ onWait: (String) -> Void
    ) async throws(WarehouseError) -> Int64 {
        var holder = "another run"
        do throws(PostgresError) {
            return try await lease.take(session, waiting: seconds) { () async throws(PostgresError) in
                holder = try await runningNow(session, connection, purpose)
                onWait(holder)
            }
        } catch {
            guard error.code == .lockTimeout else { throw WarehouseError(error, doing: "waiting for \(holder)") }
            throw WarehouseError(
                .busy, subject: connection.name,
                message:
                    "Connection \"\(connection.name)\" is being read by \(holder). Nothing was read by this command. "
                    + "Wait for that run to end, or stop it with \"inflow cancel \(connection.name.shellWord)\".")
        }
    }

    private static func runningNow(
        _ session: PostgresConnection, _ connection: Connection, _ purpose: Purpose
    ) async throws(PostgresError) -> String {
        let rows = try await session.query(
            """
            select id, holder, started_at from inflow.run
            where connection_id = $1 and status = 'running' and inflow.run_lock(trigger) = $2
            order by id desc limit 1
            """,
            [.int64(connection.id), .text(purpose.rawValue)]
        ).read { row throws(PostgresError) in
            (id: try row.int64("id"), holder: try row.text("holder"), startedAt: try row.date("started_at"))
        }
        guard let run = rows.first else { return "another run" }
        return "run \(run.id) (\(run.holder), since \(run.startedAt.text(in: connection.settings.timeZone)))"
    }

    /// Whether the session still stands and so holds the lock.
    public func isHeld() async -> Bool { await session.isAlive }

    /// Gives the lock back.
    public func release() async {
        isReleased = true
        heart?.cancel()
        await session.close()
    }

    // MARK: heartbeat

    private func beginBeating() {
        heart = Task { [weak self] in
            while (try? await Task.sleep(for: .seconds(10))) != nil {
                guard let self else { return }
                await keep()
            }
        }
    }

    /// Shows that the holder lives; takes the lock again where its session is lost.
    ///
    /// A beat that fails is no fault of the run: whether it may still commit, its row in the run log decides.
    func keep() async {
        try? await lease.beat(epoch, session)
        guard await !session.isAlive, !isReleased,
            let fresh = try? await RunLock.openSession(warehouse, lease.connectionID)
        else { return }
        let isTaken = (try? await lease.retake(epoch, fresh)) ?? false
        guard isTaken, !isReleased else { return await fresh.close() }
        session = fresh
    }
}
