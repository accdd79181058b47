/// How large a span one call of a backfill asks for: a rung of a ladder from one day to a year.
///
/// A backfill begins with a month, goes up while the platform answers within a minute, and down where it does not
/// answer in time. The warehouse remembers the rung of each entity.
public struct SpanSize: Sendable, Hashable, Comparable {
    /// The unit a size counts.
    private enum Unit: String, Sendable {
        case days
        case months
    }

    private static let ladder: [(count: Int, unit: Unit)] = [
        (1, .days), (2, .days), (4, .days), (8, .days), (16, .days), (1, .months), (2, .months), (3, .months),
        (6, .months), (12, .months),
    ]

    private let rung: Int

    private init(rung: Int) {
        self.rung = min(max(0, rung), SpanSize.ladder.count - 1)
    }

    /// A calendar month: where a backfill begins.
    public static let month = SpanSize(rung: 5)
    /// A day, below which nothing is cut.
    public static let day = SpanSize(rung: 0)
    /// Twelve months, the longest span the platform is known to answer (reference §2.4).
    public static let year = SpanSize(rung: ladder.count - 1)

    /// The size written as ``description`` writes it, or `nil`.
    public init?(_ text: String) {
        guard let rung = SpanSize.ladder.firstIndex(where: { SpanSize.words($0.count, $0.unit) == text }) else {
            return nil
        }
        self.rung = rung
    }

    /// The next size to ask for when a span of this size took `seconds` seconds.
    ///
    /// One up where the next size would still take less than a minute, if time grows with the days.
    public func grown(after seconds: Double) -> SpanSize {
        let next = SpanSize(rung: rung + 1)
        return next > self && seconds * Double(next.days) / Double(days) < 60 ? next : self
    }

    /// The next smaller size, or the same where there is none.
    public var halved: SpanSize { SpanSize(rung: rung - 1) }

    /// About how many days it has.
    public var days: Int {
        let (count, unit) = SpanSize.ladder[rung]
        return unit == .days ? count : count * 365 / 12
    }

    /// Cuts a window into spans of at most this size, in order.
    ///
    /// No span crosses the border of a month unless both its ends are such borders, so that the spans of a month add up
    /// to it.
    public func cut(_ window: Window) -> [Window] {
        let (count, unit) = SpanSize.ladder[rung]
        var spans: [Window] = []
        var start = window.from
        while start < window.until {
            let border =
                switch unit {
                case .days: min(start.adding(days: count), start.startOfMonth.adding(months: 1))
                case .months:
                    start == start.startOfMonth ? start.adding(months: count) : start.startOfMonth.adding(months: 1)
                }
            var end = min(border, window.until)
            // A part of a month at the end is a span for itself.
            if unit == .months, end == window.until, end != end.startOfMonth, start < end.startOfMonth {
                end = end.startOfMonth
            }
            if let span = Window(from: start, until: end) { spans.append(span) }
            start = end
        }
        return spans
    }

    /// Orders sizes by length.
    public static func < (left: SpanSize, right: SpanSize) -> Bool { left.rung < right.rung }

    private static func words(_ count: Int, _ unit: Unit) -> String {
        "\(count) \(count == 1 ? String(unit.rawValue.dropLast()) : unit.rawValue)"
    }
}

extension SpanSize: CustomStringConvertible {
    /// `1 day`, `16 days`, `3 months`.
    public var description: String {
        let (count, unit) = SpanSize.ladder[rung]
        return SpanSize.words(count, unit)
    }
}
