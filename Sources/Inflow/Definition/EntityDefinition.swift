/// The declaration of an entity: where it is read, its window rule, key, columns and children.
///
/// Everything that Inflow does with an entity follows from this one value: the calls, the element names that the parser
/// numbers, the shape of rows, staging, the merge, the search for missing rows, the check of the tables at the start,
/// the order of loading, and generated tests. So a new entity is a definition, its line in the list of the source, and
/// a migration with its tables. A definition is plain data without closures: it can be compared, printed, sent across
/// tasks and checked (``faults()``) without a platform or a database.
///
/// A definition says how to *read*: the path of an element and the kind of its text. PostgreSQL's column type says how
/// to *store*, and `SchemaCheck` fails when the two do not fit. Migrations are written by hand; ``DDLPrinter`` prints a
/// first draft.
///
/// Endpoints of one entity may carry different parts of a record (``Endpoint/Carries``). A merge changes only what the
/// answer could hold, so an open list without lines never deletes the lines of a document. A changed definition raises
/// ``version``, with which the hash of every row begins: for a row of an older version, a merge compares the columns
/// themselves.
public struct EntityDefinition: Sendable, Hashable {
    /// Whether an entity is a stream of dated documents or a list.
    public enum Kind: String, Sendable, Hashable {
        /// Dated documents: quotes, jobs, orders, invoices, time.
        case transactional
        /// Lists kept by the organisation: clients, staff, tasks.
        case reference
    }

    /// The entity's name, singular: `purchase_order`.
    public let name: String
    /// Whether it is documents by date or a list.
    public let kind: Kind
    /// The version of columns and children, which each change raises; it is part of every row's hash.
    public let version: Int
    /// The endpoint that lists its records.
    public let endpoint: Endpoint
    /// A list used instead where the connection is configured for it (job status of the JSON generation).
    public let alternative: Endpoint?
    /// The call that gives one record by key, as a list's row looks when detailed.
    public let get: Endpoint?
    /// Whether Inflow must read each row of the list by `get`, since no list carries its children.
    public let isReadEach: Bool
    /// The filter that the list requires or offers.
    public let window: WindowRule
    /// A filter for what changed since an instant, where there is one.
    public let modified: ModifiedRule?
    /// Lists of still-open documents, whatever their date.
    public let sweeps: [Endpoint]
    /// The column of a document's state, by which documents like the open ones are found; `nil` where nothing is swept.
    public let state: String?
    /// Columns of other tables that name its records by the value its `get` asks for.
    public let mentionedIn: [Mention]
    /// The table, with schema: `wfm.invoice`.
    public let table: String
    /// Key columns, without `connection_id`.
    public let key: [String]
    /// The record's own columns.
    public let columns: [Column]
    /// Tables filled from inside the record.
    public let children: [Child]
    /// Entities that should be loaded before it.
    public let after: [String]
    /// One sentence: what it is.
    public let summary: String
    /// Entities whose records hang on its records or on their lines, each read with a call of its own: the costs of
    /// a job, the custom fields of a client's contacts.
    ///
    /// What marks or revives a record does the same to these. Empty until ``linked(_:)`` fills it.
    public private(set) var values: [EntityDefinition] = []

    /// A definition from its parts.
    public init(
        _ name: String, _ kind: Kind, version: Int = 1, summary: String, endpoint: Endpoint,
        alternative: Endpoint? = nil, get: Endpoint? = nil, readEach: Bool = false, window: WindowRule,
        modified: ModifiedRule? = nil, sweeps: [Endpoint] = [], state: String? = nil, mentionedIn: [Mention] = [],
        table: String, key: [String], columns: [Column], children: [Child] = [], after: [String] = []
    ) {
        self.name = name
        self.kind = kind
        self.version = version
        self.summary = summary
        self.endpoint = endpoint
        self.alternative = alternative
        self.get = get
        self.isReadEach = readEach
        self.window = window
        self.modified = modified
        self.sweeps = sweeps
        self.state = state
        self.mentionedIn = mentionedIn
        self.table = table
        self.key = key
        self.columns = columns
        self.children = children
        self.after = after
    }

    /// The same entities, each with those that hang on it.
    public static func linked(_ entities: [EntityDefinition]) -> [EntityDefinition] {
        linked(entities, among: entities)
    }

    private static func linked(
        _ some: [EntityDefinition], among entities: [EntityDefinition]
    ) -> [EntityDefinition] {
        some.map { entity in
            var linked = entity
            linked.values = EntityDefinition.linked(entities.filter { $0.hangs(on: entity) }, among: entities)
            return linked
        }
    }
}

/// A column that names another entity's record.
public struct Mention: Sendable, Hashable {
    /// The table, with schema.
    public let table: String
    /// The column of that table that holds the key.
    public let column: String
    /// Whether the table has `deleted_at`: records have, lines have not.
    public let isRecord: Bool

    /// A mention in a table of records, or of lines.
    public init(_ table: String, _ column: String, isRecord: Bool = true) {
        self.table = table
        self.column = column
        self.isRecord = isRecord
    }
}

/// A table filled from inside a record, such as an invoice's task lines.
///
/// Its rows are replaced together with their parent.
public struct Child: Sendable, Hashable {
    /// Paths of a line's element from the record's element; any of them counts.
    public let paths: [String]
    /// The table, with schema: `wfm.invoice_task`.
    public let table: String
    /// Key columns, without `connection_id`: the parent's key first.
    public let key: [String]
    /// Its columns, the parent's key among them.
    public let columns: [Column]
    /// One sentence: what a row is.
    public let summary: String

    /// A child from its parts.
    public init(
        at path: String, or others: String..., table: String, key: [String], summary: String, columns: [Column]
    ) {
        self.paths = [path] + others
        self.table = table
        self.key = key
        self.summary = summary
        self.columns = columns
    }
}
