import Foundation
import TestSupport
import Testing

@testable import Inflow

@Suite("When a digest is due")
struct DigestScheduleTests {
    /// Tuesday 2026-11-24 08:00 in Auckland (+13).
    private let tuesday = Instant(timeIntervalSince1970: 1_795_460_400)
    private let auckland = TimeZone(identifier: "Pacific/Auckland") ?? .gmt

    @Test(
        "A day and a time are taken in any case and cut short, and read back whole",
        arguments: [
            ("monday 08:00", "monday 08:00"), ("Mon 8:00", "monday 08:00"), ("THURS 23:59", "thursday 23:59"),
            ("  sun   00:00 ", "sunday 00:00"), ("off", "off"), ("OFF", "off"),
        ])
    func taken(_ text: String, _ readBack: String) throws {
        let schedule = try #require(DigestSchedule(text))
        #expect(schedule.description == readBack && DigestSchedule(readBack) == schedule)
    }

    @Test(
        "Everything else is refused",
        arguments: [
            "", "monday", "08:00", "mo 08:00", "mondays 08:00", "monday 24:00", "monday 8", "someday 08:00",
            "monday 08:00 UTC",
        ])
    func refused(_ text: String) {
        #expect(DigestSchedule(text) == nil)
    }

    @Test("The last slot is of the zone's own calendar, at its time or before")
    func lastSlot() throws {
        #expect(tuesday.text(in: auckland) == "2026-11-24 08:00")
        let schedule = try #require(DigestSchedule("tuesday 08:00"))
        let slot = try #require(schedule.lastSlot(atOrBefore: tuesday, in: auckland))
        #expect(slot.instant == tuesday && slot.day.description == "2026-11-24")
        let before = try #require(schedule.lastSlot(atOrBefore: tuesday.addingTimeInterval(-1), in: auckland))
        #expect(before.day.description == "2026-11-17" && before.instant == tuesday.addingTimeInterval(-7 * 86_400))
        #expect(DigestSchedule.off.lastSlot(atOrBefore: tuesday, in: auckland) == nil)
        // In London the same instant is Monday.
        let london = try #require(TimeZone(identifier: "Europe/London"))
        #expect(schedule.lastSlot(atOrBefore: tuesday, in: london)?.day.description == "2026-11-17")
    }

    @Test("Each week has one slot, also where the clock changes or leaves the time out")
    func clockChanges() throws {
        // New York leaves out 02:30 on Sunday 2026-03-08, and shows 01:30 twice on Sunday 2026-11-01.
        let zone = try #require(TimeZone(identifier: "America/New_York"))
        for text in ["sunday 02:30", "sunday 01:30"] {
            let schedule = try #require(DigestSchedule(text))
            var days: [String] = []
            let start = Instant(timeIntervalSince1970: 1_767_225_600)
            for hour in 0..<(365 * 24) {
                let now = start.addingTimeInterval(Double(hour) * 3_600)
                let slot = try #require(schedule.lastSlot(atOrBefore: now, in: zone))
                #expect(slot.instant <= now)
                if days.last != slot.day.description { days.append(slot.day.description) }
            }
            #expect(days.count == 53 && days == days.sorted(), "\(days)")
        }
    }
}

@Suite("How complete an entity is")
struct CompletenessTests {
    private func month(
        _ text: String, to end: String? = nil, _ reason: GapReason? = nil
    ) throws -> Completeness.Month {
        let first = try #require(LocalDate("\(text)-01"))
        return Completeness.Month(
            first: first,
            completeTo: reason == nil ? first.adding(months: 1).adding(days: -1) : end.flatMap { LocalDate($0) },
            isComplete: reason == nil, reason: reason)
    }

    @Test("Days are complete from the first month to the first gap, whatever comes after it")
    func gaps() throws {
        #expect(Completeness([]).words == "no: never read whole")
        let whole = try [month("2026-02"), month("2026-01"), month("2026-03", to: "2026-03-20", .early)]
        #expect(Completeness(whole).words == "2026-01-01 to 2026-03-20")
        let fault = try [month("2026-01"), month("2026-02", to: "2026-02-10", .rejected), month("2026-03")]
        #expect(Completeness(fault).words == "2026-01-01 to 2026-02-10, then a record was rejected")
        let hole = try [month("2026-01"), month("2026-03")]
        #expect(Completeness(hole).words == "2026-01-01 to 2026-01-31, then never read whole")
        #expect(try Completeness([month("2026-01", .failed), month("2026-02")]).words == "no: the last reading failed")
        #expect(try Completeness([month("2026-01", .early)]).words == "no: read too early to say")
        let early = try [month("2026-01"), month("2026-02", .early)]
        #expect(Completeness(early).words == "2026-01-01 to 2026-01-31")
    }

    @Test("A month that was read too early and stands alone begins no span; one with the next month beside it does")
    func loneMonth() throws {
        let later = try [month("2026-03"), month("2026-04")]
        let early = try month("2025-05", to: "2025-05-10", .early)
        #expect(Completeness([early] + later).words == "2026-03-01 to 2026-04-30")
        #expect(try Completeness([early, month("2025-06", .never)] + later).words == "2026-03-01 to 2026-04-30")
        #expect(try Completeness([early, month("2025-08", .early)] + later).words == "2026-03-01 to 2026-04-30")
        #expect(Completeness([early]).words == "2025-05-01 to 2025-05-10")
        #expect(try Completeness([early, month("2025-06")] + later).words == "2025-05-01 to 2025-05-10")
        // Of months ahead nothing can be said yet: the current one counts.
        #expect(try Completeness([early, month("2025-12", .early)]).words == "2025-05-01 to 2025-05-10")
        // A fault is no early reading.
        let failed = try [month("2025-05", .failed)] + later
        #expect(Completeness(failed).words == "no: the last reading failed")
    }
}
