public import Foundation

/// A connection's daily schedule as it is set: on or off, and its anchor.
///
/// Only what is here moves it: a Sync All that a person asks for, and setting it by hand. A targeted sync, a scheduled run, a
/// retry, a resumption and a backfill call none of these.
public struct Schedule: Sendable, Hashable {
    /// Whether scheduled runs are wanted.
    public private(set) var isOn: Bool
    /// When they are due; without one nothing is.
    public private(set) var anchor: Anchor?
    /// When it was last anchored, switched on or resumed: no slot at or before this instant is due any more.
    public private(set) var since: Instant?

    /// A schedule from its parts; without them one that waits for its first Sync All.
    public init(isOn: Bool = true, anchor: Anchor? = nil, since: Instant? = nil) {
        self.isOn = isOn
        self.anchor = anchor
        self.since = since
    }

    /// A person asked for a Sync All at an instant: the anchor is its local time, whatever comes of the run.
    ///
    /// That day counts as served; the next slot is on a later day. The zone is the anchor's own, or, where there is none
    /// yet, the one given. A schedule that is off stays off.
    public mutating func syncAll(askedAt instant: Instant, zone: TimeZone) {
        anchor = Anchor(at: instant, in: anchor?.zone ?? zone)
        since = instant
    }

    /// A person set the anchor by hand: the next slot is strictly later; what was missed before is not caught up.
    public mutating func set(_ anchor: Anchor, at now: Instant) {
        self.anchor = anchor
        isOn = true
        since = now
    }

    /// A person switched it on; what was missed while it was off is not caught up.
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

    /// A person resumed the paused connection; what was missed meanwhile is not caught up.
    public mutating func resume(at now: Instant) {
        since = now
    }
}

/// What there is to do about a schedule.
public enum ScheduleDecision: Sendable, Hashable {
    /// Begin an attempt now: the first (claim the slot before) or a further one of the claim that is there.
    case run(Slot, attempt: Int, why: Cause)
    /// Nothing before an instant; ask again then, after every run, and whenever something was set.
    case wait(until: Instant)
    /// Nothing until a person does something.
    case off(Hold)

    /// Why an attempt begins.
    public enum Cause: String, Sendable, Hashable {
        /// Its slot has come.
        case due
        /// The slot went by while nothing could run it; it stands for all that were missed.
        case catchUp
        /// The attempt before failed, was parked by the quota, or lacked the consent that was given since.
        case retry
        /// The attempt before was interrupted.
        case resumption
    }

    /// What keeps a schedule from running.
    public enum Hold: String, Sendable, Hashable {
        /// It is switched off.
        case disabled
        /// It has no anchor: there was no Sync All yet, and none was set by hand.
        case noAnchor
        /// The connection is paused.
        case paused
        /// The platform waits for a person's consent.
        case needsConsent
    }
}
