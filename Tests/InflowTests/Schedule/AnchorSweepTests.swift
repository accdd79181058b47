import Foundation
import TestSupport
import Testing

@testable import Inflow

/// Every zone that Foundation knows, from 2020 to 2040.
///
/// Looked at are all local days within two of a change of offset, and one day a month besides; with INFLOW_ALL_DAYS=1 all
/// days, which takes minutes.
@Suite("Anchor in every zone")
struct AnchorSweepTests {
    private static let identifiers = TimeZone.knownTimeZoneIdentifiers
    private static let times = ["00:00", "01:30", "02:00", "02:30", "03:00", "23:59"]
    private static let first = LocalDate.days(year: 2020, month: 1, day: 1)
    private static let last = LocalDate.days(year: 2040, month: 12, day: 31)
    private static let allDays = ProcessInfo.processInfo.environment["INFLOW_ALL_DAYS"] == "1"

    /// The days to look at, by their numbers.
    private static func days(_ witness: ZoneWitness) -> [Int] {
        if allDays { return Array(first...last) }
        var days = witness.daysNearChanges.filter { (first...last).contains($0) }
        for month in 0..<21 * 12 {
            days.insert(LocalDate.days(year: 2020 + month / 12, month: month % 12 + 1, day: 15))
        }
        return days.sorted()
    }

    @Test("There are zones to look at, with thousands of changes")
    func zones() {
        #expect(AnchorSweepTests.identifiers.count > 400)
        let changes = AnchorSweepTests.identifiers.compactMap { TimeZone(identifier: $0) }
            .reduce(0) { $0 + ZoneWitness($1).spans.count - 1 }
        #expect(changes > 5_000)
    }

    @Test(
        "Every local day has exactly one slot, at the first instant that shows the anchor or later",
        arguments: identifiers)
    func sweep(_ identifier: String) throws {
        let zone = try zone(identifier)
        let witness = ZoneWitness(zone)
        let days = AnchorSweepTests.days(witness)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        for time in AnchorSweepTests.times {
            let anchor = try Anchor(time: time, zone: zone)
            for day in days {
                guard let fault = fault(anchor, LocalDate(daysSinceEpoch: day), witness, calendar) else { continue }
                Issue.record("\(identifier), \(time), \(LocalDate(daysSinceEpoch: day)): \(fault)")
                return
            }
        }
    }

    /// What is wrong with the slot of a day, if anything.
    private func fault(_ anchor: Anchor, _ day: LocalDate, _ witness: ZoneWitness, _ calendar: Calendar) -> String? {
        guard let slot = anchor.slot(on: day) else { return "it has no slot" }
        let local = day.daysSinceEpoch * 86_400 + anchor.minuteOfDay * 60
        let expected = witness.first(showing: local)
        guard slot.day == day, slot.instant.timeIntervalSince1970 == Double(expected.second) else {
            return "its slot is \(slot.instant), expected \(Date(timeIntervalSince1970: Double(expected.second)))"
        }
        // As a calendar shows it: exactly the anchor, or later and a second before earlier.
        let shown = shown(slot.instant, calendar)
        guard expected.isShown ? shown == local : shown > local && self.shown(slot.instant - 1, calendar) < local else {
            return "a calendar shows \(shown - local) seconds more than the anchor"
        }
        // Alone on its day from every side.
        guard anchor.nextSlot(after: slot.instant - 1) == slot else { return "it is not the next one a second before" }
        guard anchor.lastSlot(atOrBefore: slot.instant) == slot else { return "it is not the last one at its instant" }
        let next = anchor.nextSlot(after: slot.instant)
        guard next.day == day.adding(days: 1) else { return "the next is not tomorrow" }
        guard slot.instant + StartOffset.longest < next.instant else {
            return "a stagger would reach the next day's slot"
        }
        guard anchor.lastSlot(atOrBefore: slot.instant - 0.001).day == day.adding(days: -1) else {
            return "the last is not yesterday"
        }
        return nil
    }

    /// Seconds since 1970 by the local clock as a calendar reads it.
    private func shown(_ instant: Instant, _ calendar: Calendar) -> Int {
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: instant)
        let day = LocalDate.days(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
        return day * 86_400 + (parts.hour ?? 0) * 3_600 + (parts.minute ?? 0) * 60 + (parts.second ?? 0)
    }

    @Test(
        "From a cold start at any instant the days follow each other, none twice, none left out", arguments: identifiers
    )
    func coldStart(_ identifier: String) throws {
        let zone = try zone(identifier)
        let changes = ZoneWitness(zone).spans.dropFirst().map(\.start)
        var numbers = SeededNumbers(identifier)
        for round in 0..<60 {
            let start = anyInstant(round, changes, &numbers)
            let minute = Int.random(in: 0...1439, using: &numbers)
            let anchor = try #require(Anchor(hour: minute / 60, minute: minute % 60, zone: zone))
            var slot = anchor.lastSlot(atOrBefore: start)
            guard slot.instant <= start else {
                Issue.record("\(anchor) from \(start): the last slot \(slot.instant) is later")
                return
            }
            var now = start
            for _ in 0..<5 {
                let next = anchor.nextSlot(after: now)
                guard next.instant > now, next.instant > slot.instant, next.day == slot.day.adding(days: 1) else {
                    Issue.record(
                        "\(anchor) from \(start): after \(slot) at \(slot.instant) came \(next) at \(next.instant)")
                    return
                }
                (slot, now) = (next, next.instant)
            }
        }
    }

    @Test("A Sync All at any instant serves its own day, and the next slot is on the day after", arguments: identifiers)
    func syncAll(_ identifier: String) throws {
        let zone = try zone(identifier)
        let changes = ZoneWitness(zone).spans.dropFirst().map(\.start)
        var numbers = SeededNumbers(identifier + " Sync All")
        for round in 0..<60 {
            let asked = anyInstant(round, changes, &numbers)
            var schedule = Schedule(anchor: Anchor(hour: 7, minute: 30, zone: zone), since: asked - 40 * 86_400)
            schedule.syncAll(askedAt: asked, zone: .gmt)
            let state = ScheduleState(schedule)
            let today = LocalDate(asked, in: zone)
            let next = try #require(state.nextSlot(after: asked))
            guard next.day == today.adding(days: 1), state.decision(at: asked) == .wait(until: next.instant),
                next.instant > asked, state.decision(at: next.instant) == .run(next, attempt: 1, why: .due)
            else {
                Issue.record("\(identifier), asked at \(asked) on \(today): next is \(next) at \(next.instant)")
                return
            }
        }
    }

    /// An instant from 2020 to 2040: every other one within 25 hours of a change, every third one a whole second.
    private func anyInstant(_ round: Int, _ changes: [Int], _ numbers: inout SeededNumbers) -> Instant {
        let near = round.isMultiple(of: 2) ? changes.randomElement(using: &numbers) : nil
        let second =
            near.map { Double($0) + Double.random(in: -90_000...90_000, using: &numbers) }
            ?? Double.random(in: 1_577_836_800...2_240_524_800, using: &numbers)
        return Instant(timeIntervalSince1970: round.isMultiple(of: 3) ? second.rounded() : second)
    }
}
