import Foundation
import Testing

@testable import Inflow

@Suite("Setting a schedule")
struct ScheduleSettingTests {
    /// The instant of a day and time in Auckland in November.
    private func at(_ day: String, _ time: String) throws -> Instant {
        try instant("\(day)T\(time):00Z") - 13 * 3_600
    }

    private func claim(_ text: String, _ time: String) throws -> SlotClaim {
        SlotClaim(Slot(day: try day(text), instant: try at(text, time)), state: .succeeded)
    }

    private func state(_ time: String, claim: SlotClaim? = nil) throws -> ScheduleState {
        ScheduleState(
            Schedule(anchor: try anchor(time, "Pacific/Auckland"), since: try at("2026-11-01", "12:00")), claim: claim)
    }

    @Test("The first Sync All anchors the schedule in the connection's zone, later ones in the anchor's")
    func firstSyncAll() throws {
        var schedule = Schedule()
        schedule.syncAll(askedAt: try at("2026-11-21", "07:30") + 59, zone: try zone("Pacific/Auckland"))
        #expect(schedule.anchor == (try anchor("07:30", "Pacific/Auckland")))
        #expect(schedule.isOn)
        schedule.syncAll(askedAt: try at("2026-11-22", "09:10"), zone: try zone("Europe/Berlin"))
        #expect(schedule.anchor == (try anchor("09:10", "Pacific/Auckland")))
    }

    @Test("A Sync All leaves a schedule that is off off, and anchors it all the same")
    func syncAllWhileOff() throws {
        var schedule = Schedule(isOn: false)
        schedule.syncAll(askedAt: try at("2026-11-21", "07:30"), zone: try zone("Pacific/Auckland"))
        #expect(!schedule.isOn)
        #expect(schedule.anchor?.time == "07:30")
    }

    @Test(
        "A Sync All serves its day, whether it is asked for before or after that day's slot",
        arguments: ["00:00", "06:00", "07:29", "07:30", "07:31", "23:59"])
    func servesItsDay(_ asked: String) throws {
        for claim in [try claim("2026-11-20", "07:30"), try claim("2026-11-21", "07:30")] {
            var state = try state("07:30", claim: claim)
            let instant = try at("2026-11-21", asked) + 30
            state.schedule.syncAll(askedAt: instant, zone: .gmt)
            let next = try at("2026-11-22", asked)
            for now in stride(from: instant, to: next, by: 600) {
                #expect(state.decision(at: now) == .wait(until: next))
            }
            let slot = Slot(day: try day("2026-11-22"), instant: next)
            #expect(state.decision(at: next) == .run(slot, attempt: 1, why: .due))
            #expect(state.nextSlot(after: instant) == slot)
        }
    }

    @Test("A Sync All that a queue let begin after a slot moves the anchor to when it was asked for")
    func queued() throws {
        var state = try state("07:30", claim: try claim("2026-11-20", "07:30"))
        state.schedule.syncAll(askedAt: try at("2026-11-21", "07:29"), zone: .gmt)
        #expect(state.decision(at: try at("2026-11-21", "07:45")) == .wait(until: try at("2026-11-22", "07:29")))
    }

    @Test("An anchor set by hand to a time still to come today runs today, unless today ran already")
    func byHand() throws {
        let now = try at("2026-11-21", "06:00")
        var fresh = try state("09:00", claim: try claim("2026-11-20", "09:00"))
        fresh.schedule.set(try anchor("07:30", "Pacific/Auckland"), at: now)
        #expect(fresh.decision(at: now) == .wait(until: try at("2026-11-21", "07:30")))
        var ran = try state("05:00", claim: try claim("2026-11-21", "05:00"))
        ran.schedule.set(try anchor("07:30", "Pacific/Auckland"), at: now)
        #expect(ran.decision(at: now) == .wait(until: try at("2026-11-22", "07:30")))
        #expect(ran.decision(at: try at("2026-11-21", "08:00")) == .wait(until: try at("2026-11-22", "07:30")))
    }

    @Test("An anchor set by hand to a time gone by waits for tomorrow, and switches the schedule on")
    func byHandLater() throws {
        let now = try at("2026-11-21", "08:00")
        var state = try state("09:00", claim: try claim("2026-11-20", "09:00"))
        state.schedule.turnOff()
        state.schedule.set(try anchor("07:30", "Pacific/Auckland"), at: now)
        #expect(state.decision(at: now) == .wait(until: try at("2026-11-22", "07:30")))
    }

    @Test("In a new zone a day that ran by the old one's calendar does not run again")
    func newZone() throws {
        // 21 November has run in Auckland, where it is 10:00; in New York it is still the 20th, 16:00.
        var state = try state("07:30", claim: try claim("2026-11-21", "07:30"))
        let now = try at("2026-11-21", "10:00")
        state.schedule.set(try anchor("07:30", "America/New_York"), at: now)
        #expect(state.decision(at: now) == .wait(until: try instant("2026-11-22T12:30:00Z")))
    }

