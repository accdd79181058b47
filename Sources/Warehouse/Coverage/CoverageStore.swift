public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// Which months of each entity, and which whole lists, have been read to their end, and when last.
///
/// The merge of a chunk writes the coverage that its own answer proves, in its own transaction
/// (``MissingRowDetection``). This store adds what no single answer can prove: a month that was read in several
/// spans, and an entity all of whose spans were read in one run. The month 0001-01-01 stands for
/// "the whole list": drivers cannot read `-infinity`, and readers see the table.
///
/// Coverage is a claim: `report.coverage`, `is_complete`, the rotation of months and a backfill all believe it. So a
/// row is written only when every day of the month was in an answer of the run that claims it, it takes the time of
/// the *oldest* of these answers, and an older claim never replaces a newer one. A part of a month never counts as
/// the month.
public struct CoverageStore: Sendable {
    /// The month under which a list without dates is kept.
    static let wholeList = "0001-01-01"

    private let warehouse: Warehouse
    private let connection: Connection

    /// The coverage of one connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Notes that one run has read all spans of an entity; `asked` is when the first of them was asked for.
    public func noteReadWhole(_ entity: EntityDefinition, at asked: Instant, run: Int64) async throws(WarehouseError) {
        _ = try await warehouse.query(
            CoverageSQL(entity).noteReadWhole, of: connection, [.text(entity.name), .timestamp(asked), .int64(run)],
            purpose: "coverage", doing: "noting that \(entity.name) was read whole")
    }

    /// Notes that one run has read an entity's list whole, once no row of it is missing or held any more.
    public func noteList(_ entity: EntityDefinition, run: Int64) async throws(WarehouseError) {
        _ = try await warehouse.query(
            CoverageSQL(entity).noteList, of: connection, [.text(entity.name), .int64(run)], purpose: "coverage",
            doing: "noting that the list of \(entity.name) was read")
    }

    /// Notes those of these months, given by their first days, all of whose days one run has read, in several spans.
    public func noteParts(
        _ entity: EntityDefinition, months: [LocalDate], run: Int64
    ) async throws(WarehouseError) {
        guard let statement = CoverageSQL(entity).noteParts else { return }
        _ = try await warehouse.query(
            statement, of: connection,
            [
                .text(entity.name), .int64(run), .textArray(months.map(\.description)),
                .text(connection.settings.timeZone.identifier),
            ], purpose: "coverage", doing: "noting months that were read in parts")
    }

    /// Whether this run is the first that loaded an entity, and none of its answers held a record.
    public func isFirstLoadOfNothing(_ entity: EntityDefinition, run: Int64) async throws(WarehouseError) -> Bool {
        try await warehouse.query(
            Statements.firstLoadOfNothing, of: connection, [.text(entity.name), .int64(run)], purpose: "coverage",
            doing: "looking at earlier loads of \(entity.name)"
        ) { row throws(PostgresError) in try row.bool("is_nothing") }.first ?? false
    }

    /// Answers that hold just as many records as others, in a number as a limit of the platform would be.
    public struct RoundCount: Sendable {
        /// The entities whose answers have this number.
        public let entities: [String]
        /// Records in each of the answers.
        public let records: Int
        /// At most three of the answers, as the run log names them.
        public let answers: String
    }

    /// The numbers of records that look like a limit of the platform, of answers of a run and of the 31 days before
    /// it; `entities` are those whose lists come without pages.
    public func roundCounts(
        _ entities: [EntityDefinition], run: Int64
    ) async throws(WarehouseError) -> [RoundCount] {
        try await warehouse.query(
            Statements.roundCounts, of: connection, [.textArray(entities.map(\.name)), .int64(run)],
            purpose: "coverage", doing: "comparing the numbers of records in answers"
        ) { row throws(PostgresError) in
            RoundCount(
                entities: try row.text("entities").split(separator: ",").map(String.init),
                records: try row.int("records"), answers: try row.text("answers"))
        }
    }
}
