internal import Inflow
internal import Synchronization

/// A permit for one call, given back once.
///
/// A reader that stops in mid-answer drops it without a word, where nothing can be awaited: then a task of its own
/// gives it back, lest the organisation's few places in flight be lost one by one.
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

    /// Says that the call has ended.
    func giveBack() async {
        let isFirst = isGivenBack.withLock { given in
            defer { given = true }
            return !given
        }
        if isFirst { await quota.finished(call) }
    }
}
