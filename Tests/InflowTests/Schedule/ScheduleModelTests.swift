import Foundation
import TestSupport
import Testing

@testable import Inflow

/// A fortnight around a change of the clock, with downtime, failures, parked and interrupted runs, lived through in no time.
///
/// What must have happened is worked out afterwards from the spells in which the process was free to begin something, with
/// slots from the witness, not from the schedule's own.
@Suite("A fortnight of the schedule")
struct ScheduleModelTests {
    @Test("Every slot is claimed once, as soon as possible, and one stands for all missed", arguments: 0..<300)
    func fortnight(_ seed: Int) throws {
        var fortnight = try Fortnight(seed)
        try fortnight.live()
        let claimed = fortnight.attempts.filter { $0.number == 1 }
        #expect(Set(claimed.map(\.slot.day)).count == claimed.count, "a slot was claimed twice")
        var expected: [Claimed] = []
        for (day, next) in zip(fortnight.days, fortnight.days.dropFirst()) {
            let (begin, end) = (fortnight.begin(day), fortnight.begin(next))
            guard fortnight.slot(day) > fortnight.start, end < fortnight.end else { continue }
            // The first moment, from its beginning to the next one's, at which the process was free.
            let free = fortnight.free.first { $0.to >= begin && max($0.from, begin) < end }
            if let free { expected.append(Claimed(day: day, at: max(free.from, begin))) }
        }
        let whole = claimed.filter { attempt in
            fortnight.slot(attempt.slot.day) > fortnight.start
                && fortnight.begin(attempt.slot.day.adding(days: 1)) < fortnight.end
        }
        #expect(whole.map { Claimed(day: $0.slot.day, at: $0.at) } == expected)
        #expect(expected.count > 5)
    }

    @Test("Further attempts follow the one before as the rule says, and none is near the next slot", arguments: 0..<300)
    func attempts(_ seed: Int) throws {
        var fortnight = try Fortnight(seed)
        try fortnight.live()
        for (before, attempt) in zip(fortnight.attempts, fortnight.attempts.dropFirst()) where attempt.number > 1 {
            #expect(attempt.slot == before.slot)
            #expect(attempt.number == before.number + 1)
            let next = fortnight.begin(attempt.slot.day.adding(days: 1))
            #expect(attempt.at < next)
            switch before.outcome {
            case .failed(let ended):
                #expect(attempt.why == .retry)
                #expect(attempt.at >= ended + fortnight.state.rule.pause(afterFailures: before.failures))
                #expect(attempt.at < next - 3_600)
            case .parked(let until):
                #expect(attempt.at >= until)
            case .interrupted:
                #expect(attempt.why == .resumption)
                #expect(fortnight.down.contains { $0.to == attempt.at }, "it was not resumed at once")
            case .needsConsent(let asked):
                #expect(attempt.at > asked)
                #expect(attempt.at < next - 3_600)
            case .running, .succeeded, .cancelled:
                Issue.record("attempt \(attempt.number) of \(attempt.slot) after \(before.outcome)")
            }
        }
    }

    private struct Claimed: Equatable {
        let day: LocalDate
        let at: Instant
    }
}

/// Two weeks of one connection's schedule and of the process that keeps it.
private struct Fortnight {
    struct Attempt {
        let slot: Slot
        let number: Int
        let why: ScheduleDecision.Cause
        let at: Instant
        var failures = 0
        var outcome = SlotClaim.State.running
    }

    /// A spell of time; what its ends mean depends on what it is of.
    struct Spell {
        let from: Instant
        let to: Instant
    }

    let start: Instant
    let end: Instant
    let days: [LocalDate]
    let down: [Spell]
    var state: ScheduleState
    /// Spells in which a run could have begun, both ends included.
    var free: [Spell] = []
    var attempts: [Attempt] = []
    private let witness: ZoneWitness
    private let minute: Int
    private let offset: Double
    private var numbers: SeededNumbers
    private var now: Instant

