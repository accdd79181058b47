public import Inflow
internal import Postgres

/// Numbers of records that documents mention and the entity's table lacks, such as a job named by an invoice.
///
/// The platform is asked for each by its number, in several runs where there are many. A number that it says it does not
/// know is not asked for again for seven days.
public struct UnknownNumbers: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The mentioned numbers of one connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Numbers that documents mention and the table lacks, without those that the platform said it did not know in the
    /// last week; the ones to ask for first come first.
    public func mentioned(_ entity: EntityDefinition) async throws(WarehouseError) -> [String] {
        guard let statement = CoverageSQL(entity).mentioned else { return [] }
        return try await warehouse.query(
            statement, of: connection, [.text(entity.name)], purpose: "coverage",
            doing: "finding \(entity.name)s that documents mention"
        ) { row throws(PostgresError) in try row.text("number") }
    }

    /// Keeps the numbers among these, all asked for in this run, that the table still lacks, and whether the platform
    /// said that it does not know them.
    public func noteAsked(
        _ entity: EntityDefinition, _ isUnknown: [String: Bool]
    ) async throws(WarehouseError) {
        let numbers = isUnknown.keys.sorted()
        guard let statement = CoverageSQL(entity).noteUnknown else { return }
        _ = try await warehouse.query(
            statement, of: connection,
            [.text(entity.name), .textArray(numbers), .textArray(numbers.filter { isUnknown[$0] == true })],
            purpose: "coverage", doing: "noting unknown numbers")
    }
}
