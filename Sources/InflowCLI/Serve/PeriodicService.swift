import Logging
import ServiceLifecycle
import Warehouse

/// Repeats a round of work until the daemon ends; logs a round that fails and continues with the next.
struct PeriodicService: Service {
    let name: String
    /// The pause between two rounds.
    let every: Duration
    let logger: Logger
    let round: @Sendable () async throws -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await round()
                } catch {
                    if Task.isCancelled { return }
                    let words = (error as? WarehouseError)?.userMessage ?? "\(error)"
                    logger.warning("\(name): \(words)")
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