    init(_ seed: Int) throws {
        var numbers = SeededNumbers(seed: UInt64(truncatingIfNeeded: seed))
        let names = [
            "Europe/Berlin", "America/New_York", "Pacific/Auckland", "America/Santiago", "Asia/Beirut", "Africa/Cairo",
            "Atlantic/Azores", "America/Nuuk", "Australia/Lord_Howe", "Antarctica/Troll", "America/Havana",
        ]
        let zone = try zone(names[seed % names.count])
        witness = ZoneWitness(zone, from: 1_735_689_600, to: 1_861_920_000)
        let change = try #require(witness.spans.dropFirst(2).dropLast(2).randomElement(using: &numbers)).start
        start = Instant(timeIntervalSince1970: Double(change) - Double.random(in: 2...10, using: &numbers) * 86_400)
        end = start + 15 * 86_400
        now = start
        let first = LocalDate(start, in: zone)
        days = (-1...17).map { first.adding(days: $0) }
        minute = [0, 30, 90, 120, 150, 180, 450, 1410, 1439].randomElement(using: &numbers) ?? 0
        let anchor = try #require(Anchor(hour: minute / 60, minute: minute % 60, zone: zone))
        state = ScheduleState(Schedule(anchor: anchor, since: start))
        let others = Int64(seed % 3)
        state.stagger = StartOffset(
            connection: 9, among: Dictionary(uniqueKeysWithValues: (0..<others).map { ($0, anchor) }))
        offset = 30 * Double(others)
        var down: [Spell] = []
        var from = start
        for _ in 0..<Int.random(in: 0...5, using: &numbers) {
            from += Double.random(in: 0.1...4, using: &numbers) * 86_400
            let length: Double = [120, 7_200, 90_000, 200_000].randomElement(using: &numbers) ?? 60
            let to = from + Double.random(in: 60...length, using: &numbers)
            down.append(Spell(from: from, to: to))
            from = to + 1
        }
        self.down = down
        self.numbers = numbers
    }

    /// When a day's run begins, by the witness.
    func begin(_ day: LocalDate) -> Instant { slot(day) + offset }

    /// When a day's run is due, by the witness.
    func slot(_ day: LocalDate) -> Instant {
        let second = witness.first(showing: day.daysSinceEpoch * 86_400 + minute * 60).second
        return Instant(timeIntervalSince1970: Double(second))
    }

    mutating func live() throws {
        while now < end {
            if let spell = down.first(where: { $0.from <= now && now < $0.to }) {
                now = spell.to
                continue
            }
            // Until when the process lives.
            let stop = down.first { $0.from > now }?.from ?? end + 86_400
            switch state.decision(at: now) {
            case .wait(let until):
                try #require(until > now, "it would ask again and again")
                free.append(Spell(from: now, to: min(until, stop - 0.001)))
                now = min(until, stop)
            case .run(let slot, let number, let why):
                free.append(Spell(from: now, to: now))
                run(slot, number, why, stop)
            case .off(let hold):
                try #require(hold == .needsConsent)
                now = min(now + Double.random(in: 60...100_000, using: &numbers), stop)
                state.consentedAt = now
            }
        }
    }

    private mutating func run(_ slot: Slot, _ number: Int, _ why: ScheduleDecision.Cause, _ stop: Instant) {
        var claim = number == 1 ? SlotClaim(slot) : state.claim ?? SlotClaim(slot)
        claim.attempts = number
        var attempt = Attempt(slot: slot, number: number, why: why, at: now)
        let length = Double.random(
            in: 1...(Int.random(in: 0...19, using: &numbers) == 0 ? 100_000 : 7_200), using: &numbers)
        if now + length >= stop {
            claim.state = .interrupted
            now = stop
        } else {
            now += length
            switch Int.random(in: 0..<10, using: &numbers) {
            case 0..<4: claim.state = .succeeded
            case 4..<8:
                claim.state = .failed(at: now)
                claim.failures += 1
            case 8: claim.state = .parked(until: now + Double.random(in: 60...90_000, using: &numbers))
            default: claim.state = .needsConsent(at: now)
            }
        }
        attempt.failures = claim.failures
        attempt.outcome = claim.state
        attempts.append(attempt)
        state.claim = claim
    }
}
