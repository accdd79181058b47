public import Foundation
public import Inflow

/// Everything that the page of one connection shows.
public struct ConnectionOverview: Sendable, Hashable {
    /// The rows of one entity.
    public struct Count: Sendable, Hashable {
        /// The entity's name, such as `purchase_order`.
        public let entity: String
        /// Rows that are not marked as deleted.
        public let rows: Int
        /// Rows added less rows marked as deleted in the last full run; `nil` where it did not read the entity.
        public let change: Int?
        /// When it was last read to its end.
        public let readAt: Instant?
        /// How its last reading ended; `nil` where there was none.
        public let status: PartStatus?
        /// Whether people can read it by its own dates.
        public let isDated: Bool
        /// Whether it is a list kept by the organisation.
        public let isReference: Bool
        /// Whether it costs one call for each record of another entity.
        public let isPerParent: Bool

        /// The rows of an entity.
        public init(
            entity: String, rows: Int, change: Int?, readAt: Instant?, status: PartStatus?, isDated: Bool,
            isReference: Bool, isPerParent: Bool
        ) {
            (self.entity, self.rows, self.change, self.readAt) = (entity, rows, change, readAt)
            (self.status, self.isDated, self.isReference) = (status, isDated, isReference)
            self.isPerParent = isPerParent
        }
    }

    /// What the card shows.
    public var card: ConnectionCard
    /// The time of the daily run, such as `08:00`; `nil` before the first Sync All.
    public var time: String?
    /// The name of the zone of that time.
    public var timeZone: String?
    /// Whether scheduled runs are wanted.
    public var isOn = false
    /// Whether a Sync All leaves the time alone.
    public var isPinned = false
    /// When a person paused the connection.
    public var pausedAt: Instant?
    /// Whether any process serves the queue.
    public var isServed = true
    /// The number of the last successful Sync All.
    public var lastRunNumber: Int64?
    /// Calls that are left of the last day's and the last minute's budget; `nil` where there is no limit.
    public var callsLeftToday, callsLeftThisMinute: Int?
    /// Requests that wait in the queue.
    public var queued = 0
    /// Open incidents, in words.
    public var incidents: [String] = []
    /// The rows of each entity, in the order in which they are read.
    public var counts: [Count] = []
    /// When the rows were counted; `nil` where they were not.
    public var countedAt: Instant?

    /// A connection of which only the card is known yet.
    public init(card: ConnectionCard) {
        self.card = card
    }
}
