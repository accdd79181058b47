import Inflow
import Testing

@Suite("Days as people write them")
struct WrittenDayTests {
    private let today = LocalDate(year: 2026, month: 3, day: 31)

    @Test(
        "A month or a year begins with its first day and ends with its last",
        arguments: [
            ("2026-10-05", "2026-10-05", "2026-10-05"), ("20261005", "2026-10-05", "2026-10-05"),
            ("2026-10", "2026-10-01", "2026-10-31"), ("2024-02", "2024-02-01", "2024-02-29"),
            ("2026", "2026-01-01", "2026-12-31"), ("today", "2026-03-31", "2026-03-31"),
            ("Yesterday", "2026-03-30", "2026-03-30"), ("tomorrow", "2026-04-01", "2026-04-01"),
            ("last-month", "2026-02-01", "2026-02-28"), ("Last Month", "2026-02-01", "2026-02-28"),
            ("this-month", "2026-03-01", "2026-03-31"), ("next_month", "2026-04-01", "2026-04-30"),
            ("last-year", "2025-01-01", "2025-12-31"), ("this-year", "2026-01-01", "2026-12-31"),
            ("next-year", "2027-01-01", "2027-12-31"),
        ])
    func spans(text: String, first: String, last: String) throws {
        let day = try #require(WrittenDay(text))
        let today = try #require(today)
        #expect(day.first(today: today).description == first)
        #expect(day.last(today: today).description == last)
    }

    @Test(
        "What is no day is refused, also a day that the calendar lacks",
        arguments: ["", "2026-02-31", "2026-13", "2026-1", "26", "0000", "soon", "last", "2026-10-", "month", "２０２６"])
    func refused(text: String) {
        #expect(WrittenDay(text) == nil)
    }
}
