/// The quota of calls of one organisation, shared by all processes that read it: a state machine without I/O.
///
/// The value is a ledger that the warehouse stores in one row, and an exchange with it is one transaction. A process
/// takes permits in batches (``LocalQuota`` is its side), reports later which calls were answered and when, and returns
/// permits that it does not need. One clock decides, the ledger's own; times are whole microseconds.
///
/// **Why the platform never sees too many calls.** It counts a call when the request reaches it: after the permit and
/// before the headers of the answer. So a permit counts from its issue until the length of the minute (the day) after
/// the headers, and the next call in its place starts after that. At the platform, two calls in one place are at least
/// a window apart, and there are no more places than calls allowed. The ledger gives away a place ahead of time, with
/// the time before which its call must not start; so a batch costs one exchange and the place does not lie idle.
///
/// **What goes wrong.** A process that has been silent for ``Limits/lapse`` is dead: its permits count as used from
/// then on, and its places in flight are free. It stops using permits earlier by itself, so a process that only slept
/// does no harm. Calls of other programs show in the headers of the platform; from then on they count as Inflow's.
public struct SharedQuota: Sendable, Hashable {
    /// Until when each call counts for the minute, rising; past ones stay for one more window.
    public var minute: [Int64] = []
    /// Until when calls count for the day, rising, with their number: calls of one span end together.
    public var day: [DaySpan] = []
    /// Until when the platform accepts no call.
    public var refusedUntil: Int64?
    /// Whether it refused for the day.
    public var isDayRefused = false
    /// Processes that hold permits or places, or wait for them.
    public var holders: [Holder] = []

    /// Calls that stop counting for the day at the same time.
    public struct DaySpan: Sendable, Hashable {
        /// Until when they count.
        public var until: Int64
        /// The number of calls.
        public var calls: Int

        /// Calls of a span.
        public init(until: Int64, calls: Int) {
            self.until = until
            self.calls = calls
        }
    }

    /// A process as the ledger knows it.
    public struct Holder: Sendable, Hashable {
        /// Its identifier, which the process chose.
        public let id: String
        /// The machine and the process, for people to read.
        public let who: String
        /// Permits it holds: in stock, or used and not yet reported.
        public var permits = 0
        /// Places in flight it may use.
        public var places = 0
        /// Calls that wait in it for a permit.
        public var wants = 0
        /// Since when it waits for a place in flight; `nil` when it does not.
        public var waitingSince: Int64?
        /// The time of its last exchange.
        public var seenAt: Int64

        /// A process that holds nothing yet.
        public init(id: String, who: String, seenAt: Int64) {
            self.id = id
            self.who = who
            self.seenAt = seenAt
        }
    }

    /// A ledger without calls or processes.
    public init() {}

    // MARK: one exchange

    /// One exchange of a process with the ledger: records its report and gives it the permits it may have.
    public mutating func exchange(_ report: Report, _ limits: Limits, at now: Int64) -> Reply {
        bury(limits, now)
        forget(limits, now)
        var own: Holder
        if let place = holders.firstIndex(where: { $0.id == report.holder }) {
            own = holders.remove(at: place)
        } else if report.isNew {
            own = Holder(id: report.holder, who: report.who, seenAt: now)
        } else {
            return Reply(now: now, isKnown: false)
        }
        writeDown(report, &own, limits, now)
        var reply = Reply(now: now)
        decide(report, &own, limits, &reply)
        (own.seenAt, own.wants) = (now, report.wants)
        reply.places = own.places
        reply.isKept = own.permits > 0 || own.places > 0 || own.wants > 0
        if reply.isKept { holders.append(own) }
        return reply
    }

    private mutating func writeDown(_ report: Report, _ own: inout Holder, _ limits: Limits, _ now: Int64) {
        own.permits = max(0, own.permits - report.answered.count - report.unused.count)
        own.places = report.inFlight
        for ago in report.answered { count(1, at: now - ago, limits) }
        // A place given ahead of time goes back to the time at which it would be free.
        for stamp in report.unused where limits.perMinute > 0 && stamp > now { insert(stamp) }
        if let refusal = report.refusal {
            refusedUntil = max(refusedUntil ?? 0, now + refusal.wait)
            isDayRefused = refusal.isForTheDay
        } else if let until = refusedUntil, until <= now {
            (refusedUntil, isDayRefused) = (nil, false)
        }
        if let left = report.left { correct(left, limits, now, out: own.permits + permitsOut) }
    }

