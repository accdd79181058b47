internal import Inflow

/// Selects that a person wrote, run as the connection's reader.
public protocol QueryService: Sendable {
    /// Runs a select and takes its first rows; stops it where the task is cancelled.
    ///
    /// Throws a ``QueryRefusal`` where PostgreSQL does not take it or ends it.
    func run(_ sql: String, of connection: String, seconds: Int, rows: Int) async throws -> QueryAnswer
    /// All rows of the answer as CSV, whose first rows are there when this returns.
    func csv(_ sql: String, of connection: String, seconds: Int) async throws -> TextStream
}

/// The first rows of an answer.
public struct QueryAnswer: Sendable, Hashable {
    /// A column of an answer.
    public struct Column: Sendable, Hashable {
        /// Its name, which another may bear too.
        public let name: String
        /// Whether its values are numbers.
        public let isNumber: Bool

        /// A column.
        public init(name: String, isNumber: Bool) { (self.name, self.isNumber) = (name, isNumber) }
    }

    /// The columns in order.
    public let columns: [Column]
    /// The rows, `nil` for null; long texts are cut.
    public let rows: [[String?]]
    /// Whether there are more rows.
    public let isCut: Bool
    /// How long it took.
    public let seconds: Double
    /// The zone by whose clock instants are written.
    public let zone: String

    /// An answer from its parts.
    public init(columns: [Column], rows: [[String?]], isCut: Bool, seconds: Double, zone: String) {
        (self.columns, self.rows, self.isCut) = (columns, rows, isCut)
        (self.seconds, self.zone) = (seconds, zone)
    }
}

/// Why there is no answer.
public struct QueryRefusal: Error, Sendable, Hashable {
    /// What PostgreSQL says, and what the person can do.
    public let words: String
    /// Where in the select it is wrong, in characters from 1; `nil` where nothing says so.
    public let position: Int?

    /// A refusal in words.
    public init(_ words: String, position: Int? = nil) { (self.words, self.position) = (words, position) }
}
