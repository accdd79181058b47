/// One due run of a schedule: a local day, and the instant at which that day's run is due.
///
/// A connection has at most one slot per local day. The warehouse keeps the pair of connection and `key` unique, so
/// that a moved anchor never gives a day a second run.
public struct Slot: Sendable, Hashable {
    /// The local day it belongs to, in its anchor's zone.
    ///
    /// Where a gap swallows the end of that day, `instant` is the first of the next one.
    public let day: LocalDate
    /// When it is due, UTC, without the start offset.
    public let instant: Instant

    /// A slot from its parts.
    public init(day: LocalDate, instant: Instant) {
        self.day = day
        self.instant = instant
    }

    /// The key of its claim, unique per connection: its local day as `yyyy-MM-dd`.
    public var key: String { day.description }
}

extension Slot: Comparable {
    /// Orders slots by day; within a day, of different anchors, by instant.
    public static func < (left: Slot, right: Slot) -> Bool {
        (left.day, left.instant) < (right.day, right.instant)
    }
}

extension Slot: CustomStringConvertible {
    /// The key, for messages.
    public var description: String { key }
}
