import Logging
import ServiceLifecycle
import Warehouse

/// Repeats a round of work until the daemon ends; logs a round that fails and continues with the next.
///
/// While the warehouse is away, ``WarehouseOutage`` logs for all services together.
struct PeriodicService: Service {
    let name: String
    /// The pause between two rounds.
    let every: Duration
    let logger: Logger
    let outage: WarehouseOutage
    let round: @Sendable () async throws -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await round()
                    outage.end()
                } catch {
                    if Task.isCancelled { return }
                    if !outage.note(error) {
                        let words = (error as? WarehouseError)?.userMessage ?? "\(error)"
                        logger.warning("\(name): \(words)")
                    }
                }
                do {
                    try await Task.sleep(for: every)
                } catch {
                    return
                }
            }
        }
    }
}
