/// Gives leave for calls within an organisation's limits.
public protocol QuotaLedger: Sendable {
    /// Waits for leave to make one call; throws `dayLimitReached` when the day's budget is spent.
    func acquire() async throws(SourceError)
    /// Says that the answer's headers have arrived: a call counts from this moment.
    func answered() async
    /// Says that the call has ended and its place in flight is free.
    func finished() async
    /// Says that the platform refused a call for so many seconds: nothing is sent before.
    func refused(seconds: Int) async
}
