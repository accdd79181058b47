public import Foundation
public import Inflow
internal import Postgres

/// Which months of each entity, and which whole lists, have been read to their end, and when last.
///
/// The merge of a chunk writes the coverage that its own answer proves, in its own transaction
/// (``MissingRowDetection``). This store adds what no single answer can prove: a month that was read in several
/// spans, and an entity all of whose spans were read in one run. The month `-infinity` stands for "the whole list".
///
/// Coverage is a claim: `report.coverage`, `is_complete`, the rotation of months and a backfill all believe it. So a
/// row is written only when every day of the month was in an answer of the run that claims it, it takes the time of
/// the *oldest* of these answers, and an older claim never replaces a newer one. A part of a month never counts as
/// the month.
public struct CoverageStore: Sendable {
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
}
