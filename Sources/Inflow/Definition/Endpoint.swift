/// One read of the platform: where it is, which elements of its answer are records, how it pages and what it carries.
public struct Endpoint: Sendable, Hashable {
    /// How the platform divides a list into pages.
    public enum Paging: Sendable, Hashable {
        /// The whole answer at once; `page` would be ignored (reference §2.3).
        case none
        /// `page` from 1 with `pagesize`; the answer then carries `Page`, `PageSize` and `TotalRecords`.
        case counted(size: Int)
        /// `page` from 1 with a size the platform fixes; a page whose `Records` is 0 ends the list.
        case untilEmpty
    }

    /// What the records of an answer hold, so that a merge never touches what the answer could not contain.
    public enum Carries: Sendable, Hashable {
        /// All columns and all children.
        case everything
        /// All columns of the record itself, none of its children.
        case header
        /// The named columns (the key among them) and the named child tables only.
        case parts(columns: [String], children: [String])
    }

    /// The format of the answer.
    public enum Format: Sendable, Hashable {
        /// XML in a `Response` envelope.
        case xml
        /// JSON in a `data` envelope or bare (generation G4).
        case json
    }

    /// Path below the base URL; `{key}` stands for a percent-encoded identifier.
    public let path: String
    /// The column of the entity whose value fills `{key}` (the platform finds a job by its number, not by its key); the first
    /// key column when `nil`.
    public let keyColumn: String?
    /// Paths of a record's element from the root, `/`-separated, without regard to case; any of them counts.
    public let items: [String]
    /// How the platform divides the list into pages.
    public let paging: Paging
    /// Whether `detailed=true` is sent, which gives lists the shape of `get` (reference §4).
    public let isDetailed: Bool
    /// The parts of a record that its answer holds.
    public let carries: Carries
    /// The format of the answer.
    public let format: Format

    /// An endpoint from its parts.
    public init(
        _ path: String, by keyColumn: String? = nil, items: String..., paging: Paging = .none,
        detailed: Bool = false, carries: Carries = .everything, format: Format = .xml
    ) {
        self.path = path
        self.keyColumn = keyColumn
        self.items = items
        self.paging = paging
        self.isDetailed = detailed
        self.carries = carries
        self.format = format
    }
}
