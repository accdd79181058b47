public import Inflow
internal import Postgres

/// Numbers of records that documents mention and the entity's table lacks, such as a job named by an invoice.
///
/// The platform is asked for each by its number. A number that it does not know is not asked for again for seven days.
public struct UnknownNumbers: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The mentioned numbers of one connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Numbers that documents mention and the table lacks, without those that the platform did not know in the last
    /// week.
    public func mentioned(_ entity: EntityDefinition) async throws(WarehouseError) -> [String] {
        guard let statement = CoverageSQL(entity).mentioned else { return [] }
        let rows = try await warehouse.query(
            statement, of: connection, [.text(entity.name)], purpose: "coverage",
            doing: "finding \(entity.name)s that documents mention")
        return rows.compactMap { $0["number"].string }
    }

    /// Keeps the numbers among these, all asked for in this run, that the table still lacks.
    public func noteUnknown(_ entity: EntityDefinition, _ numbers: [String]) async throws(WarehouseError) {
        guard let statement = CoverageSQL(entity).noteUnknown else { return }
        _ = try await warehouse.query(
            statement, of: connection, [.text(entity.name), .textArray(numbers)], purpose: "coverage",
            doing: "noting unknown numbers")
    }
}
