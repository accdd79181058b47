/// One column of an entity's table: what it is called, where in the record it comes from, and how its text is read.
///
/// The kind says how to read a text; how a value is stored is PostgreSQL's column type, and `SchemaCheck`
/// compares the two before every run.
public struct Column: Sendable, Hashable {
    /// How a text of the platform becomes a typed value.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Text as sent, entities decoded; empty text is null. PostgreSQL `text`.
        case text
        /// A key of the platform's: without the white space around it, a GUID in lower case and without braces; one that
        /// is blank or of zeros only is null. PostgreSQL `text`.
        case identifier
        /// A printed number or code by which records name each other: without the white space around it; blank is null.
        /// PostgreSQL `text`.
        case code
        /// A decimal with a dot and no grouping, kept to its last digit. PostgreSQL `numeric`.
        case decimal
        /// A decimal that reports give as `numeric(19,4)`: below 10^15, and above -10^15. PostgreSQL `numeric`.
        case money
        /// A whole number. PostgreSQL `integer`.
        case integer
        /// A number of minutes; may be negative. PostgreSQL `integer`.
        case minutes
        /// `true`/`false`, `Yes`/`No`, any case. PostgreSQL `boolean`.
        case boolean
        /// A business date, never shifted between zones: `yyyy-MM-dd`, with or without a time, or `yyyyMMdd`.
        /// PostgreSQL `date`.
        case date
        /// A date and time of day without a zone, as it stood on the wall. PostgreSQL `timestamp`.
        case moment
        /// An instant in UTC; `Z` or an offset are honoured, their absence means UTC. PostgreSQL `timestamptz`.
        case instant
        /// A time of day: `HH:mm`, or whole minutes of the day. PostgreSQL `time`.
        case clock
        /// The key of the parent, copied. PostgreSQL type of the parent's column.
        case parent
        /// An element of an enclosing element, copied; text, read as ``Column/reading`` says.
        case outer
        /// 1-based place among the parent's lines of this table, in document order. PostgreSQL `integer`.
        case position
        /// The child's own identifier, or where it has none `#` and its position: a key that is never null.
        /// PostgreSQL `text`.
        case identifierOrPosition
    }

    /// The column's name in the table.
    public let name: String
    /// How its text is read.
    public let kind: Kind
    /// Paths from the row's own element, `/`-separated, without regard to case; the first that has text wins.
    ///
    /// Of an `outer` column: the enclosing element's name, the path from it, then other names of that element.
    public let paths: [String]
    /// Whether a record without it is rejected.
    public let isRequired: Bool
    /// The version of the definition that brought this column.
    public let since: Int
    /// How its text is read; differs from the kind only where an `outer` column is an identifier or a code.
    public let reading: Kind
    /// Meaning with unit or oddity, which becomes the comment of the column; empty where the name suffices.
    public let summary: String

    /// A column from its parts; prefer the named factories.
    public init(
        _ name: String, _ kind: Kind, paths: [String], required: Bool = false, since: Int = 1, summary: String = "",
        reading: Kind? = nil
    ) {
        self.reading = reading ?? (kind == .outer ? .text : kind)
        self.name = name
        self.kind = kind
        self.paths = paths
        self.isRequired = required
        self.since = since
        self.summary = summary
    }
}

/// Whether a value may be missing.
public enum Presence: Sendable {
    /// A record without a value here is rejected.
    case required
    /// A record without a value here has null.
    case optional
}

extension Column {
    /// A text column, optional unless `presence` says otherwise.
    public static func text(
        _ name: String, at path: String, or others: String..., presence: Presence = .optional, since: Int = 1,
        _ summary: String = ""
    ) -> Column {
        Column(
            name, .text, paths: [path] + others, required: presence == .required, since: since, summary: summary)
    }

    /// A key of the platform's, optional unless `presence` says otherwise; all spellings of one are one value.
    public static func identifier(
        _ name: String, at path: String, or others: String..., presence: Presence = .optional, since: Int = 1,
        _ summary: String = ""
    ) -> Column {
        Column(
            name, .identifier, paths: [path] + others, required: presence == .required, since: since, summary: summary)
    }

