/// Permits calls within an organisation's limits, as a state machine without I/O: times in, verdicts out.
///
/// The platform counts a call when the request reaches it: after Inflow sends it and before the headers of its answer
/// arrive. So a call counts here from its permit to its answer, and for the length of the window after the answer.
/// However slow the network, the platform never sees more than the limit in any of its windows. A count from the
/// sending would let slow calls arrive there together. Source: API V1, limits 5 / 60 / 5,000; reference §2.7.
///
/// Times are durations since an origin that the caller chooses, and never go back.
public struct Quota: Sendable {
    /// How many calls are allowed; 0 is no limit.
    public struct Limits: Sendable, Hashable {
        /// In flight at once.
        public var atOnce: Int
        /// In any 60 seconds.
        public var perMinute: Int
        /// In any 24 hours.
        public var perDay: Int

        /// Limits from their parts; 0 is no limit.
        public init(atOnce: Int, perMinute: Int, perDay: Int) {
            self.atOnce = atOnce
            self.perMinute = perMinute
            self.perDay = perDay
        }
    }

    /// The answer to a request for a call.
    public enum Verdict: Sendable, Hashable {
        /// Call now; the call is under way from here on.
        case go
        /// Ask again at that time, or, when `nil`, after the next call under way was answered or ended.
        case wait(until: Duration?)
        /// Ask again at that time, which is too far to wait for.
        case dayIsSpent(until: Duration)
    }

    /// The longest wait that a caller sits out; a longer one means that the day is spent.
    public static let patience = Duration.seconds(120)

    private let limits: Limits
    /// Calls under way, answered or not.
    private var inFlight = 0
    /// Calls under way whose answer has not begun.
    private var unanswered = 0
    private var minute: Recent
    private var day: Recent
    private var refusedUntil: Duration?

    /// An unused quota, except for `spentToday` calls that count as made at time zero.
    public init(_ limits: Limits, spentToday: Int = 0) {
        self.limits = limits
        minute = Recent(span: .seconds(60), most: limits.perMinute)
        day = Recent(span: .seconds(86_400), most: limits.perDay)
        if limits.perDay > 0 { for _ in 0..<min(max(0, spentToday), limits.perDay) { day.add(.zero) } }
    }

    /// Asks for a permit for one call.
    public mutating func request(at time: Duration) -> Verdict {
        minute.forget(at: time)
        day.forget(at: time)
        if let until = refusedUntil {
            if until > time { return far(until, from: time) }
            refusedUntil = nil
        }
        if limits.perDay > 0, day.count + unanswered >= limits.perDay {
            return day.whenFree(beside: unanswered).map { far($0, from: time) } ?? .wait(until: nil)
        }
        if limits.atOnce > 0, inFlight >= limits.atOnce { return .wait(until: nil) }
        if limits.perMinute > 0, minute.count + unanswered >= limits.perMinute {
            return .wait(until: minute.whenFree(beside: unanswered))
        }
        inFlight += 1
        unanswered += 1
        return .go
    }

    /// The headers of a call's answer have arrived.
    public mutating func answered(at time: Duration) {
        guard unanswered > 0 else { return }
        unanswered -= 1
        minute.add(time)
        day.add(time)
    }

    /// A call has ended, well or not; a call without an answer counts as answered now, since it may have reached the
    /// platform.
    public mutating func finished(at time: Duration) {
        guard inFlight > 0 else { return }
        inFlight -= 1
        if unanswered > inFlight { answered(at: time) }
    }

    /// The platform accepts no call before that time.
    public mutating func refused(until time: Duration) {
        refusedUntil = max(refusedUntil ?? time, time)
    }

    private func far(_ until: Duration, from time: Duration) -> Verdict {
        until - time > Quota.patience ? .dayIsSpent(until: until) : .wait(until: until)
    }

    /// The answers within a span up to now, oldest first.
    private struct Recent: Sendable {
        let span: Duration
        let most: Int
        private var times: [Duration] = []
        private var first = 0

        init(span: Duration, most: Int) {
            self.span = span
            self.most = most
        }

        var count: Int { times.count - first }

        mutating func add(_ time: Duration) {
            if most > 0 { times.append(time) }
        }

        mutating func forget(at time: Duration) {
            while first < times.count, times[first] + span <= time { first += 1 }
            if first > 1_024, first * 2 > times.count {
                times.removeFirst(first)
                first = 0
            }
        }

        /// When a call beside `others` further ones has room; `nil` when time alone does not bring it.
        func whenFree(beside others: Int) -> Duration? {
            let leaving = count + others - most
            guard leaving >= 0, leaving < count else { return nil }
            return times[first + leaving] + span
        }
    }
}
