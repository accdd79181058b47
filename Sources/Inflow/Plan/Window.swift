/// A half-open span of local dates `[from, until)` that a run asks for.
public struct Window: Hashable, Sendable {
    /// The first day asked for.
    public let from: LocalDate
    /// The first day no longer asked for.
    public let until: LocalDate

    /// The window `[from, until)`; `nil` when it would hold no day.
    public init?(from: LocalDate, until: LocalDate) {
        guard from < until else { return nil }
        self.from = from
        self.until = until
    }

    /// The window of the days `first` to `last`, both included, as a person means them.
    ///
    /// `nil` when `last` is before `first`.
    public init?(first: LocalDate, last: LocalDate) {
        self.init(from: first, until: last.adding(days: 1))
    }

    /// The last day asked for: what an inclusive `to` parameter takes.
    public var last: LocalDate { until.adding(days: -1) }

    /// How many days it holds; at least 1.
    public var days: Int { until.daysSinceEpoch - from.daysSinceEpoch }

    /// The previous and the current calendar month of a day: the "last month" of a Sync All.
    public static func lastMonth(of today: LocalDate) -> Window {
        let start = today.startOfMonth
        return Window(checked: start.adding(months: -1), start.adding(months: 1))
    }

    /// Cuts the window at the borders of calendar months, or every twelve months.
    ///
    /// The parts are in order and cover the window exactly.
    public func chunks(by size: ChunkSize) -> [Window] {
        var parts: [Window] = []
        var start = from
        while start < until {
            let border =
                switch size {
                case .month: start.startOfMonth.adding(months: 1)
                case .year: start.adding(months: 12)
                }
            parts.append(Window(checked: start, min(border, until)))
            start = min(border, until)
        }
        return parts
    }

    private init(checked from: LocalDate, _ until: LocalDate) {
        self.from = from
        self.until = until
    }
}

extension Window {
    /// The calendar month of a day.
    public init?(month day: LocalDate) {
        self.init(from: day.startOfMonth, until: day.startOfMonth.adding(months: 1))
    }

    /// The calendar months that lie wholly in it, by their first days.
    public var wholeMonths: [LocalDate] {
        var months: [LocalDate] = []
        var month = from == from.startOfMonth ? from : from.startOfMonth.adding(months: 1)
        while month.adding(months: 1) <= until {
            months.append(month)
            month = month.adding(months: 1)
        }
        return months
    }

    /// The calendar months that it touches, by their first days.
    public var touchedMonths: [LocalDate] {
        var months: [LocalDate] = []
        var month = from.startOfMonth
        while month < until {
            months.append(month)
            month = month.adding(months: 1)
        }
        return months
    }
}

/// How large a span one call asks for.
public enum ChunkSize: String, Sendable {
    /// To the end of the calendar month.
    case month
    /// Twelve months from the start: the longest span the platform is known to answer (reference §2.4).
    case year
}

extension Window: CustomStringConvertible {
    /// `2026-10-01 to 2026-10-31`, both days included.
    public var description: String { from == last ? "\(from)" : "\(from) to \(last)" }
}
