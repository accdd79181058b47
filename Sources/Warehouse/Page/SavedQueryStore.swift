public import Inflow
internal import Postgres
internal import SQLFiles

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

    /// Saves a query under a name and returns its number.
    ///
    /// - Throws: `account_exists` where a query has the name and is not to be replaced.
    @discardableResult
    public func save(
        _ name: PageName, _ query: String, replacing: Bool, by doer: Doer
    ) async throws(WarehouseError) -> Int64 {
        let entry = AuditEntry(.querySaved, by: doer, connection: connection.name, subject: name.text)
        let parameters: [PostgresParameter] = [
            .int64(connection.id), .text(name.text), .text(query.harmless), .text(doer.actor.name), .bool(replacing),
        ]
        let number = try await warehouse.transaction(purpose: "queries", doing: "saving a query") {
            session throws(PostgresError) -> Int64? in
            guard let row = try session.query(Statements.savedQuerySave, parameters).first else { return nil }
            try AuditLog.write(entry, session)
            return try row.int64("id")
        }
        guard let number else { throw isTaken(name, "Replace that one, or give another name.") }
        return number
    }

    /// Gives a query another name.
    ///
    /// - Throws: `unknown_account` where the connection has no such query; `account_exists` where another has the name.
    public func rename(_ id: Int64, to name: PageName, by doer: Doer) async throws(WarehouseError) {
        let connection = connection
        let parameters: [PostgresParameter] = [.int64(connection.id), .int64(id), .text(name.text)]
        let isRenamed: Bool
        do throws(WarehouseError) {
            isRenamed = try await warehouse.transaction(purpose: "queries", doing: "renaming a saved query") {
                session throws(PostgresError) in
                guard let before = try session.query(Statements.savedQueryRename, parameters).texts("before").first
                else { return false }
                try AuditLog.write(
                    AuditEntry(
                        .queryRenamed, by: doer, connection: connection.name, subject: name.text,
                        details: ["before": before]), session)
                return true
            }
        } catch {
            guard error.cause?.code == .uniqueViolation else { throw error }
            throw isTaken(name, "Give another name.")
        }
        guard isRenamed else { throw unknown(id) }
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
        guard isRemoved else { throw unknown(id) }
    }

    private func unknown(_ id: Int64) -> WarehouseError {
        WarehouseError(
            .unknownAccount, subject: "\(id)",
            message: "\"\(connection.name)\" has no saved query \(id). Nothing was changed.")
    }

    private func isTaken(_ name: PageName, _ remedy: String) -> WarehouseError {
        WarehouseError(
            .accountExists, subject: name.text,
            message: "\"\(connection.name)\" has a saved query \"\(name)\" already. Nothing was changed. \(remedy)")
    }
}
