public import Inflow

/// Gives leave for calls of this process alone, first come first served, by the rules of ``Inflow/Quota``: for a source
/// that is used without a warehouse. All processes together keep the limits by the warehouse's ledger.
///
/// One for each organisation: the limits are the organisation's. A wait can be cancelled; a spent day is an error at
/// once.
public actor CallBudget: QuotaLedger {
    private var quota: Quota
    private let elapsed: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private var line: [Waiter] = []
    private var tickets = 0

    /// A caller that waits; only the first in line asks the quota.
    private struct Waiter {
        let ticket: Int
        let bell: AsyncStream<Void>.Continuation
    }

    /// A budget of which `spentToday` calls of the last 24 hours are gone; they come back 24 hours from now.
    public init(
        _ limits: Quota.Limits, spentToday: Int = 0, clock: some Clock<Duration> = ContinuousClock()
    ) {
        quota = Quota(limits, spentToday: spentToday)
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(for: $0) }
    }

    /// A budget with the limits of a connection's settings.
    public init(
        settings: ConnectionSettings, spentToday: Int = 0, clock: some Clock<Duration> = ContinuousClock()
    ) {
        self.init(
            Quota.Limits(
                atOnce: settings.callsAtOnce, perMinute: settings.callsPerMinute, perDay: settings.callsPerDay),
            spentToday: spentToday, clock: clock)
    }

    /// How many wait for leave.
    var waiting: Int { line.count }

    /// Waits for leave to make one call; throws `dayLimitReached` when the day's budget is spent, `cancelled` when
    /// cancelled.
    public func acquire(for _: CallPurpose) async throws(SourceError) -> Int {
        tickets += 1
        let ticket = tickets
        let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        line.append(Waiter(ticket: ticket, bell: bell))
        defer { leave(ticket) }
        var ring = rings.makeAsyncIterator()
        while true {
            guard !Task.isCancelled else { throw .cancelled(subject: "waiting for leave to call") }
            guard line.first?.ticket == ticket else {
                await ring.next(isolation: self)
                continue
            }
            switch quota.request(at: elapsed()) {
            case .go:
                return ticket
            case .wait(until: nil):
                await ring.next(isolation: self)
            case .wait(let until?):
                try? await sleep(max(.zero, until - elapsed()))
            case .dayIsSpent(let until):
                throw .dayIsSpent(seconds: (until - elapsed()).wholeSeconds)
            }
        }
    }

    /// Says that the answer's headers have arrived: a call counts from this moment.
    public func answered(_: Int, left _: CallsLeft) {
        quota.answered(at: elapsed())
        line.first?.bell.yield()
    }

    /// Says that the call has ended and its place in flight is free.
    public func finished(_: Int) {
        quota.finished(at: elapsed())
        line.first?.bell.yield()
    }

    /// Says that the platform refused a call: nothing is sent for so long.
    public func refused(_ refusal: CallRefusal) {
        guard let seconds = refusal.seconds else { return }
        quota.refused(until: elapsed() + .seconds(max(0, seconds)))
    }

    private func leave(_ ticket: Int) {
        line.removeAll { $0.ticket == ticket }
        line.first?.bell.yield()
    }
}

extension Duration {
    /// The seconds, rounded up.
    fileprivate var wholeSeconds: Int {
        Int(clamping: components.seconds) + (components.attoseconds > 0 ? 1 : 0)
    }
}
