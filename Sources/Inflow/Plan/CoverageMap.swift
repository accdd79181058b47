/// Which months of which entity Inflow has read, as a map of one character per entity and month.
///
/// The rules:
///
/// - The map begins with the earliest month that any entity has an entry for and ends with the latest. It holds every
///   month between them, so a gap shows as a gap.
/// - A month without an entry was never read: absence of an entry is not proof that the month is empty.
/// - Entities stand in the order of the catalogue. One that the catalogue no longer names stands after them, by name.
/// - An entity without dates has no months. It is a list, which is read whole or not at all.
public struct CoverageMap: Equatable, Sendable {
    /// How well a month, or a list, is known (`report.coverage.status`).
    public enum Status: String, StoredWord {
        /// The last complete answer came within the last 31 days.
        case fresh
        /// The last complete answer is older than 31 days.
        case old
        /// The last reading failed.
        case failed
        /// No answer ever held all of it.
        case never

        /// The character that stands for it on the map.
        public var mark: Character {
            switch self {
            case .fresh: "#"
            case .old: "o"
            case .failed: "x"
            case .never: "."
            }
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

    /// The marks of one entity, one for each month of the map.
    public struct Row: Equatable, Sendable {
        /// The name of the entity.
        public let entity: String
        /// One mark for each month of the map, in its order.
        public let marks: String
    }

    /// The first days of the months, in order and without a gap; empty when no entity has a dated entry.
    public let months: [LocalDate]
    /// The entities that have at least one dated entry.
    public let rows: [Row]

    /// Draws the map of some entries; `catalogue` gives the order of the entities.
    public init(_ entries: [Entry], catalogue: [String]) {
        let dated = entries.compactMap { entry in entry.month.map { (month: $0, entry: entry) } }
        months = CoverageMap.months(dated.map(\.month))
        let known = Set(catalogue)
        let others = Set(dated.map(\.entry.entity)).subtracting(known).sorted()
        var statuses: [String: [LocalDate: Status]] = [:]
        for (month, entry) in dated { statuses[entry.entity, default: [:]][month] = entry.status }
        rows = (catalogue + others).compactMap { [months] entity in
            statuses[entity].map { own in
                Row(entity: entity, marks: String(months.map { (own[$0] ?? .never).mark }))
            }
        }
    }

    /// The initials of the months, one character each: `JFMAMJJASOND`.
    public var initials: String {
        String(months.map { Array("JFMAMJJASOND")[$0.components.month - 1] })
    }

    /// The years, each above its first month on the map; a year that has no room for its four digits is left out.
    public var years: String {
        var line = ""
        for (place, month) in months.enumerated() where place == 0 || month.components.month == 1 {
            guard line.count <= place else { continue }
            line += String(repeating: " ", count: place - line.count) + "\(month.components.year) "
        }
        return line
    }

    private static func months(_ dates: [LocalDate]) -> [LocalDate] {
        guard let first = dates.min(), let last = dates.max() else { return [] }
        return Array(sequence(first: first) { $0 < last ? $0.adding(months: 1) : nil })
    }
}
