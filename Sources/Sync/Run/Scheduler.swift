public import Inflow
public import Logging
public import Warehouse
internal import Foundation

/// Puts the runs that are due into the queue.
///
/// What is due is decided by `ScheduleState`, a pure value, from what the warehouse holds and the time it is given. Any
/// number of schedulers may look at once: the claim of a slot is one statement in the warehouse, and one of them wins.
public struct Scheduler: Sendable {
    private let store: ScheduleStore
    private let logger: Logger
    private let now: Now

    /// A scheduler of all connections of a warehouse.
    public init(_ warehouse: Warehouse, logger: Logger, now: @escaping Now) {
        store = ScheduleStore(warehouse)
        self.logger = logger
        self.now = now
    }

    /// Claims every slot, and every further attempt, that is to begin now.
    ///
    /// - Returns: the numbers of the requests it put into the queue.
    @discardableResult
    public func round() async throws(WarehouseError) -> [Int64] {
        var requests: [Int64] = []
        let now = now()
        for (connection, state) in try await store.states(now: now).sorted(by: { $0.key < $1.key }) {
            guard case .run(let slot, let attempt, let why) = state.decision(at: now) else { continue }
            let request = try await store.claim(
                connection, slot, attempt: attempt, isCatchUp: why == .catchUp, now: now)
            guard let request else { continue }
            requests.append(request)
            Failpoint.pass(.slotClaimed)
            logger.notice(
                "slot claimed",
                metadata: [
                    "connection": "\(connection)", "slot": "\(slot.key)", "attempt": "\(attempt)",
                    "why": "\(why.rawValue)",
                    "request": "\(request)",
                ])
        }
        return requests
    }
}
