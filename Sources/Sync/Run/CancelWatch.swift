internal import Inflow
internal import Warehouse

/// Watches the run log for a request to cancel a run while the run reads.
struct CancelWatch: Sendable {
    let log: RunLog
    let run: Int64

    private enum Ended: Sendable {
        case reading(RunResults)
        case watching(RunLog.CancelRequest?)
    }

    /// Reads until `body` is done, or until a person asks for the run to be cancelled; then `body`'s task is cancelled.
    func during(_ body: @escaping @Sendable () async -> RunResults) async -> (RunResults, RunLog.CancelRequest?) {
        await withTaskGroup(of: Ended.self) { group in
            group.addTask { .reading(await body()) }
            group.addTask { .watching(await firstRequest()) }
            var results = RunResults()
            var request: RunLog.CancelRequest?
            for await one in group {
                switch one {
                case .reading(let read): results = read
                case .watching(let asked): request = asked
                }
                group.cancelAll()
            }
            return (results, request)
        }
    }

    /// Waits for the request; `nil` when the run ended first.
    ///
    /// Looks every two seconds, and first after two: a shorter run has nothing to cancel. While the warehouse does not
    /// answer, no request can have reached it.
    private func firstRequest() async -> RunLog.CancelRequest? {
        while (try? await Task.sleep(for: .seconds(2))) != nil {
            if let request = try? await log.cancelRequest(run) { return request }
        }
        return nil
    }
}
