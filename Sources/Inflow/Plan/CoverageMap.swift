/// Which months of which entity Inflow has read, as a map of one character per entity and month, quarter or year.
///
/// The rules:
///
/// - The map begins with the earliest month that any entity has an entry for and ends with the latest. It holds every
///   month between them, so a gap shows as a gap.
/// - A month without an entry was never read: absence of an entry is not proof that the month is empty.
/// - A quarter or a year is complete only if each of its months is, also those outside the map: what was read of it in
///   part shows as not complete.
/// - Entities stand in the order of the catalogue. One that the catalogue no longer names stands after them, by name.
/// - An entity without dates has no months. It is a list, which is read whole or not at all.
public struct CoverageMap: Equatable, Sendable {
    /// How well a month, or a list, is known (`report.coverage.status`).
    public enum Status: String, StoredWord {
        /// Complete, by an answer of the last 31 days.
        case fresh
        /// Complete, by an answer older than 31 days.
        case old
        /// Read, and not complete to its last day: read before its end, or a record is missing, held, rejected or
        /// without its lines.
        case partial
        /// The last reading failed.
        case failed
        /// No answer ever held all of it.
        case never

        /// The character that stands for it on the map.
        public var mark: Character {
            switch self {
            case .fresh: "#"
            case .old: "o"
            case .partial: "~"
            case .failed: "x"
            case .never: "."
            }
        }
    }

    /// What one character of the map stands for.
    public enum Period: Int, Sendable, CaseIterable {
        /// One calendar month, or three or twelve of them; the raw value is their number.
        case month = 1
        case quarter = 3
        case year = 12

        /// The first day of the period that holds a day.
        fileprivate func start(_ day: LocalDate) -> LocalDate {
            let month = day.startOfMonth
            return month.adding(months: -((month.components.month - 1) % rawValue))
        }
    }

    /// What Inflow knows of one month of an entity, or of a list.
    public struct Entry: Equatable, Sendable {
        /// The name of the entity.
        public let entity: String
        /// The first day of the month; `nil` for a list without dates.
        public let month: LocalDate?
        /// How well the month, or the list, is known.
        public let status: Status

        /// Creates an entry; `month` must be the first day of a month, or `nil` for a list.
        public init(entity: String, month: LocalDate?, status: Status) {
            self.entity = entity
            self.month = month
            self.status = status
        }
    }

    /// The marks of one entity, one for each period of the map.
    public struct Row: Equatable, Sendable {
        /// The name of the entity.
        public let entity: String
        /// One mark for each period of the map, in its order.
        public let marks: String
    }

    /// What one character stands for.
    public let period: Period
    /// The first days of the periods, in order and without a gap; empty when no entity has a dated entry.
    public let periods: [LocalDate]
    /// The entities that have at least one dated entry.
    public let rows: [Row]

    /// Draws the map of some entries; `catalogue` gives the order of the entities.
    public init(_ entries: [Entry], catalogue: [String], by period: Period = .month) {
        let dated = entries.compactMap { entry in entry.month.map { (month: $0, entry: entry) } }
        self.period = period
        periods = CoverageMap.periods(dated.map(\.month), period)
        let known = Set(catalogue)
        let others = Set(dated.map(\.entry.entity)).subtracting(known).sorted()
        var statuses: [String: [LocalDate: Status]] = [:]
        for (month, entry) in dated { statuses[entry.entity, default: [:]][month] = entry.status }
        rows = (catalogue + others).compactMap { [periods] entity in
            statuses[entity].map { own in
                let marks = periods.map { start in
                    CoverageMap.status((0..<period.rawValue).map { own[start.adding(months: $0)] ?? .never }).mark
                }
                return Row(entity: entity, marks: String(marks))
            }
        }
    }

    /// The status of months together: complete where each is, and never read where none was.
    private static func status(_ months: [Status]) -> Status {
        let kinds = Set(months)
        if kinds.count == 1, let one = kinds.first { return one }
        if kinds.contains(.failed) { return .failed }
        return kinds.isSubset(of: [.fresh, .old]) ? .old : .partial
    }

    /// One character for each period: `JFMAMJJASOND`, the number of the quarter, or the last digit of the year.
    public var initials: String {
        String(
            periods.map { start -> Character in
                let (year, month, _) = start.components
                switch period {
                case .month: return Array("JFMAMJJASOND")[month - 1]
                case .quarter: return Array("1234")[(month - 1) / 3]
                case .year: return Array("0123456789")[year % 10]
                }
            })
    }

    /// The years, each above its first period on the map; a year that has no room for its four digits is left out.
    public var years: String {
        var line = ""
        for (place, start) in periods.enumerated() where place == 0 || start.components.month == 1 {
            guard line.count <= place else { continue }
            line += String(repeating: " ", count: place - line.count) + "\(start.components.year) "
        }
        return line
    }

    private static func periods(_ months: [LocalDate], _ period: Period) -> [LocalDate] {
        guard let first = months.min(), let last = months.max() else { return [] }
        return Array(
            sequence(first: period.start(first)) { start in
                let next = start.adding(months: period.rawValue)
                return next <= last ? next : nil
            })
    }
}
