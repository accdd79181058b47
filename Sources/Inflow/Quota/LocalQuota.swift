/// One process's part of an organisation's quota: its stock of permits and its calls under way.
///
/// A state machine without I/O. The other side is ``SharedQuota``, the ledger that all processes share; a process asks
/// it when its stock is empty. Times are microseconds of a clock of the process that never goes back. Times of the
/// ledger's clock convert so that the result can be later than meant, never earlier.
public struct LocalQuota: Sendable {
    /// The answer to a request for a call.
    public enum Step: Sendable, Hashable {
        /// Call now, under this number; the call is under way from here on.
        case go(Int)
        /// Exchange with the shared ledger first.
        case ask
        /// Ask again at that time, or, when `nil`, after a call under way has ended.
        case wait(until: Int64?)
        /// The day's calls are spent until that time, which is too far to wait for.
        case dayIsSpent(until: Int64)
        /// Only the reserve is left of the day's calls until that time.
        case reserveIsKept(until: Int64)
    }

    private struct Permit: Sendable {
        let notBefore: Int64
        let stamp: Int64
        let isForAll: Bool
    }

    private struct Call: Sendable {
        let begun: Int64
        /// Whether this holder took the permit and must report its use.
        var mustReport: Bool
    }

    /// The limits that are kept.
    public let limits: SharedQuota.Limits
    private let who: String
    private let newHolder: @Sendable () -> String
    private var holder: String
    /// Whether the ledger does not know the holder.
    private var isNew = true
    private var permits: [Permit] = []
    /// Permits to return at the next exchange.
    private var unused: [Int64] = []
    private var calls: [Int: Call] = [:]
    private var numbers = 0
    private var places = 0
    /// When headers arrived that the ledger has no report of.
    private var answered: [Int64] = []
    /// When recent calls began.
    private var begun: [Int64] = []
    private var left: (calls: CallsLeft, begun: Int64)?
    private var refusal: (CallRefusal, at: Int64)?
    private var askAgainAt: Int64 = 0
    private var spentUntil: Int64?
    private var reserveUntil: Int64?
    private var refusedUntil: Int64?
    /// When the last successful exchange began.
    private var seenAt: Int64 = 0
    private var askedAt: Int64 = 0

    /// An empty stock; `newHolder` makes an identifier that no other process has.
    public init(_ limits: SharedQuota.Limits, who: String, newHolder: @escaping @Sendable () -> String) {
        self.limits = limits
        self.who = who
        self.newHolder = newHolder
        holder = newHolder()
    }

    /// Whether this process holds nothing that the ledger must know of.
    public var isIdle: Bool { isNew && calls.isEmpty && permits.isEmpty && answered.isEmpty && unused.isEmpty }

    /// Whether a call is under way.
    public var isCalling: Bool { !calls.isEmpty }

    // MARK: calls

    /// Asks for a permit for one call.
    public mutating func request(_ purpose: CallPurpose, at now: Int64) -> Step {
        if let until = refusedUntil {
            // The ledger may have forgotten the refusal since: a person can clear it.
            if until > now { return !limits.isOff && now - seenAt > limits.minute ? .ask : far(until, now) }
            refusedUntil = nil
        }
        if limits.isOff { return .go(begin(now, mustReport: false)) }
        fence(now)
        let hasPlace = limits.atOnce == 0 || calls.count < places
        if !hasPlace, !calls.isEmpty { return .wait(until: nil) }
        let usable = permits.indices.filter { purpose == .run || permits[$0].isForAll }
        if hasPlace {
            // In the order of the ledger: permits for every purpose come before those of the reserve.
            if let index = usable.first(where: { permits[$0].notBefore <= now }) {
                permits.remove(at: index)
                return .go(begin(now, mustReport: true))
            }
            if let soon = usable.map({ permits[$0].notBefore }).min() { return .wait(until: soon) }
        }
        if purpose == .background, let until = reserveUntil, until > now { return .reserveIsKept(until: until) }
        if let until = spentUntil, until > now { return far(until, now) }
        return askAgainAt > now ? .wait(until: askAgainAt) : .ask
    }

    private func far(_ until: Int64, _ now: Int64) -> Step {
        until - now > limits.patience ? .dayIsSpent(until: until) : .wait(until: until)
    }

    private mutating func begin(_ now: Int64, mustReport: Bool) -> Int {
        numbers += 1
        calls[numbers] = Call(begun: now, mustReport: mustReport)
        begun.removeAll { $0 <= now - limits.idle }
        begun.append(now)
        return numbers
    }

