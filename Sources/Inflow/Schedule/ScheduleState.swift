public import Foundation

/// Everything that decides what a schedule does next.
///
/// A process reads it anew before every decision, since other processes write it too.
public struct ScheduleState: Sendable, Hashable {
    /// The schedule as it is set.
    public var schedule: Schedule
    /// Whether the connection is paused.
    public var isPaused = false
    /// The claim of the latest day, of the claims whose slot is no more than a day ahead of now.
    ///
    /// A claim further ahead was made while the machine's clock was wrong, and must not keep the schedule from running.
    public var claim: SlotClaim?
    /// When the last successful Sync All began, scheduled or not: no claim of a slot at or before it is tried again.
    public var lastRun: Instant?
    /// When a person last gave consent.
    public var consentedAt: Instant?
    /// The delay of this connection after its slots; `nil` for none.
    public var stagger: StartOffset?
    /// When failed runs are tried again.
    public var rule = RetryRule()

    /// The state of a schedule, without a claim unless one is given.
    public init(_ schedule: Schedule, claim: SlotClaim? = nil) {
        self.schedule = schedule
        self.claim = claim
    }

    /// What to do at an instant.
    ///
    /// The latest slot that has come since the last setting and has no claim comes first: one run, however many slots
    /// were missed. Without such a slot, the present claim continues: at once where its run was interrupted, after the
    /// pause of the rule where it failed.
    public func decision(at now: Instant) -> ScheduleDecision {
        guard schedule.isOn else { return .off(.disabled) }
        guard let anchor = schedule.anchor else { return .off(.noAnchor) }
        if isPaused { return .off(.paused) }
        if case .needsConsent(let asked) = claim?.state, !consented(since: asked) { return .off(.needsConsent) }
        let next = begin(nextSlot(anchor, after: now))
        if claim?.state == .running { return .wait(until: next) }
        if let slot = openSlot(anchor, at: now) {
            let begin = begin(slot)
            if now < begin { return .wait(until: begin) }
            return .run(slot, attempt: 1, why: now >= begin + rule.late ? .catchUp : .due)
        }
        guard let claim, let chance = chance(of: claim, before: next), now < chance.end else {
            return .wait(until: next)
        }
        if now < chance.start { return .wait(until: chance.start) }
        return .run(claim.slot, attempt: claim.attempts + 1, why: chance.cause)
    }

    /// The next slot to be due, for Next Run: after an instant, after the last setting, of a day without a claim.
    ///
    /// `nil` where the schedule is off or has no anchor. Ignores a slot that is due already, and retries.
    public func nextSlot(after now: Instant) -> Slot? {
        guard schedule.isOn, let anchor = schedule.anchor else { return nil }
        return nextSlot(anchor, after: now)
    }

    /// The slot that should have begun and that no process has claimed; `nil` while one is not late or not wanted.
    public func missedSlot(at now: Instant) -> Slot? {
        if case .run(let slot, attempt: 1, _) = decision(at: now) { slot } else { nil }
    }

    /// The last slot whose run should have begun by an instant, and that came after the last setting; `nil` where there
    /// is none, or the schedule is off or paused.
    public func lastSlot(atOrBefore instant: Instant) -> Slot? {
        guard schedule.isOn, !isPaused, let anchor = schedule.anchor else { return nil }
        let slot = anchor.lastSlot(atOrBefore: instant)
        if let since = schedule.since, slot.instant <= since { return nil }
        return begin(slot) <= instant ? slot : nil
    }

    /// The earliest start of an attempt: the slot and its start offset.
    public func begin(_ slot: Slot) -> Instant {
        slot.instant + (stagger?.offset(of: slot) ?? 0)
    }

    private func nextSlot(_ anchor: Anchor, after now: Instant) -> Slot {
        anchor.nextSlot(after: max(now, since(now) ?? now), day: claim?.slot.day)
    }

    /// The latest slot at or before an instant, if its day has no claim and it came after the last setting.
    private func openSlot(_ anchor: Anchor, at now: Instant) -> Slot? {
        let slot = anchor.lastSlot(atOrBefore: now)
        if let since = since(now), slot.instant <= since { return nil }
        if let claim, slot.day <= claim.slot.day { return nil }
        return slot
    }

    /// The last setting; one more than a day ahead comes from a wrong clock and does not count.
    private func since(_ now: Instant) -> Instant? {
        schedule.since.flatMap { $0 > now + 86_400 ? nil : $0 }
    }

    /// Whether a person consented after an instant, or a Sync All has succeeded since.
    private func consented(since asked: Instant) -> Bool {
        [consentedAt, lastRun].contains { $0.map { $0 > asked } ?? false }
    }

    /// The half-open span in which a claim may be tried again, if there is one.
    private func chance(of claim: SlotClaim, before next: Instant) -> Chance? {
        if let lastRun, lastRun >= claim.slot.instant { return nil }
        let quiet = next - rule.quiet
        let chance: Chance
        switch claim.state {
        case .running, .succeeded, .cancelled:
            return nil
        case .interrupted:
            chance = Chance(start: claim.slot.instant, end: next, cause: .resumption)
        case .parked(let until):
            chance = Chance(start: until, end: next, cause: .retry)
        case .failed(let ended):
            chance = Chance(start: ended + rule.pause(afterFailures: claim.failures), end: quiet, cause: .retry)
        case .needsConsent:
            chance = Chance(start: claim.slot.instant, end: quiet, cause: .retry)
        }
        return chance.start < chance.end ? chance : nil
    }

    private struct Chance {
        let start: Instant
        let end: Instant
        let cause: ScheduleDecision.Cause
    }
}
