import ServiceLifecycle
import Warehouse

/// Repeats a round of work until the daemon ends; a round that fails is logged by ``WarehouseOutage``, which says the same
/// once an hour, and the next follows.
struct PeriodicService: Service {
    let name: String
    /// The pause between two rounds.
    let every: Duration
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
                        outage.log(name, words)
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
