/// A day, or a span of days, as a person writes it: `2026-10-05`, `2026-10`, `2026`, `today`, `last-month`.
///
/// A month or a year stands for its first day where a span begins (`--from`) and for its last day where a span ends
/// (`--to`). A word such as `today` depends on the calendar of the organisation, so the caller gives its day.
public struct WrittenDay: Hashable, Sendable {
    /// A word that stands for a span beside today.
    public enum Word: String, CaseIterable, Sendable {
        /// One day: the present one, the one before, the one after.
        case today, yesterday, tomorrow
        /// A calendar month.
        case thisMonth = "this-month"
        case lastMonth = "last-month"
        case nextMonth = "next-month"
        /// A calendar year.
        case thisYear = "this-year"
        case lastYear = "last-year"
        case nextYear = "next-year"
    }

    private enum Form: Hashable, Sendable {
        case span(first: LocalDate, last: LocalDate)
        case word(Word)
    }

    private let form: Form

    /// The span that a text means; `nil` where it means none, or a day that the calendar does not have.
    ///
    /// Reads `yyyy-MM-dd`, `yyyyMMdd`, `yyyy-MM`, `yyyy` and the words, without regard to case; blanks count as hyphens.
    public init?(_ text: String) {
        let plain = text.lowercased().split { $0 == " " || $0 == "-" || $0 == "_" }.joined(separator: "-")
        if let word = Word(rawValue: plain) {
            form = .word(word)
        } else if let day = LocalDate(text) {
            form = .span(first: day, last: day)
        } else if text.wholeMatch(of: /[0-9]{4}/) != nil, let year = Int(text),
            let first = LocalDate(year: year, month: 1, day: 1), let last = LocalDate(year: year, month: 12, day: 31)
        {
            form = .span(first: first, last: last)
        } else if let match = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})/), let year = Int(match.1),
            let month = Int(match.2), let first = LocalDate(year: year, month: month, day: 1)
        {
            form = .span(first: first, last: first.endOfMonth)
        } else {
            return nil
        }
    }

    /// The first day of the span.
    public func first(today: LocalDate) -> LocalDate { days(today).first }

    /// The last day of the span.
    public func last(today: LocalDate) -> LocalDate { days(today).last }

    private func days(_ today: LocalDate) -> (first: LocalDate, last: LocalDate) {
        func day(_ distance: Int) -> (LocalDate, LocalDate) {
            (today.adding(days: distance), today.adding(days: distance))
        }
        func month(_ distance: Int) -> (LocalDate, LocalDate) {
            let first = today.startOfMonth.adding(months: distance)
            return (first, first.endOfMonth)
        }
        func year(_ distance: Int) -> (LocalDate, LocalDate) {
            let first = today.startOfMonth.adding(months: 1 - today.components.month + 12 * distance)
            return (first, first.adding(months: 11).endOfMonth)
        }
        switch form {
        case .span(let first, let last): return (first, last)
        case .word(.today): return day(0)
        case .word(.yesterday): return day(-1)
        case .word(.tomorrow): return day(1)
        case .word(.thisMonth): return month(0)
        case .word(.lastMonth): return month(-1)
        case .word(.nextMonth): return month(1)
        case .word(.thisYear): return year(0)
        case .word(.lastYear): return year(-1)
        case .word(.nextYear): return year(1)
        }
    }
}

extension LocalDate {
    /// The last day of this day's month.
    fileprivate var endOfMonth: LocalDate { startOfMonth.adding(months: 1).adding(days: -1) }
}
