/// Which filter the platform requires or offers for an entity (reference §2.4, §2.5, §4).
public enum WindowRule: Sendable, Hashable {
    /// A list that needs an inclusive span of dates.
    case span(Span)
    /// A list without a filter: always read whole.
    case whole
    /// One call for each record of another entity, rationed by quota.
    case perParent(PerParent)
    /// Not on the platform: the distinct values of another entity's column.
    case derived(from: String, column: String)

    /// A list that needs an inclusive span of dates, both ends as `yyyyMMdd`.
    public struct Span: Sendable, Hashable {
        /// Name of the parameter of the first day.
        public let from: String
        /// Name of the parameter of the last day, inclusive.
        public let to: String
        /// The column whose date the platform filters by.
        public let column: String
        /// The largest span of one call.
        public let chunk: ChunkSize
        /// What a Sync All reads of it.
        public let reach: Reach

        /// A span rule from its parts.
        public init(from: String, to: String, on column: String, chunk: ChunkSize = .month, reach: Reach = .lastMonth) {
            self.from = from
            self.to = to
            self.column = column
            self.chunk = chunk
            self.reach = reach
        }
    }

    /// What a Sync All reads of an entity that needs a span.
    public enum Reach: String, Sendable, Hashable {
        /// The previous and the current calendar month in the connection's zone.
        case lastMonth
        /// From the connection's first date to a year ahead: a list that the platform gives only by window (leads).
        ///
        /// Where a list of the open records shows what changes in between, only years that were not read within
        /// `whole-days`.
        case always
    }

    /// One call for each parent, where a custom-field definition's flag says its kind has any.
    public struct PerParent: Sendable, Hashable {
        /// The entity (or child table, as `job_task`) whose keys the requests carry.
        public let parent: String
        /// The parent's column that fills `{key}`.
        public let key: String
        /// The flag of a custom-field definition, such as `UseJob`, without which no record has values.
        public let flag: String?
        /// Columns of the parent that date it, the first with a value; without one, the last change of its row.
        public let newest: [String]
        /// The word of the setting `values` by which a person chooses it; `nil` where Inflow always reads it.
        public let kind: ValueKind?
        /// What the parent says of its values as a whole; `nil` where it says nothing.
        public let total: Total?
        /// Tables whose rows show that a parent probably has values; a parent without such a row is asked last.
        public let signs: [Sign]

        /// A per-parent rule from its parts.
        public init(
            parent: String, key: String, flag: String? = nil, newest: [String] = [], kind: ValueKind? = nil,
            total: Total? = nil, signs: [Sign] = []
        ) {
            self.parent = parent
            self.key = key
            self.flag = flag
            self.newest = newest
            self.kind = kind
            self.total = total
            self.signs = signs
        }
    }

    /// A sum that stands on the parent: where the values held add up to it, the parent needs no call.
    public struct Total: Sendable, Hashable {
        /// The parent's column with the sum; null says nothing.
        public let column: String
        /// The column of the values that is added up.
        public let part: String

        /// A sum from its two columns.
        public init(_ column: String, of part: String) {
            self.column = column
            self.part = part
        }
    }

    /// Rows elsewhere that name a parent which then probably has values.
    public struct Sign: Sendable, Hashable {
        /// The table, as `wfm.invoice_cost`.
        public let table: String
        /// Its column that names the parent.
        public let column: String
        /// The parent's column that it names; `nil` for the key of the requests.
        public let parent: String?

        /// A sign from its columns.
        public init(_ table: String, _ column: String, names parent: String? = nil) {
            self.table = table
            self.column = column
            self.parent = parent
        }
    }
}

/// A filter for what changed since an instant.
public struct ModifiedRule: Sendable, Hashable {
    /// The name of the query parameter that takes the instant.
    public let parameter: String
    /// Whether `from` and `to` are required beside it.
    public let needsSpan: Bool

    /// A modified filter from its parts.
    public init(_ parameter: String, needsSpan: Bool = false) {
        self.parameter = parameter
        self.needsSpan = needsSpan
    }
}
