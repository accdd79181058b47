public import Foundation

/// A connection's daily schedule as it is set: on or off, and its anchor.
///
/// A schedule means one Sync All for each local day. Its parts, each a pure value with a file of its own:
///
/// - ``Anchor``: the local time of the run and its zone; gives the ``Slot`` of each day, whatever the clocks do.
/// - ``SlotClaim``: the first process that claims a day's slot runs it; retries are further attempts of the same claim.
/// - ``ScheduleState``: everything that decides what comes next, and ``ScheduleState/decision(at:)``, which decides.
/// - ``RetryRule``: the pauses after failures. ``StartOffset``: the delay that keeps connections from starting
///   together.
///
/// No process owns a schedule and none holds a timer that matters. Every process that serves reads the state from the
/// warehouse, asks for a decision and waits until the instant in it. The claim of a slot is a row with a unique key, so
/// two processes cannot run one day twice, and after a crash any process can continue.
///
/// Missed slots count once: the latest stands for all of them. Only two things move a schedule: a Sync All that a
/// person asks for, unless the time is pinned, and a person who sets it. A targeted sync, a scheduled run, a retry and a backfill leave it as it
/// is.
public struct Schedule: Sendable, Hashable {
    /// Whether the schedule is on.
    public private(set) var isOn: Bool
    /// When scheduled runs are due; without an anchor none is.
    public private(set) var anchor: Anchor?
    /// When a person last anchored, switched on or resumed it: no slot at or before this instant is due.
    public private(set) var since: Instant?
    /// Whether a Sync All leaves the anchor as it is.
    public private(set) var isPinned: Bool
    /// What the last Sync All moved; `nil` once it was put back or a person set the anchor.
    public private(set) var earlier: Earlier?

    /// Anchor and `since` before a Sync All moved them.
    public struct Earlier: Sendable, Hashable {
        /// The anchor; `nil` where there was none.
        public let anchor: Anchor?
        /// When a person had last anchored, switched on or resumed the schedule.
        public let since: Instant?

        /// What was, from its parts.
        public init(anchor: Anchor?, since: Instant?) {
            self.anchor = anchor
            self.since = since
        }
    }

    /// A schedule from its parts; without an anchor it waits for its first Sync All.
    public init(
        isOn: Bool = true, anchor: Anchor? = nil, since: Instant? = nil, isPinned: Bool = false,
        earlier: Earlier? = nil
    ) {
        self.isOn = isOn
        self.anchor = anchor
        self.since = since
        self.isPinned = isPinned
        self.earlier = earlier
    }

    /// A person asked for a Sync All at an instant: the anchor is its local time, however the run ends.
    ///
    /// That day counts as served; the next slot is on a later day. The zone is the anchor's; a schedule without an
    /// anchor takes the zone given. A schedule that is off stays off, and one that is pinned to a time stays as it is.
    public mutating func syncAll(askedAt instant: Instant, zone: TimeZone) {
        guard !isPinned || anchor == nil else { return }
        earlier = Earlier(anchor: anchor, since: since)
        anchor = Anchor(at: instant, in: anchor?.zone ?? zone)
        since = instant
    }

    /// The Sync All that a person asked for at an instant was refused before it read anything: what it moved is as it
    /// was.
    ///
    /// Nothing changes where a person, or another Sync All, has set the schedule since.
    public mutating func takeBackSyncAll(askedAt instant: Instant) {
        // The database keeps microseconds.
        guard let earlier, let since, abs(since.timeIntervalSince(instant)) < 0.001 else { return }
        (anchor, self.since, self.earlier) = (earlier.anchor, earlier.since, nil)
    }

    /// A person pinned the anchor, so that no Sync All moves it, or gave it free.
    public mutating func pin(_ isPinned: Bool) {
        self.isPinned = isPinned
    }

    /// A person set the anchor: the next slot is strictly later, and no missed slot is caught up.
    public mutating func set(_ anchor: Anchor, at now: Instant) {
        self.anchor = anchor
        isOn = true
        since = now
        earlier = nil
    }

    /// A person switched it on; slots missed while it was off are not caught up.
    ///
    /// Nothing changes where it was on.
    public mutating func turnOn(at now: Instant) {
        guard !isOn else { return }
        isOn = true
        since = now
    }

    /// A person switched it off; the anchor is kept.
    public mutating func turnOff() {
        isOn = false
    }

    /// A person resumed the paused connection; slots missed meanwhile are not caught up.
    public mutating func resume(at now: Instant) {
        since = now
    }
}

/// What a process does next about a schedule.
public enum ScheduleDecision: Sendable, Hashable {
    /// Begin an attempt now: the first, after a claim of the slot, or a further one of the present claim.
    case run(Slot, attempt: Int, why: Cause)
    /// Nothing before an instant; ask again then, after every run, and after every change of a setting.
    case wait(until: Instant)
    /// Nothing until a person does something.
    case off(Hold)

    /// Why an attempt begins.
    public enum Cause: String, Sendable, Hashable {
        /// Its slot has come.
        case due
        /// No process could run the slot in time; it stands for all missed ones.
        case catchUp
        /// The attempt before failed, was parked by the quota, or lacked a consent that a person gave since.
        case retry
        /// The attempt before was interrupted.
        case resumption
    }

    /// What keeps a schedule from running.
    public enum Hold: String, Sendable, Hashable {
        /// It is switched off.
        case disabled
        /// It has no anchor: no person asked for a Sync All or set one.
        case noAnchor
        /// The connection is paused.
        case paused
        /// The platform waits for a person's consent.
        case needsConsent
    }
}
