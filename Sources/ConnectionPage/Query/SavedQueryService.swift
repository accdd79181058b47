public import Foundation
public import Inflow

/// Selects that people keep under a name, of one connection each.
public protocol SavedQueryService: Sendable {
    /// The saved queries of a connection, by name, and the zone of its clock.
    func all(of connection: String) async throws -> SavedQueryList
    /// Saves a select under a name and returns its number.
    ///
    /// Where the name is taken, it changes nothing and throws a ``PageProblem``, unless it is to replace.
    func save(
        _ name: String, _ sql: String, replacing: Bool, of connection: String, by: Doer
    ) async throws -> Int64
    /// Gives a saved query another name; throws a ``PageProblem`` where another query has it.
    func rename(_ number: Int64, to name: String, of connection: String, by: Doer) async throws
    /// Removes a saved query.
    func remove(_ number: Int64, of connection: String, by: Doer) async throws
}

/// The saved queries of a connection.
public struct SavedQueryList: Sendable, Hashable {
    /// The queries by name.
    public let queries: [SavedQueryFacts]
    /// The zone by whose clock the page says when they were saved.
    public let zone: TimeZone

    /// Queries, and the zone of their connection.
    public init(_ queries: [SavedQueryFacts], zone: TimeZone) { (self.queries, self.zone) = (queries, zone) }
}

/// A select that a person keeps under a name.
public struct SavedQueryFacts: Sendable, Hashable {
    /// Number of the query.
    public let number: Int64
    /// Its name; one query of a connection has it.
    public let name: String
    /// The select.
    public let sql: String
    /// Who saved it last.
    public let savedBy: String
    /// When it was last saved.
    public let savedAt: Instant

    /// A saved query.
    public init(number: Int64, name: String, sql: String, savedBy: String, savedAt: Instant) {
        (self.number, self.name, self.sql) = (number, name, sql)
        (self.savedBy, self.savedAt) = (savedBy, savedAt)
    }
}
