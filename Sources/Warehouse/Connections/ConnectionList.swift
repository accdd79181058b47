public import Inflow

/// The connections of a warehouse: those that this machine can read, and why it cannot read the others.
public struct ConnectionList: Sendable {
    /// Connections, by name.
    public private(set) var readable: [Connection] = []
    /// One error for each other connection, by name; its message names the connection and what is wrong with it.
    public private(set) var unreadable: [WarehouseError] = []

    init(_ rows: [Result<Connection, WarehouseError>]) {
        for row in rows {
            switch row {
            case .success(let connection): readable.append(connection)
            case .failure(let error): unreadable.append(error)
            }
        }
    }
}