    /// Gives permits and places, as far as the limits allow.
    private mutating func decide(_ report: Report, _ own: inout Holder, _ limits: Limits, _ reply: inout Reply) {
        let now = reply.now
        if let until = refusedUntil {
            reply.refusedUntil = until
            own.waitingSince = nil
            return
        }
        guard report.wants > 0 else {
            own.waitingSince = nil
            return
        }
        var most = wanted(report, own, limits, &reply)
        let soon = soonest(most, out: own.permits + permitsOut, limits, &reply)
        most = min(most, soon)
        guard most > 0 else {
            own.waitingSince = nil
            return
        }
        let room = places(own, report.wants, limits, now)
        guard own.places + room > 0 else {
            own.waitingSince = own.waitingSince ?? now
            reply.askAgainAt = now + limits.pause
            return
        }
        own.waitingSince = nil
        own.places += room
        let forAll = limits.perDay > 0 ? max(0, callsLeft(own, limits, now) - limits.reserve) : most
        for (index, stamp) in take(most, own, limits, now).enumerated() {
            reply.permits.append(Permit(stamp: stamp, isForAll: index < forAll))
        }
        own.permits += reply.permits.count
    }

    /// How many of the wanted calls the day allows; if none, the reply says until when.
    private func wanted(_ report: Report, _ own: Holder, _ limits: Limits, _ reply: inout Reply) -> Int {
        guard limits.perDay > 0 else { return report.wants }
        let left = callsLeft(own, limits, reply.now)
        if left <= 0 {
            reply.spentUntil = dayIsFree(limits.perDay, at: reply.now)
            if reply.spentUntil == nil { reply.askAgainAt = reply.now + limits.pause }
            return 0
        }
        let background = min(report.wantsBackground, max(0, left - limits.reserve))
        if background < report.wantsBackground, left <= limits.reserve {
            reply.reserveUntil = dayIsFree(limits.perDay - limits.reserve, at: reply.now) ?? reply.now + limits.pause
        }
        return min(left, report.wantsRun + background)
    }

    /// How many of `most` calls the limit per minute allows now or soon; if none, sets `reply.askAgainAt`.
    private func soonest(_ most: Int, out: Int, _ limits: Limits, _ reply: inout Reply) -> Int {
        guard limits.perMinute > 0, most > 0 else { return most }
        let first = firstCounting(at: reply.now)
        let free = limits.perMinute - (minute.count - first) - out
        if free >= most { return most }
        // More calls count than are allowed: the first of them make no room when they end.
        let start = first + max(0, -free)
        let soon = minute[min(start, minute.count)...].prefix { $0 <= reply.now + limits.horizon }.count
        let found = min(most, max(0, free) + soon)
        if found == 0 {
            guard start < minute.count else {
                reply.askAgainAt = reply.now + limits.pause
                return 0
            }
            // The time at which a batch is free, but no later than the first place.
            let batch = min(most, max(1, limits.perMinute / 10))
            let last = minute[min(start + batch, minute.count) - 1]
            reply.askAgainAt = max(reply.now + 1, min(minute[start], last - limits.horizon))
        }
        return found
    }

    /// Takes places of the minute: free ones first, then those that will be free soonest.
    ///
    /// Returns when each may be used.
    private mutating func take(_ most: Int, _ own: Holder, _ limits: Limits, _ now: Int64) -> [Int64] {
        guard limits.perMinute > 0 else { return Array(repeating: now, count: most) }
        let first = firstCounting(at: now)
        let free = limits.perMinute - (minute.count - first) - own.permits - permitsOut
        let ready = max(0, min(most, free))
        let start = min(first + max(0, -free), minute.count)
        let end = min(start + most - ready, minute.count)
        let ahead = Array(minute[start..<end])
        minute.removeSubrange(start..<end)
        return Array(repeating: now, count: ready) + ahead
    }

