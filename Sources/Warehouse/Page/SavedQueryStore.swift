public import Inflow
internal import Postgres

/// A select that people keep on the page.
public struct SavedQuery: Sendable, Hashable {
    /// Number of the query.
    public let id: Int64
    /// What it is called; one query of a connection has a name.
    public let name: String
    /// The select.
    public let query: String
    /// Who saved it last.
    public let savedBy: String
    /// When it was last saved.
    public let savedAt: Instant
}

/// Keeps the selects of a connection that people have saved; they are run as its reader only.
public struct SavedQueryStore: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The saved queries of a connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// All of them, by name.
    public func list() async throws(WarehouseError) -> [SavedQuery] {
        try await warehouse.query(
            """
            select id, name, query, saved_by, saved_at from inflow.saved_query
            where connection_id = $1 order by name
            """, of: connection, purpose: "queries", doing: "reading saved queries"
        ) { row throws(PostgresError) in
            SavedQuery(
                id: try row.int64("id"), name: try row.text("name"), query: try row.text("query"),
                savedBy: try row.text("saved_by"), savedAt: try row.date("saved_at"))
        }
    }

    /// Saves a query under a name; one that has the name is replaced.
    public func save(_ name: String, _ query: String, by doer: Doer) async throws(WarehouseError) {
        let entry = AuditEntry(.querySaved, by: doer, connection: connection.name, subject: name)
        let parameters: [PostgresParameter] = [
            .int64(connection.id), .text(PageToken.kept(name, most: 100)), .text(query.harmless),
            .text(doer.actor.name),
        ]
        try await warehouse.transaction(purpose: "queries", doing: "saving a query") { session throws(PostgresError) in
            try session.query(
                """
                insert into inflow.saved_query (connection_id, name, query, saved_by) values ($1, $2, $3, $4)
                on conflict (connection_id, name) do update
                set query = excluded.query, saved_by = excluded.saved_by, saved_at = now()
                """, parameters)
            try AuditLog.write(entry, session)
        }
    }

    /// Removes a query by its number.
    ///
    /// - Throws: `unknown_account` where the connection has no such query.
    public func remove(_ id: Int64, by doer: Doer) async throws(WarehouseError) {
        let connection = connection
        let isRemoved = try await warehouse.transaction(purpose: "queries", doing: "removing a saved query") {
            session throws(PostgresError) in
            let removed = try session.query(
                "delete from inflow.saved_query where connection_id = $1 and id = $2 returning name",
                [.int64(connection.id), .int64(id)]
            ).texts("name").first
            guard let removed else { return false }
            try AuditLog.write(
                AuditEntry(.queryRemoved, by: doer, connection: connection.name, subject: removed), session)
            return true
        }
        guard isRemoved else {
            throw WarehouseError(
                .unknownAccount, subject: "\(id)",
                message: "\"\(connection.name)\" has no saved query \(id). Nothing was changed.")
        }
    }
}
