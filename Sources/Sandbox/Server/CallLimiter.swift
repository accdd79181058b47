/// Counts the calls of one organisation against the three limits; a state machine without I/O.
struct CallLimiter: Sendable {
    /// Why a call is refused.
    struct Refusal: Sendable, Hashable {
        /// `concurrent`, `minute` or `day`.
        var problem: String
        /// Whole seconds after which to try again.
        var retryAfter: Int
    }

    let limits: SandboxLimits
    private var inFlight = 0
    /// Times of the calls let through within the last day, oldest first.
    private var times: [Double] = []
    private var oldest = 0

    init(limits: SandboxLimits) {
        self.limits = limits
    }

    /// Lets a call through and counts it, or returns why not; `now` is in seconds and never goes back.
    mutating func admit(now: Double) -> Refusal? {
        while oldest < times.count, times[oldest] <= now - limits.daySeconds { oldest += 1 }
        if oldest > 1000, oldest > times.count / 2 {
            times.removeFirst(oldest)
            oldest = 0
        }
        if limits.atOnce > 0, inFlight >= limits.atOnce { return Refusal(problem: "concurrent", retryAfter: 1) }
        if limits.perDay > 0, times.count - oldest >= limits.perDay {
            let free = times[times.count - limits.perDay] + limits.daySeconds - now
            return Refusal(problem: "day", retryAfter: max(1, Int(free.rounded(.up))))
        }
        if limits.perMinute > 0, times.count - oldest >= limits.perMinute {
            let free = times[times.count - limits.perMinute] + limits.windowSeconds - now
            if free > 0 { return Refusal(problem: "minute", retryAfter: max(1, Int(free.rounded(.up)))) }
        }
        inFlight += 1
        if limits.perMinute > 0 || limits.perDay > 0 { times.append(now) }
        return nil
    }

    /// Counts a call as done.
    mutating func finish() {
        inFlight -= 1
    }

    /// Calls still allowed within the minute and the day, at least 0; nil where a limit is off.
    func remaining(now: Double) -> (minute: Int?, day: Int?) {
        var recent = 0
        if limits.perMinute > 0 {
            recent = times.count - (times.lastIndex { $0 <= now - limits.windowSeconds } ?? -1) - 1
        }
        return (
            limits.perMinute > 0 ? max(0, limits.perMinute - recent) : nil,
            limits.perDay > 0 ? max(0, limits.perDay - (times.count - oldest)) : nil
        )
    }
}
