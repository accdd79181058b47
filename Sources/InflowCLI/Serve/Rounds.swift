import Foundation
import Inflow
import Logging
import ServiceLifecycle
import Warehouse

/// Does a round of work again and again until the daemon ends; a round that fails is logged and the next one comes all the same.
struct Rounds: Service {
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
                    let words = (error as? WarehouseError)?.told ?? "\(error)"
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

/// Looks what is due and puts it into the queue.
struct Scheduler: Sendable {
    let store: ScheduleStore
    let logger: Logger
    let now: Now

    /// Claims every slot, and every further attempt, that is to begin now.
    func round() async throws(WarehouseError) {
        let now = now()
        for (connection, state) in try await store.states(now: now).sorted(by: { $0.key < $1.key }) {
            guard case .run(let slot, let attempt, let why) = state.decision(at: now) else { continue }
            let request = try await store.claim(
                connection, slot, attempt: attempt, isCatchUp: why == .catchUp, now: now)
            guard let request else { continue }
            Failpoint.pass(.slotClaimed)
            logger.notice(
                "slot claimed",
                metadata: [
                    "connection": "\(connection)", "slot": "\(slot.key)", "attempt": "\(attempt)", "why": "\(why.rawValue)",
                    "request": "\(request)",
                ])
        }
    }
}
