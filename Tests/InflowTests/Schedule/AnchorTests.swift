import Foundation
import Testing

@testable import Inflow

@Suite("Anchor")
struct AnchorTests {
    @Test(
        "A day's slot is the first instant at which the zone's clock shows the anchor or later",
        arguments: [
            // An ordinary day.
            ("Pacific/Auckland", "2026-11-21", "07:30", "2026-11-20T18:30:00Z"),
            // Gaps run at the first instant after them, also where they begin at the anchor.
            ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00:00Z"),
            ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00:00Z"),
            ("Pacific/Auckland", "2026-09-27", "02:30", "2026-09-26T14:00:00Z"),
            ("Pacific/Chatham", "2026-09-27", "03:00", "2026-09-26T14:00:00Z"),
            ("Antarctica/Troll", "2026-03-29", "02:00", "2026-03-29T01:00:00Z"),
            ("Antarctica/Casey", "2020-10-04", "00:00", "2020-10-03T16:00:00Z"),
            ("Antarctica/Casey", "2020-10-04", "02:00", "2020-10-03T16:01:00Z"),
            ("Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22T02:00:00Z"),
            ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z"),
            // Overlaps run at the first of the two.
            ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z"),
            ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z"),
            ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z"),
            ("Pacific/Auckland", "2026-04-05", "02:30", "2026-04-04T13:30:00Z"),
            ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z"),
            ("Antarctica/Troll", "2026-10-25", "01:30", "2026-10-24T23:30:00Z"),
            ("Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15T01:30:00Z"),
            // Midnight itself is in the gap.
            ("America/Santiago", "2026-09-06", "00:00", "2026-09-06T04:00:00Z"),
            ("Asia/Beirut", "2026-03-29", "00:00", "2026-03-28T22:00:00Z"),
            ("Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00:00Z"),
            ("America/Havana", "2026-03-08", "00:00", "2026-03-08T05:00:00Z"),
            ("Atlantic/Azores", "2026-03-29", "00:00", "2026-03-29T01:00:00Z"),
            // The clock is put back over midnight, or to it.
            ("America/Santiago", "2026-04-04", "23:30", "2026-04-05T02:30:00Z"),
            ("America/Santiago", "2026-04-05", "00:00", "2026-04-05T04:00:00Z"),
            ("America/Havana", "2026-11-01", "00:00", "2026-11-01T04:00:00Z"),
            ("Atlantic/Azores", "2026-10-25", "00:00", "2026-10-25T00:00:00Z"),
            ("America/St_Johns", "2006-10-28", "23:30", "2006-10-29T02:00:00Z"),
            ("America/St_Johns", "2006-10-29", "00:00", "2006-10-29T02:30:00Z"),
            // A gap takes the end of the day: its slot is at the next day's first instant, and that day has its own.
            ("America/Nuuk", "2026-03-28", "23:59", "2026-03-29T01:00:00Z"),
            ("America/Nuuk", "2026-03-29", "00:00", "2026-03-29T01:00:00Z"),
            ("America/Nuuk", "2026-03-29", "23:59", "2026-03-30T00:59:00Z"),
            ("America/Nuuk", "2026-10-24", "23:59", "2026-10-25T00:59:00Z"),
            // Across the date line: the days around the one that was left out; one that came twice.
            ("Pacific/Apia", "2011-12-29", "23:59", "2011-12-30T09:59:00Z"),
            ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00:00Z"),
            ("Pacific/Kwajalein", "1993-08-20", "12:00", "1993-08-21T00:00:00Z"),
            ("Pacific/Kwajalein", "1993-08-22", "12:00", "1993-08-22T00:00:00Z"),
            ("Pacific/Kiritimati", "1995-01-01", "12:00", "1994-12-31T22:00:00Z"),
            ("Pacific/Kwajalein", "1969-09-30", "12:00", "1969-09-30T01:00:00Z"),
            ("Pacific/Kwajalein", "1969-10-01", "12:00", "1969-10-02T00:00:00Z"),
        ])
    func known(_ zone: String, _ local: String, _ time: String, _ expected: String) throws {
        let anchor = try anchor(time, zone)
        let slot = try #require(anchor.slot(on: day(local)))
        #expect(slot.instant.ISO8601Format() == expected)
        #expect(slot.key == local)
        #expect(anchor.nextSlot(after: slot.instant - 1) == slot)
        #expect(anchor.lastSlot(atOrBefore: slot.instant) == slot)
        #expect(anchor.nextSlot(after: slot.instant).day > slot.day)
        #expect(anchor.lastSlot(atOrBefore: slot.instant - 1).day < slot.day)
    }

    @Test(
        "A day that the zone left out has no slot, and the days around it follow each other",
        arguments: [
            ("Pacific/Apia", "2011-12-30"), ("Pacific/Fakaofo", "2011-12-30"), ("Pacific/Kwajalein", "1993-08-21"),
            ("Pacific/Kiritimati", "1994-12-31"),
        ], ["00:00", "02:30", "23:59"])
    func leftOut(_ dateLine: (String, String), _ time: String) throws {
        let anchor = try anchor(time, dateLine.0)
        let missing = try day(dateLine.1)
        #expect(anchor.slot(on: missing) == nil)
        let before = try #require(anchor.slot(on: missing.adding(days: -1)))
        let after = try #require(anchor.slot(on: missing.adding(days: 1)))
        #expect(before < after)
        #expect(anchor.nextSlot(after: before.instant) == after)
        #expect(anchor.lastSlot(atOrBefore: after.instant - 1) == before)
        #expect(anchor.nextSlot(after: before.instant - 1, day: before.day) == after)
    }

