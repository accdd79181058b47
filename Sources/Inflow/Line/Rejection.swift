/// A record that was not loaded, or a value without which a record was loaded, and why.
///
/// A record is rejected where a value that it cannot be without cannot be read, or the database refuses it. Any other
/// value that cannot be read is null, and is rejected for itself.
public struct Rejection: Sendable, Hashable {
    /// Why a record was not loaded; stable codes.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// A required value is missing or empty.
        case missing
        /// The text is not a number.
        case notANumber = "not_a_number"
        /// The text is not a date or time that the calendar has.
        case notADate = "not_a_date"
        /// The text is not a time of day.
        case notATimeOfDay = "not_a_time_of_day"
        /// The text is neither yes nor no.
        case notABoolean = "not_a_boolean"
        /// The value does not fit the column.
        case outOfRange = "out_of_range"
        /// A text is longer than Inflow takes.
        case tooLong = "too_long"
        /// Two different lines of the record have the same key.
        case repeatedLine = "repeated_line"
        /// Characters of the key were lost on the way, so that it would be another record's.
        case lostCharacters = "lost_characters"
        /// PostgreSQL refused the row.
        case refusedByDatabase = "refused_by_database"
        /// The answer for a day cannot be read at all.
        case unreadableDay = "unreadable_day"

        /// The reason in words.
        public var words: String {
            switch self {
            case .missing: "a required value is missing"
            case .notANumber: "the text is not a number"
            case .notADate: "the text is not a date that the calendar has"
            case .notATimeOfDay: "the text is not a time of day"
            case .notABoolean: "the text is neither yes nor no"
            case .outOfRange: "the value does not fit the column"
            case .tooLong: "the text is longer than Inflow takes"
            case .repeatedLine: "two different lines of the record have the same key"
            case .lostCharacters: "characters of the record's key were lost on the way"
            case .refusedByDatabase: "PostgreSQL refused the row"
            case .unreadableDay: "the platform's answer for this day cannot be read"
            }
        }
    }

    /// The record's key as text, columns joined by `/`; empty when the key itself could not be read.
    public var key: String
    /// The table of the value concerned: the entity's or a child's.
    public var table: String
    /// The column whose value was rejected.
    public var column: String
    /// The text as the platform sent it, at most 1,000 characters.
    public var raw: String
    /// Why the record was rejected.
    public var reason: Reason
    /// Whether only the value was rejected, or only the line that it belongs to; the record is loaded.
    public var isOfValue = false
    /// The date by which the platform lists the record; `nil` where it cannot be read, or the entity has no dates.
    public var datedOn: LocalDate?
    /// What people call the record, as the answer has it: number and names; `nil` where it has none that can be read.
    public var label: String?

    /// A rejection from its parts.
    public init(
        key: String, table: String, column: String, raw: String, reason: Reason, datedOn: LocalDate? = nil,
        isOfValue: Bool = false, label: String? = nil
    ) {
        self.label = label
        self.isOfValue = isOfValue
        self.key = key
        self.table = table
        self.column = column
        self.raw = raw
        self.reason = reason
        self.datedOn = datedOn
    }
}

/// An element that the definition does not name; its value is in `extra`, unless it stands around the records.
public struct Drift: Sendable, Hashable {
    /// The table whose `extra` holds its value; for an element around the records, the entity's table.
    public var table: String
    /// Path from the row's element, as the platform spells it.
    public var path: String
    /// A value seen, at most 200 characters.
    public var example: String

    /// What the path of an element begins with that stands around the records and not in one: its value is not kept.
    public static let around = "../"
    /// Whether the element stands around the records, where nothing is loaded from.
    public var isAroundRecords: Bool { path.hasPrefix(Drift.around) }

    /// A drift note from its parts.
    public init(table: String, path: String, example: String) {
        self.table = table
        self.path = path
        self.example = example
    }
}

extension ShapedBatch {
    /// The batch with a drift note for each unknown element around the records of an answer.
    public consuming func noting(_ unknown: [String: String], around entity: EntityDefinition) -> ShapedBatch {
        drift += unknown.sorted { $0.key < $1.key }.map { path, text in
            Drift(table: entity.table, path: Drift.around + path, example: text)
        }
        return self
    }
}
