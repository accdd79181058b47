/// A typed value in a table's column order.
///
/// Texts are ranges of the block's ``RowBlock`` arena, so that a million values are one array.
public enum Value: Sendable, Hashable {
    /// SQL null: the platform gave no value.
    case null
    /// UTF-8 text in the arena.
    case text(start: Int32, length: Int32)
    /// A decimal in canonical form in the arena: no plus sign, no leading zeros, no trailing zeros, no bare dot, no
    /// minus zero.
    case decimal(start: Int32, length: Int32)
    /// A whole number of up to 64 bits.
    case integer(Int64)
    /// True or false, read from `true`, `Yes` and the like.
    case boolean(Bool)
    /// A local date as days since 1970-01-01.
    case date(Int32)
    /// Microseconds since 1970-01-01T00:00:00, without a zone.
    case moment(Int64)
    /// A moment in UTC as microseconds since 1970-01-01T00:00:00Z.
    case instant(Int64)
    /// Seconds of the day, 0...86,400.
    case clock(Int32)
    /// A JSON object in canonical form in the arena: keys sorted by their bytes, no blanks.
    case json(start: Int32, length: Int32)
}
