import Foundation
import Testing

@testable import Inflow

@Suite("Schedule")
struct ScheduleTests {
    private let minute: Double = 60
    private let hour: Double = 3_600

    /// On since 1 November at 07:30 in Auckland.
    private func state(_ change: (inout ScheduleState) -> Void = { _ in }) throws -> ScheduleState {
        var state = ScheduleState(
            Schedule(anchor: try anchor("07:30", "Pacific/Auckland"), since: try at("2026-11-01", "12:00")))
        change(&state)
        return state
    }

    /// The instant of a local day and time in Auckland, whose clock is 13 hours ahead of UTC in November.
    private func at(_ day: String, _ time: String) throws -> Instant {
        try instant("\(day)T\(time):00Z") - 13 * 3_600
    }

    private func slot(_ text: String, _ time: String = "07:30") throws -> Slot {
        Slot(day: try day(text), instant: try at(text, time))
    }

    private func claimed(_ text: String, _ state: SlotClaim.State, failures: Int = 0) throws -> SlotClaim {
        SlotClaim(try slot(text), attempts: max(1, failures), failures: failures, state: state)
    }

    @Test("Nothing runs while the schedule is off, has no anchor, or the connection is paused")
    func held() throws {
        let now = try at("2026-11-21", "07:30")
        var off = try state()
        off.schedule.turnOff()
        #expect(off.decision(at: now) == .off(.disabled))
        #expect(off.nextSlot(after: now) == nil)
        #expect(ScheduleState(Schedule()).decision(at: now) == .off(.noAnchor))
        #expect(ScheduleState(Schedule()).nextSlot(after: now) == nil)
        #expect(try state { $0.isPaused = true }.decision(at: now) == .off(.paused))
    }

    @Test("It waits for the next slot, runs at its instant, and then waits for the day after")
    func everyDay() throws {
        let claim = try claimed("2026-11-20", .succeeded)
        var state = try state { $0.claim = claim }
        let due = try slot("2026-11-21")
        #expect(state.decision(at: try at("2026-11-20", "07:40")) == .wait(until: due.instant))
        #expect(state.decision(at: due.instant - 0.5) == .wait(until: due.instant))
        #expect(state.decision(at: due.instant) == .run(due, attempt: 1, why: .due))
        state.claim = SlotClaim(due)
        #expect(state.decision(at: due.instant) == .wait(until: try at("2026-11-22", "07:30")))
        state.claim = try claimed("2026-11-21", .succeeded)
        #expect(state.decision(at: due.instant + hour) == .wait(until: try at("2026-11-22", "07:30")))
    }

    @Test("A run that begins a little late is no catch-up; from a quarter of an hour on it is one")
    func late() throws {
        let claim = try claimed("2026-11-20", .succeeded)
        let state = try state { $0.claim = claim }
        let due = try slot("2026-11-21")
        #expect(state.decision(at: due.instant + 15 * minute - 1) == .run(due, attempt: 1, why: .due))
        #expect(state.decision(at: due.instant + 15 * minute) == .run(due, attempt: 1, why: .catchUp))
    }

    @Test(
        "After days of downtime there is one catch-up, at once, for the last slot missed",
        arguments: ["07:00", "12:00"])
    func catchUp(_ time: String) throws {
        let claim = try claimed("2026-11-12", .failed(at: at("2026-11-12", "08:00")), failures: 1)
        var state = try state { $0.claim = claim }
        let now = try at("2026-11-21", time)
        let missed = try slot(time == "07:00" ? "2026-11-20" : "2026-11-21")
        #expect(state.decision(at: now) == .run(missed, attempt: 1, why: .catchUp))
        state.claim = SlotClaim(missed, state: .succeeded)
        let next = try slot(time == "07:00" ? "2026-11-21" : "2026-11-22")
        #expect(state.decision(at: now) == .wait(until: next.instant))
    }

    @Test("A slot before the schedule was set, switched on or resumed is not caught up")
    func notBefore() throws {
        let now = try at("2026-11-21", "07:31")
        let tomorrow = try at("2026-11-22", "07:30")
        let claim = try claimed("2026-11-12", .succeeded)
        var state = try state { $0.claim = claim }
        #expect(state.decision(at: now) == .run(try slot("2026-11-21"), attempt: 1, why: .due))
        var other = state
        other.schedule.set(try anchor("07:30", "Pacific/Auckland"), at: now - 1)
        #expect(other.decision(at: now) == .wait(until: tomorrow))
        other = state
        other.schedule.resume(at: now - 1)
        #expect(other.decision(at: now) == .wait(until: tomorrow))
        state.schedule.turnOff()
        state.schedule.turnOn(at: now - 1)
        #expect(state.decision(at: now) == .wait(until: tomorrow))
    }

    @Test("Switching on what is on changes nothing, so that a missed slot is still caught up")
    func turnOnTwice() throws {
        var state = try state()
        let before = state
        state.schedule.turnOn(at: try at("2026-11-21", "08:00"))
        #expect(state == before)
    }

    @Test("A claim made by another process is seen as running, and not made again")
    func twoProcesses() throws {
        var (one, other) = (try state(), try state())
        let due = try slot("2026-11-21")
        #expect(one.decision(at: due.instant) == other.decision(at: due.instant))
        one.claim = SlotClaim(due)
        other.claim = one.claim
        #expect(other.decision(at: due.instant + 1) == .wait(until: try at("2026-11-22", "07:30")))
    }

