public import Inflow

/// Single records of one connection: what they are, how they came to be so, and what names them.
public protocol RecordService: Sendable {
    /// A record by its key or number; throws a ``PageProblem`` where there is none.
    func record(_ entity: String, _ key: String, of connection: String) async throws -> RecordFinding
    /// The record as the platform sent it last, from the archive; `nil` where no archived answer holds it.
    func raw(_ entity: String, _ key: String, of connection: String) async throws -> RawRecord?
}

/// What a key or number leads to.
public enum RecordFinding: Sendable {
    /// One record.
    case one(RecordSight)
    /// Several records of one number; their keys.
    case several([String])
}

/// A record as the platform sent it.
public struct RawRecord: Sendable, Hashable {
    /// Its text.
    public let text: String
    /// The run that asked.
    public let run: Int64
    /// When it asked.
    public let askedAt: Instant
    /// What was asked for: path and query, without anything secret.
    public let asked: String
    /// The zone by whose clock the instant is written.
    public let zone: String

    /// A record from the archive.
    public init(text: String, run: Int64, askedAt: Instant, asked: String, zone: String) {
        (self.text, self.run, self.askedAt, self.asked, self.zone) = (text, run, askedAt, asked, zone)
    }
}

/// One record.
public struct RecordSight: Sendable {
    /// One of its values.
    public struct Field: Sendable, Hashable {
        /// The column.
        public let name: String
        /// Its value; `nil` for null.
        public let value: String?
        /// What it means.
        public let comment: String
        /// Whether it is Inflow's own, such as the run that changed the record.
        public let isBookkeeping: Bool

        /// A value of a record.
        public init(name: String, value: String?, comment: String, isBookkeeping: Bool) {
            (self.name, self.value, self.comment) = (name, value, comment)
            self.isBookkeeping = isBookkeeping
        }
    }

    /// The lines of one kind.
    public struct Lines: Sendable, Hashable {
        /// The first of them, as a page of their table.
        public let sight: TableSight
        /// Which lines of that table they are.
        public let filters: [TableFilter]

        /// Lines of a record.
        public init(_ sight: TableSight, filters: [TableFilter]) { (self.sight, self.filters) = (sight, filters) }
    }

    /// Rows of another table that name the record.
    public struct Mention: Sendable, Hashable {
        /// The table, `schema.name`, and the column that names the record.
        public let relation, column: String
        /// Which rows they are.
        public let filters: [TableFilter]
        /// How many they are.
        public let count: Int

        /// Rows that name a record.
        public init(relation: String, column: String, filters: [TableFilter], count: Int) {
            (self.relation, self.column, self.filters, self.count) = (relation, column, filters, count)
        }
    }

    /// The entity's name.
    public let entity: String
    /// The record's key, its columns joined by `/`.
    public let key: String
    /// What people call it; `nil` where nothing but the key is known.
    public let label: String?
    /// The zone of the connection, by whose clock instants are written.
    public let zone: String
    /// Its values, in the order of the table.
    public var fields: [Field] = []
    /// When Inflow marked it as deleted; `nil` while the platform lists it.
    public var deletedAt: String?
    /// Its lines.
    public var lines: [Lines] = []
    /// What names it.
    public var mentions: [Mention] = []
    /// How it became what it is.
    public var history: RecordDiff
    /// The instants of ``history`` in words, in its order.
    public var historyTimes: [String] = []

    /// A record of which only its names and its history are known yet.
    public init(entity: String, key: String, label: String?, zone: String, history: RecordDiff) {
        (self.entity, self.key, self.label, self.zone) = (entity, key, label, zone)
        self.history = history
    }
}
