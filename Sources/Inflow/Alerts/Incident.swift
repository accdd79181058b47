public import Foundation

/// What Inflow reports to a person unasked.
public enum IncidentKind: String, StoredWord {
    /// The last Sync All failed.
    case runFailed = "run_failed"
    /// A run that a person asked for ended its process again and again, and is not begun any more.
    case requestFailed = "request_failed"
    /// Rows were absent from whole answers, too many to be marked without a person.
    case heldDeletions = "held_deletions"
    /// Records were not loaded and still are not.
    case rejections
    /// Inflow can read again only after a person authorises the connection.
    case consentNeeded = "consent_needed"
    /// A table has not been read completely for longer than its limit.
    case staleTable = "stale_table"
    /// The refresh token expires within a week.
    case tokenExpiring = "token_expiring"
    /// A scheduled run is overdue by an hour, and none has begun.
    case noRun = "no_run"
    /// The warehouse does not answer; reported past it and never stored.
    case warehouseAway = "warehouse_away"
}

/// Something that is wrong with a connection; Inflow reports its beginning once and its end once.
///
/// At most one incident of a kind and subject is open.
public struct Incident: Sendable, Hashable {
    /// The kind, which decides the words of the message.
    public let kind: IncidentKind
    /// The entity of a stale table; empty for what concerns the whole connection.
    public let subject: String
    /// What varies: counts, times, the error of the run; never a secret.
    public let detail: String
    /// The run that found it; `nil` where no run did.
    public let run: Int64?

    /// An incident from its parts.
    public init(_ kind: IncidentKind, subject: String = "", detail: String, run: Int64? = nil) {
        self.kind = kind
        self.subject = subject
        self.detail = detail
        self.run = run
    }

    /// Kind and subject, which no other open incident of the connection has.
    public var identity: Identity { Identity(kind: kind, subject: subject) }

    /// Kind and subject: what makes two reports of a connection one incident.
    public struct Identity: Sendable, Hashable {
        /// The kind of the incident.
        public let kind: IncidentKind
        /// The entity of a stale table; otherwise empty.
        public let subject: String
    }
}

/// An open incident as the warehouse stores it.
public struct OpenIncident: Sendable, Hashable {
    /// Its number in the warehouse (`inflow.incident.id`).
    public let id: Int64
    /// The incident with its latest detail.
    public let incident: Incident

    /// An incident with the number the warehouse gave it.
    public init(id: Int64, _ incident: Incident) {
        self.id = id
        self.incident = incident
    }
}

/// The state of a connection at one moment: all that a review of its incidents needs beside the clock.
public struct ConnectionFacts: Sendable, Hashable {
    /// A run that has ended.
    public struct Run: Sendable, Hashable {
        /// Its number in the run log.
        public let id: Int64
        /// How the run ended.
        public let outcome: RunOutcome
        /// The error it ended with; `nil` where there was none.
        public var error: String?
        /// When it ended, UTC.
        public let finishedAt: Instant

        /// An ended run from its row in the run log.
        public init(id: Int64, outcome: RunOutcome, error: String?, finishedAt: Instant) {
            self.id = id
            self.outcome = outcome
            self.error = error
            self.finishedAt = finishedAt
        }
    }

    /// When Sync Alls read an entity.
    public struct Reading: Sendable, Hashable {
        /// The name of the entity.
        public let entity: String
        /// When the last Sync All began that read all it had planned of the entity; `nil` while none has.
        public let verifiedAt: Instant?
        /// When the first Sync All began that had the entity in its plan.
        public let firstAskedAt: Instant
        /// Days that are meant to lie between two complete readings; 0 where every Sync All reads it completely.
        public let daysBetween: Int

        /// The readings of an entity.
        public init(entity: String, verifiedAt: Instant?, firstAskedAt: Instant, daysBetween: Int = 0) {
            self.daysBetween = daysBetween
            self.entity = entity
            self.verifiedAt = verifiedAt
            self.firstAskedAt = firstAskedAt
        }
    }

    /// A scheduled run that is overdue.
    public struct Overdue: Sendable, Hashable {
        /// When it was to begin.
        public let dueAt: Instant
        /// When the newest Sync All before it began; `nil` where there was none.
        public let lastBeganAt: Instant?

        /// An overdue run from its parts.
        public init(dueAt: Instant, lastBeganAt: Instant?) {
            self.dueAt = dueAt
            self.lastBeganAt = lastBeganAt
        }
    }

    /// The scheduled run that should have begun more than an hour ago while no Sync All has begun since; `nil` for none.
    public var overdue: Overdue?
    /// The last Sync All that has ended.
    public var lastFullRun: Run?
    /// A request of a person that ended its process too often, where no run has succeeded since.
    public var deadlyRequest: Run?
    /// Whether any Sync All has ever read everything it had planned.
    public var hasCompleteRun = false
    /// Missing rows that wait for a person's decision.
    public var heldDeletions = 0
    /// The first of these rows in words, one a line.
    public var heldExamples: [String] = []
    /// Records that Inflow could not load and no person dismissed.
    public var openRejections = 0
    /// The first of these records in words, with the reason, one a line.
    public var rejectionExamples: [String] = []
    /// Why a person must authorise the connection again; `nil` while the authorisation holds.
    public var consentReason: String?
    /// The entities that Sync Alls read.
    public var readings: [Reading] = []
    /// When the refresh token ends unless Inflow uses it; `nil` where that is unknown.
    public var refreshEndsAt: Instant?
    /// Whether a person has paused the connection, so that no run reads it.
    public var isPaused = false

    /// A connection of which nothing is known, and so nothing wrong.
    public init() {}
}
