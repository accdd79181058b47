public import Inflow
internal import Postgres

/// Groups of connections: those with the same label.
public struct ConnectionGroupStore: Sendable {
    private let warehouse: Warehouse

    /// The groups of a warehouse.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// The label of each connection that has one, by the connection's number.
    public func labels() async throws(WarehouseError) -> [Int64: String] {
        let rows = try await warehouse.query(
            "select connection_id, label from inflow.connection_group", purpose: "groups",
            doing: "reading groups of connections"
        ) { row throws(PostgresError) in (try row.int64("connection_id"), try row.text("label")) }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    /// Puts a connection into the group of a label, or with `nil` takes it out of its group.
    public func set(_ label: PageName?, of connection: Connection, by doer: Doer) async throws(WarehouseError) {
        let entry = AuditEntry(
            .connectionGrouped, by: doer, connection: connection.name, details: ["group": label?.text ?? "none"])
        try await warehouse.transaction(purpose: "groups", doing: "grouping \(connection.name)") {
            session throws(PostgresError) in
            if let label {
                try session.query(
                    """
                    insert into inflow.connection_group (connection_id, label) values ($1, $2)
                    on conflict (connection_id) do update set label = excluded.label
                    """, [.int64(connection.id), .text(label.text)])
            } else {
                try session.query(
                    "delete from inflow.connection_group where connection_id = $1", [.int64(connection.id)])
            }
            try AuditLog.write(entry, session)
        }
    }
}
