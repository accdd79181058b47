import Foundation
import TestSupport
import Testing

@testable import Inflow

@Suite("When a report goes out by mail")
struct ReportRhythmTests {
    private let auckland = TimeZone(identifier: "Pacific/Auckland") ?? .gmt

    /// The slots after an instant, as the zone's clock shows them.
    private func slots(_ text: String, after instant: Instant, _ count: Int) throws -> [String] {
        let rhythm = try #require(ReportRhythm(text))
        var (now, slots) = (instant, [String]())
        for _ in 0..<count {
            let slot = try #require(rhythm.nextSlot(after: now, in: auckland))
            #expect(rhythm.lastSlot(atOrBefore: slot.instant, in: auckland) == slot)
            #expect(rhythm.lastSlot(atOrBefore: slot.instant - 1, in: auckland).map { $0.day < slot.day } == true)
            slots.append(slot.instant.text(in: auckland))
            now = slot.instant
        }
        return slots
    }

    @Test("Each rhythm has its days, over the end of a month and of summer time")
    func days() throws {
        // Friday 2 April 2027 23:00 in Auckland; the clock goes back on Sunday 4 April at 03:00.
        let friday = Instant(timeIntervalSince1970: 1_806_660_000)
        #expect(friday.text(in: auckland) == "2027-04-02 23:00")
        #expect(
            try slots("day 02:30", after: friday, 3) == ["2027-04-03 02:30", "2027-04-04 02:30", "2027-04-05 02:30"])
        #expect(try slots("workday 08:00", after: friday, 2) == ["2027-04-05 08:00", "2027-04-06 08:00"])
        #expect(try slots("sunday 08:00", after: friday, 2) == ["2027-04-04 08:00", "2027-04-11 08:00"])
        #expect(try slots("month 00:00", after: friday, 2) == ["2027-05-01 00:00", "2027-06-01 00:00"])
    }

    @Test(
        "A time that the clock leaves out comes at the first instant after it",
        arguments: ["day 02:30", "sunday 02:30"])
    func gap(text: String) throws {
        // The clock goes from 02:00 to 03:00 on Sunday 26 September 2027.
        let saturday = Instant(timeIntervalSince1970: 1_821_873_600)
        #expect(saturday.text(in: auckland) == "2027-09-26 00:00")
        #expect(try slots(text, after: saturday, 1) == ["2027-09-26 03:00"])
    }

    @Test(
        "What people write is read, and read back the same",
        arguments: ["day 08:00", "Workday 8:00", "mon 23:59", "month 00:00"])
    func words(text: String) throws {
        let rhythm = try #require(ReportRhythm(text))
        #expect(ReportRhythm(rhythm.description) == rhythm)
    }

    @Test(
        "Anything else is none",
        arguments: ["", "day", "08:00", "daily 08:00", "mo 08:00", "day 24:00", "day 08:00 UTC"])
    func refused(text: String) {
        #expect(ReportRhythm(text) == nil)
    }
}
