public import Inflow

/// The rows of each entity at one moment.
public struct RecordCounts: Sendable, Hashable {
    /// Rows that are not marked as deleted, by the entity's name; one that is not named has none.
    public let rows: [String: Int]
    /// When they were counted.
    public let countedAt: Instant

    /// Counts of a moment.
    public init(rows: [String: Int], countedAt: Instant) {
        (self.rows, self.countedAt) = (rows, countedAt)
    }
}
