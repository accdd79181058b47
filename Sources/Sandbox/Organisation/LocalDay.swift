import Foundation

/// A calendar day without a time zone, counted from 1 January 1970 in the proleptic Gregorian calendar.
public struct LocalDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01; negative before it.
    public let number: Int

    /// Makes the day that lies `number` days after 1970-01-01.
    public init(_ number: Int) {
        self.number = number
    }

    /// Makes a day from its civil date; months and days outside their range carry over.
    public init(year: Int, month: Int, day: Int) {
        let months = year * 12 + (month - 1)
        let year = months >= 0 ? months / 12 : (months - 11) / 12
        let month = months - year * 12 + 1
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.number = era * 146_097 + dayOfEra - 719_468 + day - 1
    }

    /// Today's date in the machine's own time zone.
    public static var today: LocalDay {
        let now = Date()
        let seconds = Int(now.timeIntervalSince1970.rounded(.down)) + TimeZone.current.secondsFromGMT(for: now)
        return LocalDay(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
    }

    /// Reads `yyyyMMdd`, `yyyy-MM-dd` or an ISO date-time whose time part is ignored; nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let digits: [UInt8]
        if bytes.count == 8 {
            digits = bytes
        } else if bytes.count >= 10, bytes[4] == 45, bytes[7] == 45 {
            guard bytes.count == 10 || bytes[10] == 84 || bytes[10] == 32 else { return nil }
            digits = Array(bytes[0..<4] + bytes[5..<7] + bytes[8..<10])
        } else {
            return nil
        }
        guard digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100)
        let made = LocalDay(year: year, month: month, day: day)
        guard made.civil == (year, month, day) else { return nil }
        self = made
    }

    /// Year, month (1–12) and day of the month (1–31).
    public var civil: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The ISO text, `yyyy-MM-dd`.
    public var description: String {
        let (year, month, day) = civil
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }

    /// 0 for Monday up to 6 for Sunday.
    var weekday: Int {
        let shifted = (number + 3) % 7
        return shifted < 0 ? shifted + 7 : shifted
    }

    /// The first day of this day's month.
    var startOfMonth: LocalDay {
        LocalDay(number - civil.day + 1)
    }

    /// The last day of this day's month.
    var endOfMonth: LocalDay {
        let (year, month, _) = civil
        return LocalDay(LocalDay(year: year, month: month + 1, day: 1).number - 1)
    }

    /// The first day of the month that lies `count` months later.
    func startOfMonth(adding count: Int) -> LocalDay {
        let (year, month, _) = civil
        return LocalDay(year: year, month: month + count, day: 1)
    }

    /// Whether the first day comes before the second.
    public static func < (lhs: LocalDay, rhs: LocalDay) -> Bool {
        lhs.number < rhs.number
    }
}
