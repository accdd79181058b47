public import Foundation

/// What a person is told of without asking.
public enum IncidentKind: String, Sendable, Hashable, CaseIterable {
    /// The last Sync All failed.
    case runFailed = "run_failed"
    /// Rows were absent from whole answers, too many to be marked without a person.
    case heldDeletions = "held_deletions"
    /// Records were not loaded and still are not.
    case rejections
    /// Only a person can authorise the connection again.
    case consentNeeded = "consent_needed"
    /// A table has not been read completely for longer than its limit.
    case staleTable = "stale_table"
    /// The refresh token dies within a week.
    case tokenExpiring = "token_expiring"
}

/// Something that is wrong with a connection, told once when it begins and once when it is over.
///
/// Of one kind and subject at most one is open.
public struct Incident: Sendable, Hashable {
    /// What it is.
    public let kind: IncidentKind
    /// The entity of a stale table; empty for what concerns the whole connection.
    public let subject: String
    /// What varies: counts, times, what the run said; no secret.
    public let detail: String
    /// The run it was found by, where it was one.
    public let run: Int64?

    /// An incident from its parts.
    public init(_ kind: IncidentKind, subject: String = "", detail: String, run: Int64? = nil) {
        self.kind = kind
        self.subject = subject
        self.detail = detail
        self.run = run
    }

    /// What tells it from other open ones of its connection.
    public var identity: Identity { Identity(kind: kind, subject: subject) }

    /// What tells an incident from other open ones of its connection.
    public struct Identity: Sendable, Hashable {
        /// What it is.
        public let kind: IncidentKind
        /// The entity, or empty.
        public let subject: String
    }
}

/// An incident as it is kept while it lasts.
public struct OpenIncident: Sendable, Hashable {
    /// Its number.
    public let id: Int64
    /// What it is.
    public let incident: Incident

    /// A kept incident.
    public init(id: Int64, _ incident: Incident) {
        self.id = id
        self.incident = incident
    }
}

/// What is known of a connection at one moment: all that a review of its incidents is made from, beside the clock.
public struct ConnectionFacts: Sendable, Hashable {
    /// A run that has ended.
    public struct Run: Sendable, Hashable {
        /// Its number.
        public let id: Int64
        /// How it ended.
        public let outcome: RunOutcome
        /// Why, where it did not end well.
        public let error: String?
        /// When.
        public let finishedAt: Instant

        /// An ended run.
        public init(id: Int64, outcome: RunOutcome, error: String?, finishedAt: Instant) {
            self.id = id
            self.outcome = outcome
            self.error = error
            self.finishedAt = finishedAt
        }
    }

    /// When an entity was read by Sync Alls.
    public struct Reading: Sendable, Hashable {
        /// The entity.
        public let entity: String
        /// When the last Sync All began that read all it had planned of the entity; `nil` while none has.
        public let verifiedAt: Instant?
        /// When the first Sync All began that had the entity in its plan.
        public let firstAskedAt: Instant

        /// The readings of an entity.
        public init(entity: String, verifiedAt: Instant?, firstAskedAt: Instant) {
            self.entity = entity
            self.verifiedAt = verifiedAt
            self.firstAskedAt = firstAskedAt
        }
    }

    /// The last Sync All that has ended.
    public var lastFullRun: Run?
    /// Whether any Sync All has ever read everything it had planned.
    public var hasCompleteRun = false
    /// Rows held for a person.
    public var heldDeletions = 0
    /// Rejections that are open.
    public var openRejections = 0
    /// Why a person must authorise the connection again; `nil`: no need.
    public var consentReason: String?
    /// The entities that Sync Alls read.
    public var readings: [Reading] = []
    /// When the refresh token dies unless it is used; `nil`: not known.
    public var refreshEndsAt: Instant?
    /// Whether a person has paused the connection, so that nothing of it is read.
    public var isPaused = false

    /// Nothing known, nothing wrong.
    public init() {}
}
