public import Foundation

/// What the warehouse knows of earlier reading: all that a plan needs beside the settings and the clock.
public struct SyncState: Sendable, Hashable {
    /// A month of an entity that has been read whole.
    public struct Month: Sendable, Hashable {
        /// The name of the entity.
        public let entity: String
        /// The month's first day.
        public let month: LocalDate
        /// When Inflow requested the last complete answer, UTC.
        public let verifiedAt: Instant
        /// Whether another reading now could say more than that answer did, or something different.
        ///
        /// It was sent before the month, or the part of it that is over by now, had ended and late entries were in; or
        /// a record of the month is missing, held, rejected or without its lines. The warehouse judges that by
        /// `inflow.coverage_state`.
        public let needsReading: Bool
        /// Whether that answer held no record, and the table has none.
        public let isEmpty: Bool

        /// A month that a complete answer covers.
        public init(
            entity: String, month: LocalDate, verifiedAt: Instant, needsReading: Bool = false, isEmpty: Bool = false
        ) {
            self.entity = entity
            self.month = month
            self.verifiedAt = verifiedAt
            self.needsReading = needsReading
            self.isEmpty = isEmpty
        }
    }

    /// The instant since which a run asks for changes, by entity.
    public var watermarks: [String: Instant] = [:]
    /// When a list was last read whole, by entity; for an entity with spans, when all of them were.
    public var readWhole: [String: Instant] = [:]
    /// Months read whole, in any order.
    public var months: [Month] = []
    /// Average calls of a recent chunk, by entity.
    public var callsPerChunk: [String: Double] = [:]
    /// Average records of a day of a span in the reading of the last year, by entity.
    public var rowsPerDay: [String: Double] = [:]
    /// The span that a call of a backfill asks for, by entity, where an earlier backfill learned it.
    public var spanSizes: [String: SpanSize] = [:]
    /// Calls of the last 24 hours.
    public var callsSpent = 0

    /// The state before the first run.
    public init() {}
}
