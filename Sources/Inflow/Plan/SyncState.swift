public import Foundation

/// What the warehouse knows of earlier reading: all that a plan is made from beside the settings and the clock.
public struct SyncState: Sendable, Hashable {
    /// A month of an entity that has been read whole.
    public struct Month: Sendable, Hashable {
        /// The entity.
        public let entity: String
        /// The month's first day.
        public let month: LocalDate
        /// When the last answer that held all of it was asked for.
        public let verifiedAt: Instant

        /// A covered month.
        public init(entity: String, month: LocalDate, verifiedAt: Instant) {
            self.entity = entity
            self.month = month
            self.verifiedAt = verifiedAt
        }
    }

    /// From when on an entity is asked for what changed, by entity.
    public var watermarks: [String: Instant] = [:]
    /// When a list was last read whole, by entity; for an entity read by spans, when all of them were.
    public var readWhole: [String: Instant] = [:]
    /// Months read whole, in any order.
    public var months: [Month] = []
    /// Calls a chunk of the entity took on the average lately, by entity.
    public var callsPerChunk: [String: Double] = [:]
    /// Records a day of a span held on the average in the last year's reading, by entity.
    public var rowsPerDay: [String: Double] = [:]
    /// How large a span a call of a backfill asks for, by entity, where that was learned.
    public var spanSizes: [String: SpanSize] = [:]
    /// Calls of the last 24 hours.
    public var callsSpent = 0

    /// Nothing read yet.
    public init() {}
}
