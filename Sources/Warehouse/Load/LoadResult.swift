public import Foundation
public import Inflow

/// What a merged chunk did to the tables.
public struct LoadResult: Sendable {
    /// Records inserted, updated, unchanged, rejected and duplicate: they add up to the records pulled.
    public var tally = Tally()
    /// Rows that were absent from the answer and are held for a person, since they were too many at once.
    public var held = 0
    /// Rows that were absent from the answer, which the same run looks for.
    public var missing = 0
    /// Values that were rejected in records that are loaded without them.
    public var rejectedValues = 0
    /// When Inflow requested the answer, by the database's clock.
    public var askedAt = Instant()
    /// What the chunk would do, in a dry run; nothing was written then.
    public var preview: DryRunPreview?

    /// A result of nothing loaded.
    public init() {}

    init(tally: Tally, held: Int, missing: Int = 0, askedAt: Instant, preview: DryRunPreview? = nil) {
        (self.tally, self.held, self.missing) = (tally, held, missing)
        (self.askedAt, self.preview) = (askedAt, preview)
    }
}
