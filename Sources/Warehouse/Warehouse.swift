internal import Postgres

/// The PostgreSQL database that Inflow owns: where it is and how its sessions are set.
///
/// Rules that all folders of this target keep:
///
/// - A type of a folder is named after what it keeps (`ConnectionStore`, `RunLog`) and is a value around a `Warehouse`
///   and, mostly, a `Connection`. It has no state beside the database, so any process may do any step, and a crash
///   leaves what was committed.
/// - Each piece of work opens its session and closes it (`Queries.swift`). Only the loader, the archive and the quota
///   keep one, for temporary tables or speed. PostgreSQL's errors become ``WarehouseError`` there, with what Inflow was
///   about.
/// - Every statement takes each table by `connection_id`; a test reads all of them for it. Values are parameters, names
///   are quoted.
/// - Static statements of more than six lines lie in `sql/statements`; SQL made from an entity's definition stays in
///   Swift beside what decides its parts, and golden files show its text (decision 0014).
/// - Times that are compared come from the database's clock. Locks that mean "alive" belong to a session, so that they
///   die with their process.
public struct Warehouse: Sendable {
    /// A libpq URL, or `key=value` pairs.
    public let url: String

    /// The warehouse at an address.
    public init(url: String) {
        self.url = url
    }

    /// Opens a session as the loader uses them.
    ///
    /// A lock is waited for 30 s; a statement of a client that died ends within seconds; a dead network is noticed.
    /// - Throws: `unreachable`.
    func session(
        _ purpose: String, lockTimeout: String = "30s", settings: [String: String] = [:]
    ) async throws(WarehouseError) -> PostgresConnection {
        try await lifting("opening a session for \(purpose)") { () async throws(PostgresError) in
            try await PostgresConnection.connect(
                to: url, applicationName: "inflow \(purpose) [\(ProcessIdentity.tag)]",
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
    }

    /// Opens a session for one piece of work and closes it after.
    @discardableResult
    func withSession<T: Sendable>(
        _ purpose: String, isolation: isolated (any Actor)? = #isolation,
        _ body: (PostgresConnection) async throws(WarehouseError) -> T
    ) async throws(WarehouseError) -> T {
        let session = try await self.session(purpose)
        do throws(WarehouseError) {
            let value = try await body(session)
            await session.close()
            return value
        } catch {
            await session.close()
            throw error
        }
    }
}
