public import Foundation
public import Inflow

/// A connection as its card shows it.
public struct ConnectionCard: Sendable, Hashable {
    /// A run in the trend of a card.
    public struct Point: Sendable, Hashable {
        /// The number of the run.
        public let run: Int64
        /// When it began.
        public let startedAt: Instant
        /// How long it took; `nil` where it goes on or died.
        public let seconds: Double?
        /// How many records it was given.
        public let rows: Int
        /// How it stands or ended.
        public let status: RunStatus

        /// A run of the run log.
        public init(run: Int64, startedAt: Instant, seconds: Double?, rows: Int, status: RunStatus) {
            (self.run, self.startedAt, self.seconds) = (run, startedAt, seconds)
            (self.rows, self.status) = (rows, status)
        }
    }

    /// The name a person gave it.
    public let name: String
    /// The organisation that it reads; `nil` before it is authorised, or where its name is not known.
    public var organisation: String?
    /// The platform's name.
    public var platform = "WorkflowMax"
    /// The label of its group; `nil` where it has none.
    public var group: String?
    /// The zone in which its times are shown.
    public var zone: TimeZone
    /// The most urgent thing to know.
    public var state: ConnectionState
    /// When the last successful Sync All began.
    public var lastRun: Instant?
    /// When the next scheduled run begins; `nil` where none is due.
    public var nextRun: Instant?
    /// When the refresh token dies unless it is used before; `nil` where there is none.
    public var tokenEndsAt: Instant?
    /// Why a person must authorise it; `nil` where no one needs to.
    public var consentReason: String?
    /// Entities that the last full run did not read.
    public var failedEntities: [String] = []
    /// Records and values that are not loaded.
    public var rejections = 0
    /// Deletions that wait for a person.
    public var heldDeletions = 0
    /// The oldest reading of any list; `nil` until every list was read.
    public var freshAt: Instant?
    /// What this machine cannot read of it, in words.
    public var problems: [String] = []
    /// Its last runs, the oldest first.
    public var trend: [Point] = []

    /// A connection of which only the name, zone and state are known yet.
    public init(name: String, zone: TimeZone, state: ConnectionState) {
        (self.name, self.zone, self.state) = (name, zone, state)
    }

    /// What deserves a look, counted.
    var errors: Int { failedEntities.count + rejections + problems.count }
}
