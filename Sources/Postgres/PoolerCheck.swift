import CLibPQ
import Synchronization

/// Recognises a connection pooler that gives each transaction another session of the server, such as PgBouncer with
/// `pool_mode = transaction` or `statement`.
///
/// Behind one, locks, temporary tables and settings of a session are lost between two statements, or meet those of
/// other clients. A pooler that keeps one session for each client (`pool_mode = session`) does no harm.
///
/// A pooler answers the login itself, so the process number that libpq was given is not that of the server's process.
/// Only then a second session is opened: if it is served by the process of the first one, or the first one changes its
/// process while the second holds a transaction open, sessions are shared. Nothing is set or locked before: what a
/// shared session is left with would meet other programs.
struct PoolerCheck {
    private let first: PostgresSession
    private let string: ConnectionString

    /// Rounds in which a session of a busy pool may by chance come back to the same client.
    private static let rounds = 3
    /// Servers behind which a pooler was found that keeps sessions apart.
    private static let known = Mutex<Set<[String: String]>>([])

    init(_ first: PostgresSession, _ string: ConnectionString) {
        (self.first, self.string) = (first, string)
    }

    /// Checks the session.
    ///
    /// - Throws: `transaction_pooling`; `cannot_connect` where the pooler has no second session.
    func run() throws(PostgresError) {
        let process = try process(of: first)
        guard process != PQbackendPID(first.connection), !Self.known.withLock({ $0.contains(place) }) else { return }
        let second = try PostgresSession(string, canceller: PostgresCanceller())
        second.deadline = string.timeout == 0 ? nil : .now + .seconds(string.timeout)
        if try self.process(of: second) == process { throw refusal }
        for _ in 1...Self.rounds {
            try second.query("begin")
            let other = try self.process(of: second)
            let own = try self.process(of: first)
            if other == process || own != process { throw refusal }
            try second.query("rollback")
        }
        _ = Self.known.withLock { $0.insert(place) }
    }

    /// Where the session leads, without what differs between sessions.
    private var place: [String: String] {
        string.values.filter { ["host", "hostaddr", "port", "dbname", "user"].contains($0.key) }
    }

    private func process(of session: PostgresSession) throws(PostgresError) -> Int32? {
        for _ in 1..<SessionSettings.tries {
            do throws(PostgresError) {
                return try number(session)
            } catch {
                guard error.code == .statementCancelled else { throw error }
            }
        }
        return try number(session)
    }

    private func number(_ session: PostgresSession) throws(PostgresError) -> Int32? {
        try session.query("select pg_backend_pid()")[0, 0].int.map(Int32.init(truncatingIfNeeded:))
    }

    private var refusal: PostgresError {
        PostgresError(
            .transactionPooling,
            detail: "A connection pooler (such as PgBouncer) stands before the server and gives each transaction "
                + "another session (pool_mode transaction or statement). Inflow needs sessions of its own for locks, "
                + "temporary tables and COPY.",
            hint: "Name the server itself in INFLOW_DATABASE_URL, or a pool with pool_mode = session.")
    }
}
