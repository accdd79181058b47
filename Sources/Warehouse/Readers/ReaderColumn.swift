internal import Postgres

/// A column of an answer that a reader gets: its name, and what its values are.
public struct ReaderColumn: Sendable, Hashable {
    /// What the values of a column are, as far as it matters to who writes them down.
    public enum Kind: Sendable, Hashable {
        /// Whole, decimal and floating-point numbers, with a point and without separators.
        case number
        /// `t` or `f`.
        case boolean
        /// Days and points in time, as PostgreSQL writes them in ISO 8601; `instant` in UTC.
        case day, instant
        /// A JSON document.
        case json
        /// Everything else.
        case text
    }

    /// The column's name, which another column may bear too.
    public let name: String
    /// What its values are.
    public let kind: Kind

    /// A column by its name and kind.
    public init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }

    /// The columns of a result of PostgreSQL's.
    static func all(_ result: PostgresResult) -> [ReaderColumn] {
        zip(result.columns, result.typeIDs).map { ReaderColumn($0, kind($1)) }
    }

    /// Source: the OIDs of `pg_type.dat`, which never change.
    private static func kind(_ typeID: UInt32) -> Kind {
        switch typeID {
        case 20, 21, 23, 26, 700, 701, 1700: .number
        case 16: .boolean
        case 1082: .day
        case 1184: .instant
        case 114, 3802: .json
        default: .text
        }
    }
}