    /// A printed number or code by which records name each other, optional unless `presence` says otherwise.
    public static func code(
        _ name: String, at path: String, presence: Presence = .optional, since: Int = 1, _ summary: String = ""
    ) -> Column {
        Column(name, .code, paths: [path], required: presence == .required, since: since, summary: summary)
    }

    /// An amount of money in the organisation's currency; 10^15 and more is rejected.
    public static func money(_ name: String, at path: String, since: Int = 1, _ summary: String = "") -> Column {
        Column(name, .money, paths: [path], since: since, summary: summary)
    }

    /// A quantity, rate or markup.
    public static func decimal(_ name: String, at path: String, since: Int = 1, _ summary: String = "") -> Column {
        Column(name, .decimal, paths: [path], since: since, summary: summary)
    }

    /// A column of whole numbers.
    public static func integer(_ name: String, at path: String, since: Int = 1, _ summary: String = "") -> Column {
        Column(name, .integer, paths: [path], since: since, summary: summary)
    }

    /// A number of minutes.
    public static func minutes(
        _ name: String, at path: String, presence: Presence = .optional, since: Int = 1, _ summary: String = ""
    ) -> Column {
        Column(name, .minutes, paths: [path], required: presence == .required, since: since, summary: summary)
    }

    /// Yes or no, in either spelling.
    public static func boolean(_ name: String, at path: String, since: Int = 1, _ summary: String = "") -> Column {
        Column(name, .boolean, paths: [path], since: since, summary: summary)
    }

    /// A column of business dates, never shifted between zones.
    public static func date(
        _ name: String, at path: String, presence: Presence = .optional, since: Int = 1, _ summary: String = ""
    ) -> Column {
        Column(name, .date, paths: [path], required: presence == .required, since: since, summary: summary)
    }

    /// A date and time of day without a zone.
    public static func moment(_ name: String, at path: String, since: Int = 1, _ summary: String = "") -> Column {
        Column(name, .moment, paths: [path], since: since, summary: summary)
    }

    /// An instant in UTC.
    public static func instant(_ name: String, at path: String, since: Int = 1, _ summary: String = "") -> Column {
        Column(name, .instant, paths: [path], since: since, summary: summary)
    }

    /// A time of day.
    public static func clock(_ name: String, at path: String, since: Int = 1, _ summary: String = "") -> Column {
        Column(name, .clock, paths: [path], since: since, summary: summary)
    }

    /// The parent's key column, copied into the child.
    public static func parent(_ name: String, _ parentColumn: String) -> Column {
        Column(name, .parent, paths: [parentColumn], required: true, summary: "Key of the record this line belongs to.")
    }

    /// An element of an enclosing element (`ID` of the `Job` a task line stands in).
    ///
    /// `ancestor` is the enclosing element's name, the nearest one counts; `others` are names it goes by in other
    /// generations, tried in order where the line stands inside no `ancestor`. Null where it stands inside none. The
    /// text is read as text, or with `reading` as an identifier or a code.
    public static func outer(
        _ name: String, at path: String, of ancestor: String, or others: String..., as reading: Kind = .text,
        presence: Presence = .optional, since: Int = 1, _ summary: String = ""
    ) -> Column {
        Column(
            name, .outer, paths: [ancestor, path] + others, required: presence == .required, since: since,
            summary: summary, reading: reading)
    }

    /// Names of the enclosing element an `outer` column is read from, in the order they are tried.
    var ancestors: [String] { kind == .outer ? Array(paths.prefix(1) + paths.dropFirst(2)) : [] }

    /// The 1-based place among the parent's lines of this table, in document order.
    public static func position(_ name: String = "position") -> Column {
        Column(
            name, .position, paths: [], required: true,
            summary: "1-based place among the lines of this record, in the order the platform sent them.")
    }

    /// The child's identifier, or `#` and its position where the platform sends none.
    public static func identifierOrPosition(_ name: String, at path: String, _ summary: String = "") -> Column {
        Column(name, .identifierOrPosition, paths: [path], required: true, summary: summary)
    }
}