    /// How many more places in flight a process may have: its share, but none that another has waited for longer.
    private func places(_ own: Holder, _ wants: Int, _ limits: Limits, _ now: Int64) -> Int {
        guard limits.atOnce > 0 else { return wants }
        let taken = holders.reduce(own.places) { $0 + $1.places }
        let since = own.places > 0 ? now : own.waitingSince ?? now
        let before = holders.count { $0.places == 0 && ($0.waitingSince.map { $0 < since } ?? false) }
        let others = holders.count { $0.places > 0 || $0.wants > 0 }
        let share = (limits.atOnce + others) / (others + 1)
        return max(0, min(wants, limits.atOnce - taken - before, max(1, share) - own.places))
    }

    // MARK: counting

    private var permitsOut: Int { holders.reduce(0) { $0 + $1.permits } }

    private func callsLeft(_ own: Holder, _ limits: Limits, _ now: Int64) -> Int {
        limits.perDay - usedToday(at: now) - own.permits - permitsOut
    }

    /// Calls that count for the minute at a time, permits not included.
    public func usedThisMinute(at now: Int64) -> Int { minute.count - firstCounting(at: now) }

    /// Calls that count for the day at a time, permits not included.
    public func usedToday(at now: Int64) -> Int { day.reduce(0) { $0 + ($1.until > now ? $1.calls : 0) } }

    /// When fewer than `most` answered calls of the day count; `nil` when that is now.
    public func dayIsFree(_ most: Int, at now: Int64) -> Int64? {
        var used = usedToday(at: now)
        guard used >= most else { return nil }
        for span in day where span.until > now {
            used -= span.calls
            if used < most { return span.until }
        }
        return nil
    }

    private mutating func count(_ calls: Int, at time: Int64, _ limits: Limits) {
        if limits.perMinute > 0 { for _ in 0..<calls { insert(time + limits.minute) } }
        guard limits.perDay > 0, calls > 0 else { return }
        let until = (time / limits.grain + 1) * limits.grain + limits.day
        var place = day.count
        while place > 0, day[place - 1].until > until { place -= 1 }
        if place > 0, day[place - 1].until == until {
            day[place - 1].calls += calls
        } else {
            day.insert(DaySpan(until: until, calls: calls), at: place)
        }
    }

    private mutating func insert(_ until: Int64) {
        var place = minute.count
        while place > 0, minute[place - 1] > until { place -= 1 }
        minute.insert(until, at: place)
    }

    /// The first of ``minute`` that is after a time.
    private func firstCounting(at time: Int64) -> Int {
        var (low, high) = (0, minute.count)
        while low < high {
            let middle = (low + high) / 2
            if minute[middle] > time { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private mutating func forget(_ limits: Limits, _ now: Int64) {
        let past = firstCounting(at: now - limits.minute)
        if past > 0 { minute.removeFirst(past) }
        let old = day.prefix { $0.until <= now - limits.minute }.count
        if old > 0 { day.removeFirst(old) }
    }

    /// Counts the permits of dead processes as used.
    private mutating func bury(_ limits: Limits, _ now: Int64) {
        guard holders.contains(where: { now - $0.seenAt > limits.lapse }) else { return }
        for holder in holders where now - holder.seenAt > limits.lapse { count(holder.permits, at: now, limits) }
        holders.removeAll { now - $0.seenAt > limits.lapse }
    }

    /// Counts calls that the platform has counted and that are not Inflow's.
    ///
    /// The header is as old as its call, so it compares with Inflow's count of that time. A difference that permits
    /// under way could explain does not count. A header never lowers the count.
    private mutating func correct(_ left: Report.Left, _ limits: Limits, _ now: Int64, out: Int) {
        guard left.begunAgo < limits.minute else { return }
        let begun = now - left.begunAgo
        if let said = left.calls.minute, said >= 0, limits.perMinute > 0 {
            let foreign = limits.perMinute - said - usedThisMinute(at: begun) - out
            for _ in 0..<max(0, foreign) { insert(now + limits.minute) }
        }
        if let said = left.calls.day, said >= 0, limits.perDay > 0 {
            let foreign = limits.perDay - said - usedToday(at: begun) - out
            guard foreign > 0 else { return }
            var dayOnly = limits
            dayOnly.perMinute = 0
            count(foreign, at: now, dayOnly)
        }
    }
}
