import Alerts
import Curl
import Foundation
import Inflow
import Logging
import Postgres
import Sync
import Warehouse
import WorkflowMax

/// Joins the two ends: the one place that knows both the platform and the warehouse.
///
/// A command opens a `Wiring` with `ready()`, which also checks the schema, and takes the parts it needs from it: the
/// source of a connection, the secret box, the queue. `open()` skips the schema check, for the command that migrates.
///
/// Nothing here keeps state between calls, except the quota ledgers, which a process must give back before it ends
/// (`QuotaLedgers.all.close()`); `InflowCommand.main` does that on every path.
struct Wiring: Sendable {
    let settings: Settings
    let warehouse: Warehouse
    let logger: Logger
    /// The warehouse by Inflow's own role, where ``warehouse`` is asked by another.
    var own: Warehouse?

    /// The same for work that opens or stores secrets, or makes roles: by Inflow's own role.
    var vault: Wiring { Wiring(settings: settings, warehouse: own ?? warehouse, logger: logger) }

    /// Opens the warehouse that the settings name; starts the private cluster where they name none and it does not run.
    static func open() async throws -> Wiring {
        let settings = try await Settings.load()
        return Wiring(
            settings: settings, warehouse: Warehouse(url: try await databaseURL(settings)), logger: settings.logger)
    }

    /// Opens the warehouse and makes sure of its schema: migrates a private cluster, and only checks any other
    /// database.
    static func ready() async throws -> Wiring {
        let wiring = try await open()
        if wiring.settings.databaseURL == nil {
            // Only this binary uses the private cluster, so the cluster follows the binary.
            _ = try await Migrator(wiring.warehouse).migrate()
        } else {
            try await Migrator(wiring.warehouse).check()
        }
        return wiring
    }

    static func cluster(_ settings: Settings) -> PostgresCluster {
        PostgresCluster(folder: "\(settings.home)/postgres")
    }

    private static func databaseURL(_ settings: Settings) async throws -> String {
        if let url = settings.databaseURL { return url }
        do {
            let cluster = cluster(settings)
            if case .running = try await cluster.status() {
                return try cluster.url(database: "inflow")
            }
            Console.note("Starting the private PostgreSQL in \"\(cluster.folder)\".")
            try await cluster.start()
            try await cluster.ensureDatabase("inflow")
            return try cluster.url(database: "inflow")
        } catch {
            throw UserError(
                "Inflow cannot use the private PostgreSQL: \(error.detail ?? error.message) Nothing was changed. "
                    + "Run \"inflow doctor\", or set INFLOW_DATABASE_URL to a server of your own.")
        }
    }

    // MARK: parts

    func secretBox(replacingLostKey: Bool = false) async throws -> SecretBox {
        try await SecretBox.open(settings.keyFile, for: warehouse, replacingLostKey: replacingLostKey)
    }

    func transfer() -> Transfer {
        Transfer(
            configuration: CurlConfiguration(
                environment: ProcessInfo.processInfo.environment, userAgent: "inflow/\(Version.text)"))
    }

    func credentials(_ connection: Connection, _ box: SecretBox) async throws -> ClientCredentials {
        ClientCredentials(
            id: connection.settings.clientID,
            secret: try await ConnectionStore(warehouse).clientSecret(of: connection, box: box))
    }

    /// The platform as one connection sees it; throws while a person must authorise the connection again.
    func source(_ connection: Connection) async throws -> WorkflowMax {
        try await checkConsent(connection)
        let box = try await secretBox()
        // Its calls belong to a run, which outlives a restart of the server.
        let patient = warehouse.waiting(Warehouse.patienceOfRuns)
        return WorkflowMax(
            connection: connection, credentials: try await credentials(connection, box),
            vault: TokenStore(patient, connection: connection, box: box),
            quota: await QuotaLedgers.all.budget(of: connection, patient),
            transfer: transfer(), now: { Date() }, again: RetryPattern().again(), logger: logger)
    }

    /// Throws while a person must authorise a connection, again or for the first time.
    func checkConsent(_ connection: Connection) async throws {
        if let refusal = try await TokenStatus.of(connection, in: warehouse).refusal(connection) { throw refusal }
    }

    // MARK: a process that serves

    var queue: RunQueue { RunQueue(warehouse, patience: settings.workerPatience) }

    /// Keeps tokens alive, reviews every connection for incidents and delivers alerts; the daemon calls it once a
    /// minute.
    func maintain() async throws {
        for warning in await TokenMaintenance(wiring: self).keepAll() { logger.warning("\(warning)") }
        let connections = try await ConnectionStore(warehouse).list()
        for error in connections.unreadable { logger.warning("\(error.userMessage)") }
        for connection in connections.readable {
            do {
                try await review(connection)
            } catch {
                // Nobody can be reviewed while the warehouse is away, which the daemon logs for all.
                if error.mayPass { throw error }
                // One connection's error must not keep alerts from the others.
                logger.warning("Inflow could not review \"\(connection.name)\" for incidents: \(error.userMessage)")
            }
        }
        _ = try await alertSender().deliver(until: .now + .seconds(30))
        try await keptChannels.keep(warehouse) { () async throws(WarehouseError) in
            try await SecretBox.open(settings.keyFile, for: warehouse)
        }
    }

    /// Computes the sums that are due where no run does it.
    func keepSums() async throws {
        let due = try await KeptSums.due(in: warehouse)
        guard !due.isEmpty else { return }
        for connection in try await ConnectionStore(warehouse).list().readable where due.contains(connection.id) {
            do {
                try await KeptSums(warehouse, connection).keep()
            } catch {
                if error.mayPass { throw error }
                // Reports compute what is due themselves; the others are not to wait for this connection.
                logger.warning("Inflow could not compute the sums of \"\(connection.name)\": \(error.userMessage)")
            }
        }
    }

    /// Reads the settings again; warns where a change takes effect only at the next start.
    func reload() async throws {
        let fresh = try await Settings.load()
        LogLevel.set(fresh.logLevel)
        if fresh.databaseURL != settings.databaseURL || fresh.keyFile != settings.keyFile {
            logger.warning("INFLOW_DATABASE_URL or the key file changed. Restart the daemon to use the new one.")
        }
    }

    /// Gives back the calls that this process reserved and did not make.
    func close() async {
        await QuotaLedgers.all.close()
    }
}
