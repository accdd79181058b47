import Foundation
import Inflow
import Postgres
import Warehouse
import WorkflowMax

/// The one thing to do next, as `inflow` alone says it.
enum NextStep {
    /// The next step for this machine: what is missing first, then what needs a person, then a look at the tables.
    ///
    /// Only reads: it starts no server and changes nothing. Where the warehouse cannot be asked it says so.
    static func onThisMachine(now: Instant = Date()) async -> String {
        do {
            let settings = try await Settings.load()
            guard let url = try await url(settings) else {
                return settings.databaseURL == nil && !isSetUp(settings)
                    ? "try it with invented records, \"inflow sandbox\", or \(add)"
                    : "\"inflow database start\", because the private PostgreSQL does not run."
            }
            let warehouse = Warehouse(url: url)
            try await Migrator(warehouse).check()
            let isServed = try await RunQueue(warehouse, patience: settings.workerPatience).isServed()
            return of(try await ConnectionStatusReader(warehouse).all(now: now), isServed: isServed, now: now)
        } catch let error as WarehouseError where error.code == .olderSchema {
            return "\"inflow migrate\", because the warehouse is of an older version of Inflow."
        } catch let error as WarehouseError {
            return "\"inflow doctor\". \(error.userMessage)"
        } catch let error as PostgresError {
            return "\"inflow doctor\". \(error.detail ?? error.message)"
        } catch {
            return "\"inflow doctor\". \(error)"
        }
    }

    /// The next step for these connections; `isServed` says whether a process starts their scheduled runs.
    static func of(_ connections: [ConnectionStatus], isServed: Bool, now: Instant) -> String {
        guard !connections.isEmpty else { return add }
        let living = connections.filter { $0.pausedAt == nil }
        for one in connections where !one.problems.isEmpty {
            return "\"inflow status \(one.name.shellWord)\" "
                + "names a problem."
        }
        for one in living where one.needsConsentAt != nil || one.tokenEndsAt.map({ $0 <= now }) ?? true {
            return "\"inflow authorise \(one.name.shellWord)\", because Inflow may not read \"\(one.name)\"."
        }
        for one in living where one.lastRun == nil && one.running == 0 {
            return one.newestRun == nil
                ? "\"inflow sync \(one.name.shellWord)\" reads \"\(one.name)\" for the first time."
                : "\"inflow runs \(one.name.shellWord)\", because no Sync All of \"\(one.name)\" was successful yet."
        }
        for one in living where one.heldDeletions > 0 {
            return "\"inflow deletions \(one.name.shellWord)\": \(Console.grouped(one.heldDeletions)) rows wait "
                + "for a decision."
        }
        for one in living where one.rejections > 0 {
            return
                "\"inflow rejections \(one.name.shellWord)\": \(Console.grouped(one.rejections)) records or "
                + "values are not loaded."
        }
        if !isServed, living.contains(where: { $0.schedule.schedule.isOn }) {
            return "\"inflow serve\", or install the service, because nothing starts the daily runs now."
        }
        return "\"inflow status\" shows how everything stands; \"inflow psql\" opens the tables."
    }

    private static let add = "add an organisation: \"inflow connection add --help\" says how."

    /// The address of the warehouse; `nil` where the private server does not run.
    private static func url(_ settings: Settings) async throws -> String? {
        if let url = settings.databaseURL { return url }
        let cluster = Wiring.cluster(settings)
        guard FileManager.default.fileExists(atPath: cluster.folder) else { return nil }
        guard case .running = try await cluster.status() else { return nil }
        return try cluster.url(database: "inflow")
    }

    private static func isSetUp(_ settings: Settings) -> Bool {
        FileManager.default.fileExists(atPath: Wiring.cluster(settings).folder)
    }
}
