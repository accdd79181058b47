import Foundation
import Inflow
import Warehouse

/// Runs one request of the queue in the process of the command that waits for it: no daemon serves any more.
///
/// It is a worker as those of a daemon are, with a heartbeat: a daemon that is started meanwhile leaves the request to
/// it, and takes it over if this process ends.
actor StandInWorker {
    private let wiring: Wiring
    private let request: Int64
    private var work: Task<Void, Never>?

    init(wiring: Wiring, request: Int64) {
        (self.wiring, self.request) = (wiring, request)
    }

    /// Begins, unless it works already.
    func begin() {
        guard work == nil else { return }
        Console.note("No daemon serves any more. This command runs the request itself.")
        work = Task { [wiring, request] in await StandInWorker.serve(request, wiring) }
    }

    /// Ends; a request that is under way goes back into the queue.
    func end() async {
        work?.cancel()
        await work?.value
        work = nil
    }

    private static func serve(_ request: Int64, _ wiring: Wiring) async {
        let (queue, name) = (wiring.queue, UUID().uuidString.lowercased())
        let outage = WarehouseOutage(logger: wiring.logger)
        let worker = RunWorker(
            wiring: wiring, queue: queue, worker: name, logger: wiring.logger, outage: outage, activity: RunActivity(),
            request: request)
        let beats = PeriodicService(
            name: "heartbeat", every: .milliseconds(max(200, queue.patience * 1_000 / 6)), outage: outage
        ) {
            try await queue.enlist(name, version: Version.text)
            try await queue.beat(name)
            try await queue.endDeadly()
            try await queue.revive()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await beats.run() }
            group.addTask { try? await worker.run() }
            await group.waitForAll()
        }
        await Task.detached { try? await queue.leave(name) }.value
    }
}
