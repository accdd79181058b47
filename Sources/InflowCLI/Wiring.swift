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
struct Wiring: Sendable {
    let settings: Settings
    let warehouse: Warehouse
    let logger: Logger

    /// The warehouse of the settings; the private cluster is started if it is meant and not running.
    static func open() async throws -> Wiring {
        let settings = try await Settings.load()
        return Wiring(
            settings: settings, warehouse: Warehouse(url: try await databaseURL(settings)), logger: settings.logger)
    }

    /// The same, with the warehouse's schema made sure of.
    static func ready() async throws -> Wiring {
        let wiring = try await open()
        if wiring.settings.databaseURL == nil {
            // The private cluster is nobody else's: it follows the binary.
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
                "The private PostgreSQL could not be used: \(error.detail ?? error.message) Nothing was changed. "
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

    /// The platform as one connection sees it; refused while a person must authorise it again.
    func source(_ connection: Connection) async throws -> WorkflowMax {
        if let refusal = try await TokenStatus.of(connection, in: warehouse).refusal(connection) { throw refusal }
        let box = try await secretBox()
        return WorkflowMax(
            connection: connection, credentials: try await credentials(connection, box),
            vault: TokenStore(warehouse, connection: connection, box: box),
            quota: await QuotaLedgers.all.budget(of: connection, warehouse),
            transfer: transfer(), now: { Date() }, again: RetryPattern().again(), logger: logger)
    }

    // MARK: a process that serves

    /// The queue of runs.
    var queue: RunQueue { RunQueue(warehouse, patience: settings.workerPatience) }

    /// What is to be looked after whether or not anything runs.
    func maintain() async throws {
        for warning in await TokenMaintenance(wiring: self).keepAll() { logger.warning("\(warning)") }
        for connection in try await ConnectionStore(warehouse).list() {
            do {
                try await review(connection)
            } catch {
                // The others are looked at, and what waits is delivered, all the same.
                logger.warning("\"\(connection.name)\" could not be looked at: \(error.userMessage)")
            }
        }
        _ = try await alertSender().deliver(until: .now + .seconds(30))
    }

    /// Reads the settings again; what takes a new start is told.
    func reload() async throws {
        let fresh = try await Settings.load()
        LogLevel.set(fresh.logLevel)
        if fresh.databaseURL != settings.databaseURL || fresh.keyFile != settings.keyFile {
            logger.warning("The warehouse or the key file is another one now: that takes a new start.")
        }
    }

    /// Gives back what this process holds.
    func close() async {
        await QuotaLedgers.all.close()
    }
}