    @Test("A clock that is put back over midnight shows yesterday again, but the slot of today was")
    func backOverMidnight() throws {
        // St John's put its clock back from 00:01 on 29 October 2006 to 23:01 on the 28th.
        let anchor = try anchor("00:00", "America/St_Johns")
        let slot = try #require(anchor.slot(on: day("2006-10-29")))
        let next = try #require(anchor.slot(on: day("2006-10-30")))
        #expect(LocalDate(slot.instant + 1_800, in: anchor.zone).description == "2006-10-28")
        for now in stride(from: slot.instant, to: next.instant, by: 60) {
            guard anchor.lastSlot(atOrBefore: now) == slot, anchor.nextSlot(after: now) == next else {
                Issue.record("at \(now): \(anchor.lastSlot(atOrBefore: now)), then \(anchor.nextSlot(after: now))")
                return
            }
        }
    }

    @Test("The clocks furthest from UTC are reached too")
    func fixedOffsets() throws {
        for hours in [-18, -12, 0, 14, 18] {
            let zone = try #require(TimeZone(secondsFromGMT: hours * 3_600))
            for minute in [0, 450, 1439] {
                let anchor = try #require(Anchor(hour: minute / 60, minute: minute % 60, zone: zone))
                let slot = try #require(anchor.slot(on: LocalDate(daysSinceEpoch: 20_778)))
                let expected = Double(20_778 * 86_400 + minute * 60 - hours * 3_600)
                #expect(slot.instant.timeIntervalSince1970 == expected)
            }
        }
    }

    @Test(
        "Times are written with hours and minutes",
        arguments: [("07:30", 450, "07:30"), ("7:30", 450, "07:30"), ("00:00", 0, "00:00"), ("23:59", 1439, "23:59")])
    func read(_ text: String, _ minute: Int, _ written: String) throws {
        let read = try anchor(text, "Pacific/Auckland")
        #expect(read.minuteOfDay == minute)
        #expect(read.hour * 60 + read.minute == minute)
        #expect(read.time == written)
        #expect(read.description == "\(written) Pacific/Auckland")
        #expect(try Anchor(read.description) == read)
    }

    @Test(
        "Other texts are no times",
        arguments: [
            "", ":", "7", "730", "24:00", "07:60", "-1:30", "+7:30", "07:5", "007:30", "7:30pm", "07:30:00", " 7:30",
            "７:30",
        ])
    func refused(_ text: String) throws {
        let error = #expect(throws: Anchor.Refusal.self) { try anchor(text, "UTC") }
        #expect(
            error?.description
                == "\"\(text)\" is not a time of day. Write hours and minutes from 00:00 to 23:59, as in 07:30.")
    }

    @Test(
        "A time without a zone, or with one that is none, is refused in words",
        arguments: [
            ("07:30", "\"07:30\" is not a time of day and a zone. Write it as in 07:30 Pacific/Auckland."),
            ("07:30 Mars/Base", "\"Mars/Base\" is not an IANA time zone such as Pacific/Auckland."),
        ])
    func refusedZone(_ text: String, _ words: String) {
        let error = #expect(throws: Anchor.Refusal.self) { try Anchor(text) }
        #expect(error?.description == words)
    }

    @Test("An hour or a minute that no clock shows is no anchor")
    func noClock() {
        #expect(Anchor(hour: 24, minute: 0, zone: .gmt) == nil)
        #expect(Anchor(hour: 0, minute: 60, zone: .gmt) == nil)
        #expect(Anchor(hour: -1, minute: 0, zone: .gmt) == nil)
        #expect(Anchor(hour: 0, minute: -1, zone: .gmt) == nil)
    }

    @Test(
        "The anchor at an instant is its local time to the minute",
        arguments: [
            ("2026-11-20T18:30:59Z", "Pacific/Auckland", "07:30"),
            ("2026-11-20T18:31:00Z", "Pacific/Auckland", "07:31"),
            ("2026-11-21T00:00:00Z", "Asia/Kathmandu", "05:45"), ("1969-12-31T23:59:59Z", "UTC", "23:59"),
            ("2026-10-25T01:30:00Z", "Europe/Berlin", "02:30"),
        ])
    func atInstant(_ text: String, _ identifier: String, _ time: String) throws {
        let asked = try instant(text) + 0.75
        #expect(try Anchor(at: asked, in: zone(identifier)) == anchor(time, identifier))
    }

    @Test("Slots are ordered by day, and claimed by it")
    func order() throws {
        let early = Slot(day: try day("2026-11-21"), instant: try instant("2026-11-21T09:00:00Z"))
        let late = Slot(day: try day("2026-11-22"), instant: try instant("2026-11-21T08:00:00Z"))
        #expect(early < late)
        #expect(early.key == "2026-11-21")
        #expect("\(late)" == "2026-11-22")
    }
}