    @Test("A claim that failed is still tried again after the anchor was moved by hand")
    func retryAfterMove() throws {
        var claim = try claim("2026-11-21", "05:00")
        claim.state = .failed(at: try at("2026-11-21", "05:58"))
        claim.failures = 1
        var state = try state("05:00", claim: claim)
        state.schedule.set(try anchor("07:30", "Pacific/Auckland"), at: try at("2026-11-21", "06:00"))
        #expect(state.decision(at: try at("2026-11-21", "06:03")) == .run(claim.slot, attempt: 2, why: .retry))
    }

    @Test("A setting made while the clock was years ahead holds nothing back; one a second ahead does")
    func wrongClock() throws {
        let now = try at("2026-11-21", "08:00")
        let slot = Slot(day: try day("2026-11-21"), instant: try at("2026-11-21", "07:30"))
        var state = try state("07:30", claim: try claim("2026-11-20", "07:30"))
        state.schedule.set(try anchor("07:30", "Pacific/Auckland"), at: now + 4 * 365 * 86_400)
        #expect(state.decision(at: now) == .run(slot, attempt: 1, why: .catchUp))
        state.schedule.set(try anchor("07:30", "Pacific/Auckland"), at: now + 1)
        #expect(state.decision(at: now) == .wait(until: try at("2026-11-22", "07:30")))
    }
}

@Suite("A Sync All that moves the time, and what keeps it")
struct ScheduleMoveTests {
    private let first = Instant(timeIntervalSince1970: 1_795_233_600)

    private func schedule(isPinned: Bool = false) throws -> Schedule {
        Schedule(anchor: try Anchor("08:38 Pacific/Auckland"), since: first, isPinned: isPinned)
    }

    @Test("A pinned time stays; without a time yet, the first Sync All sets it")
    func pinned() throws {
        let before = try schedule(isPinned: true)
        var schedule = before
        schedule.syncAll(askedAt: first.addingTimeInterval(9_000), zone: .gmt)
        #expect(schedule == before)
        schedule.pin(false)
        schedule.syncAll(askedAt: first.addingTimeInterval(9_000), zone: .gmt)
        #expect(schedule.anchor?.time == "19:30")
        var new = Schedule(isPinned: true)
        new.syncAll(askedAt: first, zone: .gmt)
        #expect(new.anchor?.time == "04:00")
    }

    @Test("A Sync All that read nothing puts the time back, once, and only what it moved itself")
    func takenBack() throws {
        let (before, asked) = (try schedule(), first.addingTimeInterval(9_000))
        var schedule = before
        schedule.syncAll(askedAt: asked, zone: .gmt)
        #expect(schedule.earlier == Schedule.Earlier(anchor: before.anchor, since: before.since))
        var other = schedule
        other.takeBackSyncAll(askedAt: asked.addingTimeInterval(-60))
        #expect(other == schedule)
        schedule.takeBackSyncAll(askedAt: asked)
        #expect(schedule == before)
        schedule.takeBackSyncAll(askedAt: asked)
        #expect(schedule == before)
        var set = before
        set.syncAll(askedAt: asked, zone: .gmt)
        set.set(try Anchor("06:00 Pacific/Auckland"), at: asked)
        set.takeBackSyncAll(askedAt: asked)
        #expect(set.anchor?.time == "06:00")
        var new = Schedule()
        new.syncAll(askedAt: asked, zone: .gmt)
        new.takeBackSyncAll(askedAt: asked)
        #expect(new == Schedule())
    }

    @Test("A slot that nobody claimed is missed; one that is claimed, off or still to come is not")
    func missed() throws {
        let anchor = try Anchor("08:38 Pacific/Auckland")
        let slot = anchor.lastSlot(atOrBefore: first)
        var state = ScheduleState(Schedule(anchor: anchor, since: slot.instant.addingTimeInterval(-60)))
        #expect(state.missedSlot(at: slot.instant.addingTimeInterval(-1)) == nil)
        #expect(state.missedSlot(at: slot.instant.addingTimeInterval(3_600)) == slot)
        #expect(state.lastSlot(atOrBefore: slot.instant) == slot)
        #expect(state.lastSlot(atOrBefore: slot.instant.addingTimeInterval(-1)) == nil)
        state.claim = SlotClaim(slot, state: .running)
        #expect(state.missedSlot(at: slot.instant.addingTimeInterval(3_600)) == nil)
        state.claim = nil
        state.isPaused = true
        #expect(state.missedSlot(at: slot.instant.addingTimeInterval(3_600)) == nil)
        #expect(state.lastSlot(atOrBefore: slot.instant) == nil)
    }
}
