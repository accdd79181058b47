public import Inflow
internal import Postgres
internal import SQLFiles

/// Login roles that read the tables: one for each connection that was given one, and one of all connections.
///
/// A reader is kept to its rows by row-level security: one policy a table and role, with the connection's number as a
/// constant that no session can change. The loader owns the tables and is not touched by it. A reader owns nothing, may
/// create nothing and belongs to no other role.
///
/// - Rights are not granted once but brought to what they should be (``refresh()``): one statement compares policies
///   and grants with the tables and readers there are, and answers with the statements that are due. So a new table, a
///   migration that was interrupted and a right that a person changed by hand are all mended in the same way.
/// - The order is: guard a table, then its policy, then the grant. Interrupted at any point, a reader sees too little.
/// - Views show a reader its rows only if they read with the caller's rights (`security_invoker`); one that does not
///   loses its grant.
/// - Where Inflow's role may not make roles, the person gets the SQL for an administrator. It holds the verifier of the
///   password and never the password.
///
/// Roles are the whole server's, hence their names carry the database's. They go by the connection's number and not its
/// name: a renamed connection keeps its reader, and the list of roles, which every role can see, names no organisation.
public struct ReaderRoles: Sendable {
    let warehouse: Warehouse

    /// The readers of a warehouse; reads nothing before it is asked.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// Whose rows a reader sees.
    public enum Reader: Sendable {
        /// Those of one connection.
        case connection(Connection)
        /// One login that reads the rows of every connection.
        case all

        var connectionID: Int64? {
            if case .connection(let connection) = self { connection.id } else { nil }
        }

        /// How long one of its statements may take.
        var seconds: Int {
            if case .connection(let connection) = self { connection.settings.readerSeconds } else { 300 }
        }

        var name: String {
            if case .connection(let connection) = self { "\"\(connection.name)\"" } else { "all connections" }
        }
    }

    /// How to log in as a reader.
    public struct Access: Sendable, Hashable {
        /// The server's host; the folder of its socket where it listens on nothing else.
        public let host: String
        /// The port of the server that the reader connects to.
        public let port: Int
        /// The name of the database that holds the tables.
        public let database: String
        /// The PostgreSQL role to log in as.
        public let user: String
        /// The password where one was made just now; it is kept nowhere.
        public let password: String?
        /// What an administrator has to run before the password holds, where this role may not make roles; else `nil`.
        public let sql: String?
    }

    /// How to log in as a reader, who is made at the first time.
    ///
    /// With `rotating` it gets another password; sessions that stand go on. Where this role may not make roles the
    /// answer carries the SQL for an administrator who may; after that another call lets the reader see its rows.
    /// - Throws: `not_allowed` where a role of that name belongs to another system, or could get around row-level
    ///   security.
    public func access(
        for reader: Reader, rotating: Bool = false
    ) async throws(WarehouseError) -> Access {
        try await withTurn { session throws(WarehouseError) in
            let role = try await role(for: reader, session)
            let password = !role.exists || !role.hasPassword || rotating ? ReaderPassword.make() : nil
            let verifier = try await verifier(of: password, for: role, session)
            let statements = ReaderRoles.statements(role, reader, verifier: verifier)
            if password != nil { try await note(role, reader, session) }
            // Unchanged password: only settings can differ, so no administrator is needed.
            let isDone = try await run(statements, session)
            let sql = isDone || password == nil ? nil : ReaderRoles.forAdministrator(statements, reader)
            try await ReaderRoles.refresh(session)
            let place = try await place(session)
            return Access(
                host: place.host, port: place.port, database: role.database, user: role.name, password: password,
                sql: sql)
        }
    }

    /// The login of a connection as it was made before; `nil` where none was.
    public func existing(_ connection: Connection) async throws(WarehouseError) -> Access? {
        let isNoted = try await withTurn { session throws(WarehouseError) in
            try await noted(connection.id, session) != nil
        }
        return isNoted ? try await access(for: .connection(connection)) : nil
    }

    /// Takes away what a connection's reader may see, then the role; does nothing where there is none.
    ///
    /// - Returns: SQL for the administrator where the role could not be dropped; else `nil`.
    func drop(_ connection: Connection) async throws(WarehouseError) -> String? {
        try await withTurn { session throws(WarehouseError) in
            let id = PostgresParameter.int64(connection.id)
            guard let name = try await noted(connection.id, session)?.name else { return nil }
            let role = PostgresConnection.quoted(name)
            let exists = try await lifting("looking for role \(name)") { () async throws(PostgresError) in
                try await !session.query("select from pg_roles where rolname = $1", [.text(name)]).isEmpty
            }
            var left: String?
            if exists {
                let database = try await lifting("looking which database this is") { () async throws(PostgresError) in
                    try await session.query("select current_database() as name")[0].text("name")
                }
                try await dropTerminal(of: connection, database: database, session)
                try await ReaderRoles.runEach(Statements.readerUndo, [.text(name), id], session)
                do throws(PostgresError) {
                    try await session.execute("drop role \(role)")
                } catch {
                    guard !error.mayPass, error.code != .cancelled else {
                        throw WarehouseError(error, doing: "dropping role \(name)")
                    }
                    left = try await ReaderRoles.farewell(role, session)
                }
            }
            try await lifting("forgetting role \(name)") { () async throws(PostgresError) in
                try await session.query("delete from inflow.reader where connection_id = $1", [id])
            }
            return left
        }
    }

    // MARK: taking turns

    /// One process at a time works on readers: two grants on one table at once would fail.
    func withTurn<T: Sendable>(
        _ body: (PostgresConnection) async throws(WarehouseError) -> T
    ) async throws(WarehouseError) -> T {
        try await warehouse.withSession("readers") { session throws(WarehouseError) in
            try await ReaderRoles.waitForTurn(session)
            return try await body(session)
        }
    }

    /// The turn ends with the session.
    static func waitForTurn(_ session: PostgresConnection) async throws(WarehouseError) {
        try await lifting("waiting for another command that works on readers") { () async throws(PostgresError) in
            try await session.execute("set lock_timeout = '60s'")
            try await session.query("select pg_advisory_lock(hashtext('inflow.readers'))")
            try await session.execute("set lock_timeout = '3s'")
        }
    }
}
