import Foundation
import Logging
import Postgres
import Warehouse

extension Wiring {
    /// What a daemon's health is judged by.
    func health(_ outage: WarehouseOutage) -> DaemonHealth {
        let cluster = settings.databaseURL == nil ? Wiring.cluster(settings) : nil
        return DaemonHealth(outage: outage, isStoppedByPerson: { cluster?.isStoppedByPerson ?? false })
    }

    /// The service that sends alerts while the warehouse is away.
    func outageAlert(_ health: DaemonHealth) -> OutageAlert {
        OutageAlert(
            channels: keptChannels, health: health, sender: alertSender(), logger: logger,
            mark: "\(settings.home)/warehouse-away")
    }

    /// Opens the warehouse for a daemon, and waits for one that is away.
    ///
    /// Meanwhile it sends the alert about it and, for ten minutes, signs of life to systemd.
    static func readyToServe() async throws -> Wiring {
        do {
            return try await ready()
        } catch let error as WarehouseError where error.mayPass {
            let wiring = try await open()
            let outage = WarehouseOutage(logger: wiring.logger)
            _ = outage.note(error)
            return try await wait(wiring, outage)
        }
    }

    private static func wait(_ wiring: Wiring, _ outage: WarehouseOutage) async throws -> Wiring {
        let health = wiring.health(outage)
        let watchdog = SystemdWatchdog(environment: ProcessInfo.processInfo.environment, health: health)
        return try await withThrowingTaskGroup(of: Wiring?.self) { group in
            group.addTask {
                try await watchdog?.run()
                return nil
            }
            group.addTask {
                try await wiring.outageAlert(health).run()
                return nil
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(2))
                    do {
                        let ready = try await ready()
                        outage.end()
                        return ready
                    } catch let error as WarehouseError where error.mayPass {
                        _ = outage.note(error)
                    }
                }
            }
            for try await one in group {
                guard let one else { continue }
                group.cancelAll()
                return one
            }
            throw CancellationError()
        }
    }
}