    /// The headers of a call's answer have arrived.
    public mutating func answered(_ call: Int, left: CallsLeft, at now: Int64) {
        guard let one = calls[call], one.mustReport else { return }
        calls[call]?.mustReport = false
        answered.append(now)
        if left.minute != nil || left.day != nil { self.left = (left, one.begun) }
    }

    /// A call has ended; without an answer it counts as answered now, since it may have reached the platform.
    public mutating func finished(_ call: Int, at now: Int64) {
        guard let one = calls.removeValue(forKey: call) else { return }
        if one.mustReport { answered.append(now) }
    }

    /// The platform refused a call; a refusal without a time lasts a twenty-fourth of the day.
    public mutating func refused(_ refusal: CallRefusal, at now: Int64) {
        let wait = refusal.seconds.map { Int64(max(0, $0)) * 1_000_000 } ?? limits.day / 24
        refusedUntil = max(refusedUntil ?? 0, now + wait)
        if !limits.isOff { self.refusal = (refusal, now + wait) }
    }

    /// A process that was silent for too long counts as dead, so it must not use its old permits.
    private mutating func fence(_ now: Int64) {
        guard now - seenAt > limits.trust, !permits.isEmpty else { return }
        unused += permits.map(\.stamp)
        permits = []
    }

    // MARK: exchanges

    /// Whether an exchange is due although no call waits: to show life, to return permits, to report.
    public func isDue(waiting: Int, at now: Int64) -> Bool {
        guard !isNew else { return refusal != nil }
        if waiting == 0, calls.isEmpty, permits.isEmpty { return true }
        if now - seenAt > limits.lapse / 4 || refusal != nil { return true }
        if let first = answered.first, now - first > limits.minute / 4 { return true }
        return permits.contains { now - $0.notBefore > limits.idle }
    }

    /// Begins an exchange: the report to the ledger.
    ///
    /// The caller must follow it by ``take(_:at:)`` or ``lost()``.
    public mutating func report(waiting run: Int, background: Int, isLast: Bool = false, at now: Int64)
        -> SharedQuota.Report
    {
        askedAt = now
        let isSpare: (Permit) -> Bool = { isLast || now - $0.notBefore > limits.idle }
        unused += permits.filter(isSpare).map(\.stamp)
        permits.removeAll(where: isSpare)
        var report = SharedQuota.Report(holder: holder, who: who)
        report.isNew = isNew
        report.answered = answered.map { now - $0 }
        report.unused = unused
        report.inFlight = calls.count
        report.left = left.map { SharedQuota.Report.Left(calls: $0.calls, begunAgo: now - $0.begun) }
        report.refusal = refusal.map { .init(wait: max(0, $0.at - now), isForTheDay: $0.0.isForTheDay) }
        (answered, unused, left, refusal) = ([], [], nil, nil)
        guard run + background > 0, !isLast else { return report }
        let need = max(1, appetite(run + background, now) - permits.count)
        report.wantsBackground = run == 0 ? need : min(background, need - 1)
        report.wantsRun = need - report.wantsBackground
        return report
    }

    /// How many permits the process can use soon: for waiting calls, and as many as it used recently.
    private func appetite(_ waiting: Int, _ now: Int64) -> Int {
        let most = limits.perMinute > 0 ? max(1, limits.perMinute / 5) : 100
        let lately = begun.count { $0 > now - limits.idle }
        let atOnce = limits.atOnce > 0 ? max(1, limits.atOnce - calls.count) : waiting
        return min(most, max(min(waiting, atOnce), lately))
    }

    /// Ends an exchange with the ledger's reply.
    public mutating func take(_ reply: SharedQuota.Reply, at now: Int64) {
        guard reply.isKnown else { return lost() }
        isNew = !reply.isKept
        seenAt = askedAt
        places = reply.places
        func here(_ time: Int64) -> Int64 { now + max(0, time - reply.now) }
        for permit in reply.permits {
            permits.append(Permit(notBefore: here(permit.stamp), stamp: permit.stamp, isForAll: permit.isForAll))
        }
        askAgainAt = reply.askAgainAt.map(here) ?? 0
        spentUntil = reply.spentUntil.map(here)
        reserveUntil = reply.reserveUntil.map(here)
        // A refusal that came while the exchange was under way is not in the ledger yet.
        if let until = reply.refusedUntil { refusedUntil = here(until) } else if refusal == nil { refusedUntil = nil }
    }

    /// The exchange failed, or the ledger took this process for dead.
    ///
    /// The ledger counts its permits as used once they lapse; the process begins anew under another identifier.
    public mutating func lost() {
        (holder, isNew) = (newHolder(), true)
        (permits, unused, answered, left) = ([], [], [], nil)
        for call in calls.keys { calls[call]?.mustReport = false }
        places = 0
        askAgainAt = 0
    }
}