    @Test("A run that goes on past the next slot is followed by it, once")
    func longRun() throws {
        let next = try slot("2026-11-22")
        var state = try state()
        state.claim = try claimed("2026-11-21", .running)
        #expect(state.decision(at: next.instant + hour) == .wait(until: try at("2026-11-23", "07:30")))
        state.claim = try claimed("2026-11-21", .succeeded)
        #expect(state.decision(at: next.instant + hour) == .run(next, attempt: 1, why: .catchUp))
    }

    @Test("The pauses between retries double from five minutes to two hours")
    func pauses() {
        let rule = RetryRule()
        #expect((1...8).map { rule.pause(afterFailures: $0) / 60 } == [5, 10, 20, 40, 80, 120, 120, 120])
        #expect(rule.pause(afterFailures: 0) == 300)
        #expect(rule.pause(afterFailures: .max) == 7_200)
    }

    @Test("What failed is tried again after its pause, as a further attempt of the same claim", arguments: 1...6)
    func retry(_ failures: Int) throws {
        let ended = try at("2026-11-21", "09:00")
        let claim = try claimed("2026-11-21", .failed(at: ended), failures: failures)
        let state = try state { $0.claim = claim }
        let again = ended + RetryRule().pause(afterFailures: failures)
        #expect(state.decision(at: again - 1) == .wait(until: again))
        #expect(state.decision(at: again) == .run(claim.slot, attempt: failures + 1, why: .retry))
    }

    @Test("Nothing that failed is tried again within the hour before the next slot")
    func quiet() throws {
        let next = try at("2026-11-22", "07:30")
        var state = try state()
        state.claim = try claimed("2026-11-21", .failed(at: next - 66 * minute), failures: 1)
        #expect(state.decision(at: next - 61 * minute) == .run(try slot("2026-11-21"), attempt: 2, why: .retry))
        #expect(state.decision(at: next - 60 * minute) == .wait(until: next), "no one looked in time")
        state.claim = try claimed("2026-11-21", .failed(at: next - 65 * minute), failures: 1)
        #expect(state.decision(at: next - 65 * minute) == .wait(until: next))
        state.rule.quiet = 10 * minute
        #expect(state.decision(at: next - 65 * minute) == .wait(until: next - 60 * minute))
        #expect(state.decision(at: next) == .run(try slot("2026-11-22"), attempt: 1, why: .due))
    }

    @Test("A run that the quota parked goes on when there is room, if that is before the next slot")
    func parked() throws {
        let next = try at("2026-11-22", "07:30")
        let now = try at("2026-11-21", "09:00")
        var state = try state()
        state.claim = try claimed("2026-11-21", .parked(until: next - minute))
        #expect(state.decision(at: now) == .wait(until: next - minute))
        #expect(state.decision(at: next - minute) == .run(try slot("2026-11-21"), attempt: 2, why: .retry))
        state.claim = try claimed("2026-11-21", .parked(until: next))
        #expect(state.decision(at: now) == .wait(until: next))
        #expect(state.decision(at: next) == .run(try slot("2026-11-22"), attempt: 1, why: .due))
    }

    @Test("Without consent nothing runs, not even the next slot; with it the last slot missed does, at once")
    func consent() throws {
        let asked = try at("2026-11-21", "07:31")
        var state = try state { $0.consentedAt = asked - 86_400 }
        state.claim = try claimed("2026-11-21", .needsConsent(at: asked))
        #expect(state.decision(at: asked + hour) == .off(.needsConsent))
        #expect(state.decision(at: asked + 5 * 86_400) == .off(.needsConsent))
        var proven = state
        proven.lastRun = asked + hour
        #expect(proven.decision(at: asked + hour) == .wait(until: try at("2026-11-22", "07:30")))
        state.consentedAt = asked + hour
        #expect(state.decision(at: asked + hour) == .run(try slot("2026-11-21"), attempt: 2, why: .retry))
        let next = try at("2026-11-22", "07:30")
        #expect(state.decision(at: next - minute) == .wait(until: next), "the next slot is near")
        #expect(
            state.decision(at: try at("2026-11-25", "09:00")) == .run(try slot("2026-11-25"), attempt: 1, why: .catchUp)
        )
    }

    @Test("An interrupted run is resumed at once, even shortly before the next slot, which then comes first")
    func interrupted() throws {
        let next = try slot("2026-11-22")
        let claim = try claimed("2026-11-21", .interrupted, failures: 3)
        let state = try state { $0.claim = claim }
        #expect(state.decision(at: next.instant - minute) == .run(claim.slot, attempt: 4, why: .resumption))
        #expect(state.decision(at: next.instant) == .run(next, attempt: 1, why: .due))
    }

    @Test("A cancelled run is not tried again, and none whose slot a later full run has served")
    func served() throws {
        let now = try at("2026-11-21", "12:00")
        let next = try at("2026-11-22", "07:30")
        var state = try state()
        state.claim = try claimed("2026-11-21", .cancelled)
        #expect(state.decision(at: now) == .wait(until: next))
        for open: SlotClaim.State in [.failed(at: now - hour), .parked(until: now), .interrupted] {
            state.claim = try claimed("2026-11-21", open, failures: 1)
            state.lastRun = try at("2026-11-21", "07:29")
            #expect(state.decision(at: now) != .wait(until: next), "\(open)")
            state.lastRun = try at("2026-11-21", "07:30")
            #expect(state.decision(at: now) == .wait(until: next), "\(open)")
        }
    }
}
