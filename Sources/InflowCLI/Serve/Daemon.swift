import Foundation
import Inflow
import Logging
import Postgres
import ServiceLifecycle
import Sync
import UnixSignals
import Warehouse

/// The services of `inflow serve`, in one process.
///
/// - Heartbeat: says in the warehouse that this process lives, and which requests it works on.
/// - Dead workers: puts requests of silent processes back into the queue.
/// - Schedule: puts due runs into the queue; each slot once, however many daemons serve (`SlotClaim`).
/// - Maintenance: refreshes tokens, reviews connections for incidents, delivers alerts.
/// - Values: reads in the background what costs one call for each record (``ValueReading``).
/// - Sums: computes what reports are made of where no run does it (``KeptSums``).
/// - Outage: an alert over the channels as last known, when the warehouse is away (``OutageAlert``).
/// - Workers: take requests from the queue, one after the other, and run them; one of them takes backfills only.
/// - Private PostgreSQL, where no other is named: started again when it dies or was upgraded (``ServerKeeper``).
/// - Reload of the log level on SIGHUP, the Connection page with health and metrics, and signs of life for systemd.
///
/// A service group starts them together. SIGTERM or SIGINT ends all: workers drop the chunk under way and put their
/// request back, and the process leaves the list of workers before it ends, so that another daemon continues at once.
struct Daemon: Sendable {
    let wiring: Wiring
    let workers: Int
    /// The name of this process in the queue, new at each start: a restarted process is not the one that ended.
    let worker = UUID().uuidString.lowercased()
    var now: Now = { Date() }

    /// Serves until a signal ends it.
    func run(_ serving: PageServing, onReady: @escaping @Sendable (Int) -> Void) async throws {
        let queue = wiring.queue
        try await queue.enlist(worker, version: Version.text)
        try await queue.endDeadly()
        try await queue.revive()
        let outage = WarehouseOutage(logger: wiring.logger)
        let cluster = wiring.settings.databaseURL == nil ? Wiring.cluster(wiring.settings) : nil
        let health = wiring.health(outage)
        let activity = RunActivity()
        let keeper = cluster.map { ServerKeeper(cluster: $0, logger: wiring.logger, isReading: { activity.isAny }) }
        let watchdog = SystemdWatchdog(environment: ProcessInfo.processInfo.environment, health: health)
        var services: [any Service] = self.services(queue, outage, activity)
        services.append(wiring.outageAlert(health))
        if let keeper { services.append(keeper) }
        if let watchdog { services.append(watchdog) }
        services += try await pages(serving, health, onReady)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: wiring.logger))
        do {
            try await group.run()
        } catch {
            await leave(queue)
            throw error
        }
        await leave(queue)
    }

    private func leave(_ queue: RunQueue) async {
        // Requests that this process holds go back at once, instead of after the heartbeat has been silent for a while.
        await Task.detached { try? await queue.leave(worker) }.value
        await wiring.close()
    }

    private func services(
        _ queue: RunQueue, _ outage: WarehouseOutage, _ activity: RunActivity
    ) -> [any Service] {
        let logger = wiring.logger
        let scheduler = Scheduler(wiring.warehouse, logger: logger, now: now)
        let beats = PeriodicService(
            name: "heartbeat", every: .milliseconds(max(200, queue.patience * 1_000 / 6)),
            outage: outage
        ) { [worker] in
            try await queue.enlist(worker, version: Version.text)
            try await queue.beat(worker)
        }
        let revival = PeriodicService(
            name: "dead workers", every: .milliseconds(max(200, queue.patience * 1_000 / 3)),
            outage: outage
        ) { [wiring] in
            for request in try await queue.endDeadly() {
                logger.error(
                    "request ended as failed: its worker fell silent too often", metadata: ["request": "\(request)"])
            }
            for run in try await RunLog(wiring.warehouse).closeDead() {
                logger.notice("run closed as interrupted: its process is gone, or silent", metadata: ["run": "\(run)"])
            }
            for request in try await queue.revive() {
                logger.notice("worker is silent: request goes back into the queue", metadata: ["request": "\(request)"])
            }
        }
        let schedule = PeriodicService(name: "schedule", every: .seconds(2), outage: outage) {
            try await scheduler.round()
        }
        let maintenance = PeriodicService(
            name: "maintenance", every: .seconds(60), outage: outage
        ) { [wiring] in
            try await wiring.maintain()
        }
        let reading = ValueReading(wiring: wiring, now: now)
        let values = PeriodicService(name: "values", every: .seconds(2), outage: outage) {
            try await reading.round()
        }
        let sums = PeriodicService(name: "sums", every: .seconds(60), outage: outage) { [wiring] in
            try await wiring.keepSums()
        }
        let workers = (0..<workers).map { _ in
            RunWorker(
                wiring: wiring, queue: queue, worker: worker, logger: logger, outage: outage, activity: activity,
                lane: .everyday)
        }
        // One for history, so that a backfill of hours keeps no daily run waiting.
        let history = RunWorker(
            wiring: wiring, queue: queue, worker: worker, logger: logger, outage: outage, activity: activity,
            lane: .history)
        return [beats, revival, schedule, maintenance, values, sums, SettingsReload(wiring: wiring), history] + workers
    }

    private func pages(
        _ serving: PageServing, _ health: DaemonHealth, _ onReady: @escaping @Sendable (Int) -> Void
    ) async throws -> [any Service] {
        guard serving.options.port >= 0 else {
            onReady(serving.options.port)
            return []
        }
        return [try await wiring.page(serving, fault: { health.fault }, onReady: onReady)]
    }
}

/// Reads the log level again on SIGHUP; warns if a setting changed that needs a restart.
private struct SettingsReload: Service {
    let wiring: Wiring

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                do {
                    try await wiring.reload()
                    wiring.logger.notice("Inflow read the log level again")
                } catch {
                    wiring.logger.warning(
                        "Inflow could not read the settings again and keeps the log level: \(error)")
                }
            }
        }
    }
}
