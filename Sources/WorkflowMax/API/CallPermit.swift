internal import Inflow
internal import Synchronization

/// A permit for one call, given back once.
///
/// A reader that stops in mid-answer drops its permit where nothing can be awaited. A task then gives it back, so that
/// the organisation's few places in flight are not lost one by one.
final class CallPermit: Sendable {
    /// The call's number in the ledger.
    let call: Int
    private let quota: any QuotaLedger
    private let isGivenBack = Mutex(false)

    /// Waits for a permit.
    init(_ quota: any QuotaLedger) async throws(SourceError) {
        call = try await quota.acquire(for: .current)
        self.quota = quota
    }

    deinit {
        guard !isGivenBack.withLock({ $0 }) else { return }
        let (quota, call) = (quota, call)
        Task { await quota.finished(call) }
    }

    /// Reports to the ledger that the call has ended; a second time has no effect.
    func giveBack() async {
        let isFirst = isGivenBack.withLock { given in
            defer { given = true }
            return !given
        }
        if isFirst { await quota.finished(call) }
    }
}
