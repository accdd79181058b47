internal import Postgres

/// The PostgreSQL database that Inflow owns: where it is and how its sessions are set.
///
/// Rules that all folders of this target keep:
///
/// - A type of a folder is named after what it keeps (`ConnectionStore`, `RunLog`) and is a value around a `Warehouse`
///   and, mostly, a `Connection`. It has no state beside the database, so any process may do any step, and a crash
///   leaves what was committed.
/// - Each piece of work opens its session and closes it (`Queries.swift`). Only the loader, the archive, the quota and
///   what looks up who makes a request of the page keep one, for temporary tables or speed. PostgreSQL's errors become
///   ``WarehouseError`` there, with what Inflow was about.
/// - Every statement takes each table by `connection_id`; a test reads all of them for it. Values are parameters, names
///   are quoted.
/// - Static statements of more than six lines lie in `sql/statements`; SQL made from an entity's definition stays in
///   Swift beside what decides its parts, and golden files show its text (decision 0014).
/// - Times that are compared come from the database's clock. Locks that mean "alive" belong to a session, so that they
///   die with their process.
public struct Warehouse: Sendable {
    /// A libpq URL, or `key=value` pairs.
    public let url: String
    /// How long work on a server that went away waits for it to come back; zero gives up at once.
    private var patience: Duration = .zero
    /// Where short pieces of work take their sessions from; `nil` where each opens one and closes it.
    private var pool: SessionPool?
    /// The login of the page's own, in place of the one that the address names.
    private var role: PageLogin?

    /// The warehouse at an address; work on a server that is away fails at once.
    public init(url: String) {
        self.url = url
    }

    /// The same warehouse, for work that outlives a restart of the server: it waits as long for a new session, and does
    /// a step again whose session was lost.
    public func waiting(_ patience: Duration) -> Warehouse {
        var warehouse = self
        warehouse.patience = patience
        return warehouse
    }

    /// The same warehouse, whose short pieces of work share the sessions of a pool.
    public func pooled(_ pool: SessionPool) -> Warehouse {
        var warehouse = self
        warehouse.pool = pool
        return warehouse
    }

    /// The same warehouse, asked by the page's role, which can read no sealed secret.
    public func asking(as role: PageLogin) -> Warehouse {
        var warehouse = self
        warehouse.role = role
        return warehouse
    }

    /// How long a run waits for a server that is away, in all its sessions.
    public static let patienceOfRuns: Duration = .seconds(30)
    /// How often a step is done whose session is lost each time.
    private static let mostSteps = 3

    /// Opens a session as the loader uses them.
    ///
    /// A lock is waited for 30 s; a statement of a client that died ends within seconds; a dead network is noticed.
    /// - Throws: `unreachable`, `unfit_server`.
    func session(
        _ purpose: String, lockTimeout: String = "30s", settings: [String: String] = [:]
    ) async throws(WarehouseError) -> PostgresConnection {
        if let role {
            return try await role.session { login throws(PostgresError) in
                try await connect(purpose, lockTimeout, settings, login: login)
            }
        }
        let deadline = ContinuousClock.now + patience
        var pause = Duration.milliseconds(100)
        while true {
            do throws(PostgresError) {
                return try await connect(purpose, lockTimeout, settings)
            } catch {
                guard error.mayPass, ContinuousClock.now < deadline, await Warehouse.wait(pause) else {
                    throw WarehouseError(error, doing: "opening a session for \(purpose)")
                }
                pause = min(pause * 2, .seconds(1))
            }
        }
    }

    /// Waits; false where the task is cancelled meanwhile.
    private static func wait(_ pause: Duration) async -> Bool {
        (try? await Task.sleep(for: pause)) != nil
    }

    /// Opens one session at once; `login` stands in place of those parts of the address.
    func connect(
        _ purpose: String, _ lockTimeout: String = "30s", _ settings: [String: String] = [:],
        login: [String: String] = [:]
    ) async throws(PostgresError) -> PostgresConnection {
        try await PostgresConnection.connect(
            to: url, replacing: login, applicationName: "inflow \(purpose) [\(ProcessIdentity.tag)]",
            settings: [
                "lock_timeout": lockTimeout,
                "client_connection_check_interval": "2s",
                // A peer whose machine or network died is found within a minute and a half, not after two hours.
                "tcp_keepalives_idle": "30",
                "tcp_keepalives_interval": "10",
                "tcp_keepalives_count": "6",
                "tcp_user_timeout": "90s",
                "idle_in_transaction_session_timeout": "15min",
                "client_min_messages": "warning",
                "jit": "off",
            ].merging(settings) { $1 })
    }

    /// Opens a session for one piece of work and closes it after.
    ///
    /// A warehouse that waits (``waiting(_:)``) does the piece again on a new session where its session is lost or its
    /// statement cancelled; so the piece must be one that may be done twice, also where the first commit took place.
    @discardableResult
    func withSession<T: Sendable>(
        _ purpose: String, isolation: isolated (any Actor)? = #isolation,
        _ body: (PostgresConnection) async throws(WarehouseError) -> T
    ) async throws(WarehouseError) -> T {
        for _ in 1..<Warehouse.mostSteps where patience > .zero {
            do throws(WarehouseError) {
                return try await once(purpose, body)
            } catch {
                guard error.mayPass, error.code != .unreachable, !Task.isCancelled else { throw error }
            }
        }
        return try await once(purpose, body)
    }

    private func begin(_ purpose: String) async throws(WarehouseError) -> PostgresConnection {
        guard let pool else { return try await session(purpose) }
        return try await pool.take { () async throws(WarehouseError) in try await session("page") }
    }

    private func once<T: Sendable>(
        _ purpose: String, isolation: isolated (any Actor)? = #isolation,
        _ body: (PostgresConnection) async throws(WarehouseError) -> T
    ) async throws(WarehouseError) -> T {
        let session = try await begin(purpose)
        do throws(WarehouseError) {
            let value = try await body(session)
            if let pool { await pool.giveBack(session) } else { await session.close() }
            return value
        } catch {
            if let pool { await pool.drop(session) } else { await session.close() }
            throw error
        }
    }
}
