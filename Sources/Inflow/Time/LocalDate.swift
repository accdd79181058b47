/// A calendar day without a zone: the platform's business dates.
///
/// Time has two types here, and they do not mix. A ``LocalDate`` is a day on a calendar: the date of an invoice, the
/// month a run reads. An ``Instant`` is a point in time in UTC: when a run began, when a token ends. The platform
/// writes business dates as `yyyy-MM-ddT00:00:00` without a zone (reference §2.4), so a date is never shifted between
/// zones; a shift would move invoices into another month for half of the world. Where a day must come from an instant
/// (what is "today" for an organisation?), `init(_:in:)` takes the organisation's zone, and no other code does the
/// conversion.
///
/// A day is its number of days since 1970-01-01 in the proleptic Gregorian calendar, which is also PostgreSQL's. Hence
/// arithmetic needs no calendar object, no lock and no allocation, and a date costs the line eight bytes. Months are
/// clamped: a month after 31 January is the last day of February.
///
/// Code that needs the present time receives a ``Now``, so that tests hold the clock.
public struct LocalDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01; negative before it.
    public var daysSinceEpoch: Int

    /// The day `daysSinceEpoch` days after 1970-01-01, before it when negative.
    public init(daysSinceEpoch: Int) {
        self.daysSinceEpoch = daysSinceEpoch
    }

    /// The day of a year, month (1–12) and day of the month, or `nil` where the calendar has no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= LocalDate.days(inMonth: month, of: year)
        else { return nil }
        self.init(daysSinceEpoch: LocalDate.days(year: year, month: month, day: day))
    }

    /// The day written as `yyyy-MM-dd` or `yyyyMMdd`, or `nil`.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let digits =
            bytes.count == 10 && bytes[4] == 0x2D && bytes[7] == 0x2D
            ? bytes[0..<4] + bytes[5..<7] + bytes[8..<10] : bytes[...]
        guard digits.count == 8, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        self.init(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }

    /// Year, month (1–12) and day of the month.
    public var components: (year: Int, month: Int, day: Int) {
        // Days to civil, after Howard Hinnant's public-domain "chrono-compatible low-level date algorithms".
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The first day of this day's month.
    public var startOfMonth: LocalDate {
        LocalDate(daysSinceEpoch: daysSinceEpoch - components.day + 1)
    }

    /// The day that lies `days` days later, or earlier when negative.
    public func adding(days: Int) -> LocalDate {
        LocalDate(daysSinceEpoch: daysSinceEpoch + days)
    }

    /// The same day of the month `months` months later, or that month's last day where it is shorter.
    public func adding(months: Int) -> LocalDate {
        let (year, month, day) = components
        let index = year * 12 + month - 1 + months
        let newYear = index >= 0 ? index / 12 : (index - 11) / 12
        let newMonth = index - newYear * 12 + 1
        let newDay = min(day, LocalDate.days(inMonth: newMonth, of: newYear))
        return LocalDate(daysSinceEpoch: LocalDate.days(year: newYear, month: newMonth, day: newDay))
    }

    /// `yyyyMMdd`, as the platform's `from` and `to` take it (reference §2.4).
    public var compact: String {
        description.replacing("-", with: "")
    }

    /// Orders days by time.
    public static func < (left: LocalDate, right: LocalDate) -> Bool {
        left.daysSinceEpoch < right.daysSinceEpoch
    }

    /// Days from 1970-01-01 to a year, month and day that the caller knows to be valid.
    public static func days(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// How many days a month (1–12) of a year has.
    public static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }
}

extension LocalDate: CustomStringConvertible {
    /// The day as `yyyy-MM-dd`, which `init(_:)` reads.
    public var description: String {
        let (year, month, day) = components
        func padded(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}
