public import Foundation

/// When a report goes out by mail: each day, each day from Monday to Friday, on a weekday, or on the first of each month, at a wall time.
public struct ReportRhythm: Sendable, Hashable {
    /// The days on which it is due.
    public enum Days: Sendable, Hashable {
        /// Every day; every day from Monday to Friday; one day of the week; the first day of each month.
        case day, workday, week(DigestSchedule.Weekday), month
    }

    /// The days on which it is due.
    public let days: Days
    /// Minutes after local midnight as the clock shows them, 0 to 1439.
    public let minuteOfDay: Int

    /// The rhythm of the words `day`, `workday`, `month` or a weekday's name, or of its beginning, at a time such as
    /// `08:00`; `nil` for any others.
    public init?(every word: String, at time: String) {
        guard let anchor = try? Anchor(time: time, zone: .gmt) else { return nil }
        switch word.lowercased() {
        case "day": days = .day
        case "workday": days = .workday
        case "month": days = .month
        case let other:
            guard let weekday = DigestSchedule.Weekday(word: other[...]) else { return nil }
            days = .week(weekday)
        }
        minuteOfDay = anchor.minuteOfDay
    }

    /// The rhythm as its description has it: `monday 08:00`; `nil` for another text.
    public init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 2 else { return nil }
        self.init(every: words[0], at: words[1])
    }

    /// The latest slot whose instant is not after this one.
    ///
    /// A time that the zone's clock leaves out or shows twice counts as it does for scheduled runs (``Anchor``).
    public func lastSlot(atOrBefore now: Instant, in zone: TimeZone) -> Slot? {
        slots(from: LocalDate(now, in: zone).adding(days: 1), step: -1, in: zone).first { $0.instant <= now }
    }

    /// The first slot strictly after an instant.
    public func nextSlot(after now: Instant, in zone: TimeZone) -> Slot? {
        slots(from: LocalDate(now, in: zone).adding(days: -1), step: 1, in: zone).first { $0.instant > now }
    }

    /// The slots of 70 days in a row: of a rhythm by months at least two, also where the zone left a day out.
    private func slots(from day: LocalDate, step: Int, in zone: TimeZone) -> some Sequence<Slot> {
        let anchor = Anchor(hour: minuteOfDay / 60, minute: minuteOfDay % 60, zone: zone)
        return (0..<70).lazy.map { day.adding(days: step * $0) }.filter(isDue).compactMap { anchor?.slot(on: $0) }
    }

    private func isDue(on day: LocalDate) -> Bool {
        switch days {
        case .day: true
        case .workday: ![.saturday, .sunday].contains(DigestSchedule.Weekday(day))
        case .week(let weekday): DigestSchedule.Weekday(day) == weekday
        case .month: day == day.startOfMonth
        }
    }
}

extension ReportRhythm: CustomStringConvertible {
    /// The rhythm as ``init(_:)`` reads it.
    public var description: String {
        let word =
            switch days {
            case .day: "day"
            case .workday: "workday"
            case .week(let weekday): weekday.rawValue
            case .month: "month"
            }
        return "\(word) \(Anchor(hour: minuteOfDay / 60, minute: minuteOfDay % 60, zone: .gmt)?.time ?? "00:00")"
    }
}
