internal import Postgres

/// The PostgreSQL database that Inflow owns: where it is and how its sessions are set.
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
                to: url, applicationName: "inflow \(purpose)",
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
