internal import Inflow
internal import Warehouse

extension RunEngine {
    /// Reads until it is done, or until somebody asks the run to stop; tells who.
    func cancellable(
        _ run: Int64, _ body: @escaping @Sendable () async -> RunResults
    ) async -> (RunResults, RunLog.CancelRequest?) {
        await withTaskGroup(of: Ended.self) { group in
            group.addTask { .read(await body()) }
            group.addTask { .asked(await cancelRequest(run)) }
            var results = RunResults()
            var request: RunLog.CancelRequest?
            for await one in group {
                switch one {
                case .read(let read): results = read
                case .asked(let asked): request = asked
                }
                group.cancelAll()
            }
            return (results, request)
        }
    }

    /// Waits until somebody asks the run to stop; `nil` when it was done before.
    ///
    /// Two seconds may pass; a run of less has nothing to stop and asks nothing. While the warehouse does not answer, nobody
    /// can have asked.
    private func cancelRequest(_ run: Int64) async -> RunLog.CancelRequest? {
        let log = RunLog(warehouse)
        while (try? await Task.sleep(for: .seconds(2))) != nil {
            if let request = try? await log.cancelRequest(run) { return request }
        }
        return nil
    }
}

/// What came to its end first.
private enum Ended: Sendable {
    case read(RunResults)
    case asked(RunLog.CancelRequest?)
}
