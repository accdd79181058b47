import Foundation
import Testing

@testable import Inflow

@Suite("LocalDate")
struct LocalDateTests {
    @Test("Every day from 1900 to 2100 follows the one before, as a person counts, and survives its text")
    func roundTrip() throws {
        var (year, month, day) = (1900, 1, 1)
        var number = -25_567
        while year <= 2100 {
            let date = try #require(LocalDate(year: year, month: month, day: day))
            guard date.daysSinceEpoch == number, date.components == (year, month, day),
                LocalDate(date.description) == date, LocalDate(date.compact) == date
            else {
                Issue.record("\(year)-\(month)-\(day) is \(date), \(date.daysSinceEpoch) days after 1970")
                return
            }
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
            number += 1
            day += 1
            if day > length { (day, month) = (1, month + 1) }
            if month > 12 { (month, year) = (1, year + 1) }
        }
        #expect(number == 47_847, "73,414 days lie between 1900-01-01 and 2101-01-01")
    }

    @Test(
        "Texts that the calendar has no day for are no dates",
        arguments: [
            "2026-02-29", "1900-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00",
            "2026-1-1",
            "0000-01-01", "2026/01/01", "2026-01-0x", "202601", "", "2026-01-011", "-2026-1-1", "２０２６-01-01",
        ])
    func refused(_ text: String) {
        #expect(LocalDate(text) == nil)
    }

    @Test(
        "Leap days are where the Gregorian calendar has them",
        arguments: [(1900, 28), (2000, 29), (2023, 28), (2024, 29), (2100, 28), (2400, 29)])
    func february(_ year: Int, _ days: Int) {
        #expect(LocalDate.days(inMonth: 2, of: year) == days)
        #expect((LocalDate("\(year)-02-29") != nil) == (days == 29))
    }

    @Test(
        "Months later means the same day, or the last one of a shorter month",
        arguments: [
            ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-03-31", -1, "2026-02-28"),
            ("2026-10-31", 1, "2026-11-30"), ("2026-12-15", 1, "2027-01-15"), ("2026-01-15", -1, "2025-12-15"),
            ("2024-02-29", 12, "2025-02-28"), ("2026-05-31", -15, "2025-02-28"), ("2026-11-21", 0, "2026-11-21"),
        ])
    func months(_ from: String, _ months: Int, _ expected: String) throws {
        let date = try day(from)
        #expect(date.adding(months: months).description == expected)
    }

    @Test(
        "The day of an instant is the zone's own",
        arguments: [
            ("2026-11-21T11:30:00Z", "Pacific/Auckland", "2026-11-22"),
            ("2026-11-21T11:30:00Z", "America/New_York", "2026-11-21"),
            ("2026-11-21T04:30:00Z", "America/New_York", "2026-11-20"),
            ("1969-12-31T23:30:00Z", "GMT", "1969-12-31"), ("1969-12-31T23:30:00Z", "Europe/Berlin", "1970-01-01"),
        ])
    func zones(_ instant: String, _ zone: String, _ expected: String) throws {
        let time = try Date(instant, strategy: .iso8601)
        let timeZone = try #require(TimeZone(identifier: zone))
        #expect(LocalDate(time, in: timeZone).description == expected)
    }

    @Test("Days are ordered by time and counted across years")
    func order() throws {
        let last = try day("2025-12-31")
        let first = try day("2026-01-01")
        #expect(last < first)
        #expect(last.adding(days: 1) == first)
        #expect(first.adding(days: -366).description == "2024-12-31")
        #expect(first.startOfMonth == first)
        #expect(last.startOfMonth.description == "2025-12-01")
    }
}
