/// The tables and views of one connection, as its reader sees them.
public protocol TableService: Sendable {
    /// All tables and views that the connection's reader may read, by name.
    func relations(of connection: String) async throws -> [TableSummary]
    /// A page of one; throws a ``PageProblem`` where there is none of that name or the question cannot be answered.
    func page(_ wanted: TableQuestion, of connection: String) async throws -> TableSight
    /// What every table and view that the connection's reader may read is, with its columns.
    func dictionary(of connection: String) async throws -> [DictionaryEntry]
    /// All rows that fit, as CSV.
    func csv(_ wanted: TableQuestion, of connection: String) async throws -> TextStream
}

/// A table or view in the list of all.
public struct TableSummary: Sendable, Hashable {
    /// Its schema, such as `wfm`.
    public let schema: String
    /// Its name within the schema.
    public let name: String
    /// Whether it is a view.
    public let isView: Bool
    /// What it is, in words.
    public let comment: String

    /// A table or view.
    public init(schema: String, name: String, isView: Bool, comment: String) {
        (self.schema, self.name, self.isView, self.comment) = (schema, name, isView, comment)
    }

    /// `schema.name`.
    public var fullName: String { "\(schema).\(name)" }
}

/// How a column is compared; the raw value stands in addresses.
public enum TableComparison: String, Sendable, CaseIterable {
    /// Equal, or not equal.
    case equal = "is"
    case different = "is_not"
    /// The text holds or begins with this, whatever the case of letters.
    case contains
    case begins
    /// Smaller or greater, or the same.
    case less, atMost = "at_most", more, atLeast = "at_least"
    /// Null or an empty text, or neither.
    case empty, filled

    /// The comparison in words, between a column and a value.
    var words: String {
        switch self {
        case .equal: "is"
        case .different: "is not"
        case .contains: "contains"
        case .begins: "begins with"
        case .less: "is less than"
        case .atMost: "is at most"
        case .more: "is more than"
        case .atLeast: "is at least"
        case .empty: "is empty"
        case .filled: "is not empty"
        }
    }

    /// Whether it needs a value to compare with.
    var needsValue: Bool { self != .empty && self != .filled }
}

/// A condition on one column.
public struct TableFilter: Sendable, Hashable {
    /// The column's name as the address has it; the catalogue decides whether there is one.
    public let column: String
    /// How it is compared.
    public let comparison: TableComparison
    /// With what.
    public let value: String

    /// A condition.
    public init(_ column: String, _ comparison: TableComparison, _ value: String) {
        (self.column, self.comparison, self.value) = (column, comparison, value)
    }
}

/// What a person wants to see of a table.
public struct TableQuestion: Sendable, Hashable {
    /// The table or view, `schema.name`, as the address has it.
    public let relation: String
    /// Conditions, all of which hold.
    public var filters: [TableFilter] = []
    /// The column to sort by; `nil` for the key's order.
    public var sort: String?
    /// Whether the greatest comes first.
    public var isDescending = false
    /// The place after which the page begins, as ``TableSight/next`` gave it.
    public var after: String?
    /// The place before which the page ends, as ``TableSight/previous`` gave it; it counts more than ``after``.
    public var before: String?
    /// How many rows come before the page, or up to its end where ``before`` is given; only a label where pages go by
    /// key.
    public var skipped = 0

    /// All of a table.
    public init(_ relation: String) { self.relation = relation }
}

/// A page of a table.
public struct TableSight: Sendable, Hashable {
    /// A column of it.
    public struct Column: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its type, as PostgreSQL writes it.
        public let type: String
        /// What it means.
        public let comment: String
        /// Whether its values are numbers.
        public let isNumber: Bool
        /// Whether rows can be sorted by it.
        public let isOrdered: Bool

        /// A column.
        public init(name: String, type: String, comment: String, isNumber: Bool, isOrdered: Bool) {
            (self.name, self.type, self.comment) = (name, type, comment)
            (self.isNumber, self.isOrdered) = (isNumber, isOrdered)
        }
    }

    /// Which table.
    public let table: TableSummary
    /// Its columns, in order.
    public let columns: [Column]
    /// The rows of the page, `nil` for null.
    public let rows: [[String?]]
    /// The entity whose table it is; `nil` of lines, and of views.
    public var entity: String?
    /// The columns of the record's key, where it is a table of an entity.
    public var key: [String] = []
    /// The place after which the next page begins; `nil` on the last page, and where pages do not go by key.
    public var next: String?
    /// The place before which the previous page ends; `nil` on the first page, and where pages do not go by key.
    public var previous: String?
    /// How many rows a page has at most.
    public var pageSize = 100
    /// Whether there are more rows.
    public var hasMore = false
    /// How many rows fit; `nil` where they were not counted.
    public var count: Int?
    /// Whether there are more than ``count``.
    public var isCountCut = false
    /// Whether pages go by key, so that a row that is added meanwhile moves none.
    public var isPagedByKey = true
    /// How far it is complete; empty where nothing is known of that.
    public var completeness: [CompletenessLine] = []
    /// The zone by whose clock instants are written.
    public var zone = "UTC"

    /// A page of a table.
    public init(table: TableSummary, columns: [Column], rows: [[String?]]) {
        (self.table, self.columns, self.rows) = (table, columns, rows)
    }
}
