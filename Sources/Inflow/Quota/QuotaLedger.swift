/// Permits calls within an organisation's limits.
public protocol QuotaLedger: Sendable {
    /// Waits for a permit for one call and returns the call's number.
    ///
    /// Throws `dayLimitReached` when the calls of the day are spent, `reserveKept` when only the reserve for more
    /// urgent work is left, `quotaStore` when the ledger fails.
    func acquire(for purpose: CallPurpose) async throws(SourceError) -> Int
    /// Records that the headers of a call's answer have arrived: the call counts from this moment.
    func answered(_ call: Int, left: CallsLeft) async
    /// Records that a call has ended and its place in flight is free.
    func finished(_ call: Int) async
    /// Records that the platform refused a call: no call is sent until the refusal ends.
    func refused(_ refusal: CallRefusal) async
}
