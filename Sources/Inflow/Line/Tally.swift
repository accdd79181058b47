/// How a chunk, an entity run or a run counted: records, never lines.
public struct Tally: Sendable, Hashable, Codable {
    /// Records in the answers, counted by the parser, with those outside the known places.
    public var pulled = 0
    /// Records new to the table, counted by PostgreSQL.
    public var inserted = 0
    /// Records whose own values or lines differed, counted by PostgreSQL.
    public var updated = 0
    /// Records that were already so, counted by PostgreSQL.
    public var unchanged = 0
    /// Records set aside, since the warehouse holds what a newer answer said of them; counted by PostgreSQL.
    public var older = 0
    /// Elements with values that stand where Inflow reads no record, counted by the parser; each may be a record.
    public var outside = 0
    /// Records of ours that the platform no longer lists.
    public var markedDeleted = 0
    /// Records not loaded, counted where they were rejected.
    public var rejected = 0
    /// Records whose key occurred again later in the same answer, counted where they were dropped.
    public var duplicates = 0

    /// A tally of no records.
    public init() {}

    /// Whether every record pulled is accounted for: the green rule.
    public var closes: Bool {
        pulled == inserted + updated + unchanged + older + rejected + duplicates + outside
    }

    /// Adds each count of another tally.
    public static func += (left: inout Tally, right: Tally) {
        left.pulled += right.pulled
        left.inserted += right.inserted
        left.updated += right.updated
        left.unchanged += right.unchanged
        left.older += right.older
        left.markedDeleted += right.markedDeleted
        left.rejected += right.rejected
        left.duplicates += right.duplicates
        left.outside += right.outside
    }

    /// The counts since an earlier tally.
    public static func - (left: Tally, right: Tally) -> Tally {
        var tally = left
        tally.pulled -= right.pulled
        tally.inserted -= right.inserted
        tally.updated -= right.updated
        tally.unchanged -= right.unchanged
        tally.older -= right.older
        tally.markedDeleted -= right.markedDeleted
        tally.rejected -= right.rejected
        tally.duplicates -= right.duplicates
        tally.outside -= right.outside
        return tally
    }

    enum CodingKeys: String, CodingKey {
        case pulled, inserted, updated, unchanged, older, rejected, duplicates, outside
        case markedDeleted = "marked_deleted"
    }
}
