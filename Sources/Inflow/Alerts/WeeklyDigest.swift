public import Foundation

/// The week of a connection: what its runs did, how complete its tables are, and what waits for a person.
///
/// A pure value; ``summary`` is its mail. Times are by the clock of the connection's zone.
public struct WeeklyDigest: Sendable, Hashable {
    /// How many runs of a kind ended in one way.
    public struct Runs: Sendable, Hashable {
        /// What began them.
        public let trigger: Trigger
        /// How they ended.
        public let outcome: RunOutcome
        /// How many there were.
        public let count: Int

        /// Runs of a kind that ended in one way.
        public init(trigger: Trigger, outcome: RunOutcome, count: Int) {
            self.trigger = trigger
            self.outcome = outcome
            self.count = count
        }
    }

    /// A run that did not go well.
    public struct Failure: Sendable, Hashable {
        /// Its number in the run log.
        public let run: Int64
        /// How it ended.
        public let outcome: RunOutcome
        /// When it began, UTC.
        public let startedAt: Instant
        /// Why, in words; `nil` where it said nothing.
        public let error: String?

        /// A run from its row in the run log.
        public init(run: Int64, outcome: RunOutcome, startedAt: Instant, error: String?) {
            self.run = run
            self.outcome = outcome
            self.startedAt = startedAt
            self.error = error
        }
    }

    /// An entity: what the week did to it, and how far it is.
    public struct Entity: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// What the runs of the week did to it.
        public var changes = Changes()
        /// When the last Sync All began that read it whole, UTC; `nil` while none has, and for values.
        public var readAt: Instant?
        /// How complete it is now.
        public var completeness = Completeness.nothing(.never)

        /// An entity of which nothing is known.
        public init(_ name: String) { self.name = name }
    }

    /// Rows of an entity that runs wrote.
    public struct Changes: Sendable, Hashable {
        /// Rows that were new.
        public var inserted: Int
        /// Rows that changed.
        public var updated: Int
        /// Rows that were marked as deleted.
        public var marked: Int

        /// Numbers of rows, none unless they are given.
        public init(inserted: Int = 0, updated: Int = 0, marked: Int = 0) {
            self.inserted = inserted
            self.updated = updated
            self.marked = marked
        }

        /// Whether any row changed.
        public var isAny: Bool { inserted + updated + marked > 0 }
        /// The numbers of a table's row.
        var cells: [String] { [inserted, updated, marked].map { MailText.grouped($0) } }
    }

    /// The name of the connection.
    public let connection: String
    /// Its zone.
    public let zone: TimeZone
    /// The first instant of the week.
    public let from: Instant
    /// The instant at which the week ended and the digest was due.
    public let until: Instant
    /// When Inflow wrote it.
    public let madeAt: Instant
    /// The runs that began in the week and have ended.
    public var runs: [Runs] = []
    /// Those of them that failed or were stopped, the latest first, of the last ones.
    public var failures: [Failure] = []
    /// All entities, in loading order.
    public var entities: [Entity] = []
    /// Rows that wait for a person's decision.
    public var held = 0
    /// The first of the held rows in words.
    public var heldExamples: [String] = []
    /// Records and values that were rejected and that nobody dismissed.
    public var rejections = 0
    /// The first of the rejections in words.
    public var rejectionExamples: [String] = []
    /// Findings of `inflow quality`; `nil` where they could not be counted.
    public var findings: Int?
    /// Calls that the runs of the week made.
    public var calls = 0
    /// Calls left of the last 24 hours' budget; `nil` where there is no limit.
    public var callsLeft: Int?
    /// Days for which the refresh token is good; `nil` without a token.
    public var tokenDays: Int?
    /// Why a person must authorise the connection again; `nil` while nobody must.
    public var consentReason: String?
    /// When the next scheduled run begins; `nil` where none does.
    public var nextRun: Instant?

    /// The digest of a week that is half-open, from one instant until another.
    public init(connection: String, zone: TimeZone, from: Instant, until: Instant, madeAt: Instant) {
        self.connection = connection
        self.zone = zone
        self.from = from
        self.until = until
        self.madeAt = madeAt
    }
}
