import Logging
import ServiceLifecycle
import Warehouse

/// Does a round of work again and again until the daemon ends; a round that fails is logged and the next one comes all the same.
struct PeriodicService: Service {
    /// What it is, for the log.
    let name: String
    /// The pause between two rounds.
    let every: Duration
    let logger: Logger
    /// One round.
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
