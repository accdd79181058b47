public import Foundation
public import Inflow

/// What is complete and what is not: months, deletions that wait, records that are not loaded, findings.
public protocol CompletenessService: Sendable {
    /// What is known of each month and list.
    func coverage(of connection: String) async throws -> CoverageFacts
    /// Rows that are missing from the platform and are not marked yet, or were kept by a decision.
    func deletions(of connection: String) async throws -> [HeldDeletion]
    /// Decides about held rows by number; approved ones are looked for once more and then marked.
    func decide(approving: Bool, _ ids: [Int64], of connection: String, by: Doer) async throws
    /// Takes decisions back; returns how many rows wait again.
    func reconsider(_ ids: [Int64], of connection: String, by: Doer) async throws -> Int
    /// Rejections, open ones or all, the newest first, `limit` at most.
    func rejections(of connection: String, all: Bool, limit: Int) async throws -> RejectionFacts
    /// Reads rejected records again: by key where the platform has such a call, else by their lists.
    func retry(_ ids: [Int64], of connection: String, by: Doer) async throws
    /// Hides rejections until their records have another error; without numbers all open ones.
    func dismiss(_ ids: [Int64], of connection: String, by: Doer) async throws
    /// Shows dismissed rejections again.
    func reopen(_ ids: [Int64], of connection: String, by: Doer) async throws
    /// Records that contradict themselves or each other, the first causes of each kind.
    func quality(of connection: String, limit: Int) async throws -> QualityFacts
    /// Elements that the platform sends and Inflow does not know.
    func drift(of connection: String) async throws -> [UnknownElement]
}

/// What is known of each month of each entity, and of each list.
public struct CoverageFacts: Sendable, Hashable {
    /// One month of an entity, or a list.
    public struct Cell: Sendable, Hashable {
        /// The entity's name.
        public let entity: String
        /// The first day of the month; `nil` for a list.
        public let month: LocalDate?
        /// How well it is known.
        public let status: CoverageMap.Status
        /// When the last answer that held all of it was asked for.
        public let verifiedAt: Instant?
        /// Records of that answer, rows in the table after it, and records that were not loaded.
        public let sent, held, rejected: Int?
        /// Rows of it that are missing from the platform and are not settled.
        public let missing: Int?
        /// Why it is not complete; `nil` where it is.
        public let reason: String?

        /// A month or a list of the view `report.coverage`.
        public init(
            entity: String, month: LocalDate?, status: CoverageMap.Status, verifiedAt: Instant?, sent: Int?,
            held: Int?, rejected: Int?, missing: Int?, reason: String?
        ) {
            (self.entity, self.month, self.status, self.verifiedAt) = (entity, month, status, verifiedAt)
            (self.sent, self.held, self.rejected) = (sent, held, rejected)
            (self.missing, self.reason) = (missing, reason)
        }
    }

    /// The zone in which times are shown.
    public let zone: TimeZone
    /// The entities in the order in which they are read.
    public let catalogue: [String]
    /// Months and lists.
    public let cells: [Cell]

    /// The facts of a connection.
    public init(zone: TimeZone, catalogue: [String], cells: [Cell]) {
        (self.zone, self.catalogue, self.cells) = (zone, catalogue, cells)
    }
}

/// A row that the platform's answers lack.
public struct HeldDeletion: Sendable, Hashable {
    /// The number by which a person names it.
    public let id: Int64
    /// The entity, the record's key, and what people call the record.
    public let entity, key, label: String
    /// Where it stands.
    public let status: MissingRowStatus
    /// The day of the record; `nil` where it has none.
    public let day: String?
    /// The run whose answer lacked it.
    public let run: Int64
    /// Why it waits, or what the platform answered.
    public let why: String?

    /// A row of `inflow.missing`.
    public init(
        id: Int64, entity: String, key: String, label: String, status: MissingRowStatus, day: String?, run: Int64,
        why: String?
    ) {
        (self.id, self.entity, self.key, self.label) = (id, entity, key, label)
        (self.status, self.day, self.run, self.why) = (status, day, run, why)
    }
}

/// Rejections of a connection.
public struct RejectionFacts: Sendable, Hashable {
    /// A record, or a value of one, that is not loaded.
    public struct Entry: Sendable, Hashable {
        /// The number by which a person names it.
        public let id: Int64
        /// Whether it is open, closed by a load or dismissed.
        public let status: RejectionStatus
        /// The entity, the record's key, and what people call it.
        public let entity, key, label: String
        /// Table and column of the value concerned.
        public let column: String
        /// The text as the platform sent it.
        public let raw: String
        /// Why, in words.
        public let words: String
        /// In how many runs it was rejected, and which was the last.
        public let timesSeen: Int
        /// The run that rejected it last.
        public let lastRun: Int64
        /// When it was rejected last.
        public let lastSeenAt: Instant

        /// A rejection as it stands.
        public init(
            id: Int64, status: RejectionStatus, entity: String, key: String, label: String, column: String,
            raw: String, words: String, timesSeen: Int, lastRun: Int64, lastSeenAt: Instant
        ) {
            (self.id, self.status, self.entity, self.key, self.label) = (id, status, entity, key, label)
            (self.column, self.raw, self.words) = (column, raw, words)
            (self.timesSeen, self.lastRun, self.lastSeenAt) = (timesSeen, lastRun, lastSeenAt)
        }
    }

    /// The zone in which times are shown.
    public let zone: TimeZone
    /// Open rejections by cause, each in words.
    public let groups: [String]
    /// How many are open.
    public let open: Int
    /// Those shown.
    public let entries: [Entry]

    /// The rejections of a connection.
    public init(zone: TimeZone, groups: [String], open: Int, entries: [Entry]) {
        (self.zone, self.groups, self.open, self.entries) = (zone, groups, open, entries)
    }
}

/// Contradictions of a connection.
public struct QualityFacts: Sendable, Hashable {
    /// The zone in which times are shown.
    public let zone: TimeZone
    /// The contradictions by kind.
    public let kinds: [QualityKind]

    /// The contradictions of a connection.
    public init(zone: TimeZone, kinds: [QualityKind]) {
        (self.zone, self.kinds) = (zone, kinds)
    }
}

/// Contradictions of one kind.
public struct QualityKind: Sendable, Hashable {
    /// What was found.
    public let kind: String
    /// How many findings there are, and how many causes they have.
    public let count, causes: Int
    /// The first causes, each in words.
    public let first: [Finding]

    /// A contradiction: where, and in words.
    public struct Finding: Sendable, Hashable {
        /// The entity and the record's key; the key is empty where several records have the cause.
        public let entity, key: String
        /// What was found, in words.
        public let words: String

        /// A finding in words.
        public init(entity: String, key: String, words: String) {
            (self.entity, self.key, self.words) = (entity, key, words)
        }
    }

    /// Findings of a kind.
    public init(kind: String, count: Int, causes: Int, first: [Finding]) {
        (self.kind, self.count, self.causes, self.first) = (kind, count, causes, first)
    }
}

/// An element that the platform sends and no definition names.
public struct UnknownElement: Sendable, Hashable {
    /// The table whose column `extra` keeps its values, where it stands in the record, and a value.
    public let table, path, example: String
    /// When it was seen first and last, by the connection's clock.
    public let firstSeen, lastSeen: String

    /// An unknown element.
    public init(table: String, path: String, example: String, firstSeen: String, lastSeen: String) {
        (self.table, self.path, self.example) = (table, path, example)
        (self.firstSeen, self.lastSeen) = (firstSeen, lastSeen)
    }
}
