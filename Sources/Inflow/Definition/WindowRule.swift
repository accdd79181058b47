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

        /// A per-parent rule from its parts.
        public init(parent: String, key: String, flag: String? = nil, newest: [String] = []) {
            self.parent = parent
            self.key = key
            self.flag = flag
            self.newest = newest
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
