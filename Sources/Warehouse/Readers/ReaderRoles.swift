public import Inflow
internal import Crypto
internal import Postgres

/// Login roles that read the tables: one for each connection that was given one, and one of all connections.
///
/// A reader is kept to its rows by row-level security: one policy a table and role, with the connection's number as a
/// constant that no session can change. The loader owns the tables and is not touched by it. A reader owns nothing, may
/// create nothing and belongs to no other role.
///
/// Roles are the whole server's, hence their names carry the database's. They go by the connection's number and not its
/// name: a renamed connection keeps its reader, and the list of roles, which every role can see, names no organisation.
public struct ReaderRoles: Sendable {
    private let warehouse: Warehouse

    /// The readers of a warehouse.
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
            let password = !role.exists || rotating ? ReaderPassword.make() : nil
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

    /// Takes away what a connection's reader may see, then the role; does nothing where there is none.
    ///
    /// - Returns: SQL for the administrator where the role could not be dropped; else `nil`.
    func drop(_ connection: Connection) async throws(WarehouseError) -> String? {
        try await withTurn { session throws(WarehouseError) in
            let id = PostgresParameter.int64(connection.id)
            guard let name = try await noted(connection.id, session) else { return nil }
            let role = PostgresConnection.quoted(name)
            let exists = try await lifting("looking for role \(name)") { () async throws(PostgresError) in
                try await !session.query("select from pg_roles where rolname = $1", [.text(name)]).isEmpty
            }
            var left: String?
            if exists {
                try await ReaderRoles.runEach(ReaderRoles.undoing, [.text(name), id], session)
                do throws(PostgresError) {
                    try await session.execute("drop role \(role)")
                } catch {
                    guard ![.connectionLost, .cancelled].contains(error.code) else {
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

    // MARK: one reader

    struct Role: Sendable {
        let name: String
        let database: String
        let exists: Bool
    }

    /// A name of at most 63 bytes, which is all PostgreSQL keeps of one; a long database's name is cut and made
    /// unique by its hash.
    static func roleName(database: String, connection: Int64?) -> String {
        let end = "_reader_" + (connection.map { String($0) } ?? "all")
        // Names that begin so are PostgreSQL's own.
        let start = database.hasPrefix("pg_") ? "inflow_\(database)" : database
        guard (start + end).utf8.count > 63 else { return start + end }
        let hash = SHA256.hash(data: Array(database.utf8)).prefix(4).hexadecimal
        var kept = start
        while (kept + "_" + hash + end).utf8.count > 63 { kept.removeLast() }
        return kept + "_" + hash + end
    }

    private func role(for reader: Reader, _ session: PostgresConnection) async throws(WarehouseError) -> Role {
        let noted = try await noted(reader.connectionID, session)
        let database = try await lifting("looking which database this is") { () async throws(PostgresError) in
            try await session.query("select current_database() as name")[0].require("name") { $0.string }
        }
        let name = noted ?? ReaderRoles.roleName(database: database, connection: reader.connectionID)
        let found = try await lifting("looking for role \(name)") { () async throws(PostgresError) in
            try await session.query(
                """
                select rolsuper or rolbypassrls or rolcreaterole
                    or exists (select from pg_auth_members where member = r.oid) as is_strong
                from pg_roles r
                where rolname = $1
                """, [.text(name)]
            ).first?.bool("is_strong")
        }
        if found != nil, noted == nil {
            throw WarehouseError(
                .notAllowed, subject: name,
                message:
                    "There is a role \"\(name)\" on the server already, which Inflow did not ask for in this "
                    + "database. Nothing was changed. If no one needs it, ask an administrator to drop it, then "
                    + "run this command again.")
        }
        if found == true {
            throw WarehouseError(
                .notAllowed, subject: name,
                message:
                    "The role \"\(name)\" is a superuser, may make roles, belongs to another role or may get around "
                    + "row-level security, so it could see more than \(reader.name). Nothing was changed. Have that "
                    + "taken from it."
            )
        }
        return Role(name: name, database: database, exists: found != nil)
    }

    /// What PostgreSQL keeps in place of the password; the password itself never leaves this process.
    private func verifier(
        of password: String?, for role: Role, _ session: PostgresConnection
    ) async throws(WarehouseError) -> String? {
        guard let password else { return nil }
        return try await lifting("encrypting the password of role \(role.name)") { () async throws(PostgresError) in
            try await session.encrypted(password, for: role.name)
        }
    }

    private func noted(_ connection: Int64?, _ session: PostgresConnection) async throws(WarehouseError) -> String? {
        try await lifting("looking for a reader") { () async throws(PostgresError) in
            try await session.query(
                "select role_name from inflow.reader where connection_id is not distinct from $1",
                [connection.map { .int64($0) } ?? .null]
            ).first?.text("role_name")
        }
    }

    private func note(_ role: Role, _ reader: Reader, _ session: PostgresConnection) async throws(WarehouseError) {
        try await lifting("noting a reader") { () async throws(PostgresError) in
            try await session.query(
                """
                insert into inflow.reader (role_name, connection_id) values ($1, $2)
                on conflict (role_name) do update set password_set_at = now()
                """, [.text(role.name), reader.connectionID.map { .int64($0) } ?? .null])
        }
    }

    /// Runs statements that need leave to make roles, all or none; says whether this role may.
    private func run(_ statements: [String], _ session: PostgresConnection) async throws(WarehouseError) -> Bool {
        do throws(PostgresError) {
            try await session.transaction { session throws(PostgresError) in
                for statement in statements { try session.execute(statement) }
            }
            return true
        } catch {
            if error.code == .insufficientPrivilege { return false }
            // Without the statement, which holds what the password is checked with.
            throw WarehouseError(
                .statementFailed, subject: "a reader",
                message: "Inflow could not create a role: \(error.detail ?? error.message)")
        }
    }

    /// Where clients on this machine, or on others, reach the server.
    private func place(_ session: PostgresConnection) async throws(WarehouseError) -> (host: String, port: Int) {
        let (host, port) = (await session.serverHost, await session.serverPort)
        guard host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") else { return (host, port) }
        let addresses = try await lifting("looking where the server listens") { () async throws(PostgresError) in
            try await session.query("select current_setting('listen_addresses') as a")[0].text("a")
        }
        let local: Set = ["*", "localhost", "127.0.0.1", "0.0.0.0"]
        let listens = addresses.split(separator: ",").contains { local.contains($0.trimmedBlanks) }
        return (listens ? "127.0.0.1" : host, port)
    }

    // MARK: all readers

    /// Makes row-level security, policies and grants what they should be for all tables and readers there are.
    ///
    /// Done after each migration, so that readers see new tables and views too, and in them their own rows only.
    public func refresh() async throws(WarehouseError) {
        try await withTurn { session throws(WarehouseError) in try await ReaderRoles.refresh(session) }
    }

    static func refresh(_ session: PostgresConnection) async throws(WarehouseError) {
        let isThere = try await lifting("looking for readers") { () async throws(PostgresError) in
            try await session.query("select to_regclass('inflow.reader') is not null")[0, 0].bool == true
        }
        guard isThere else { return }
        let isDue = try await lifting("looking at the readers") { () async throws(PostgresError) in
            try await !session.query(due).isEmpty
        }
        guard isDue else { return }
        try await waitForTurn(session)
        try await runEach(due, [], session)
    }

    /// What ``refresh()`` would do, as SQL; empty when all is as it should be.
    public func outstanding() async throws(WarehouseError) -> [String] {
        try await warehouse.withSession("readers") { session throws(WarehouseError) in
            try await lifting("looking at the readers") { () async throws(PostgresError) in
                try await session.query(ReaderRoles.due).texts("sql")
            }
        }
    }

    /// Runs the statements that a query answers with, each for itself.
    ///
    /// Some take a table's strongest lock, for which they wait until running merges end. Holding one table at
    /// a time they block others only briefly, and none can be part of a deadlock.
    private static func runEach(
        _ query: String, _ parameters: [PostgresParameter], _ session: PostgresConnection
    ) async throws(WarehouseError) {
        let statements = try await lifting("looking at the readers") { () async throws(PostgresError) in
            try await session.query(query, parameters).texts("sql")
        }
        for statement in statements {
            for attempt in 1...10 {
                do throws(PostgresError) {
                    try await session.execute(statement)
                    break
                } catch {
                    guard error.code == .lockTimeout, attempt < 10 else {
                        throw WarehouseError(error, doing: "setting what readers may see: \(statement)")
                    }
                }
            }
        }
    }

    /// One process at a time works on readers: two grants on one table at once would fail.
    private func withTurn<T: Sendable>(
        _ body: (PostgresConnection) async throws(WarehouseError) -> T
    ) async throws(WarehouseError) -> T {
        try await warehouse.withSession("readers") { session throws(WarehouseError) in
            try await ReaderRoles.waitForTurn(session)
            return try await body(session)
        }
    }

    /// The turn ends with the session.
    private static func waitForTurn(_ session: PostgresConnection) async throws(WarehouseError) {
        try await lifting("waiting for another command that works on readers") { () async throws(PostgresError) in
            try await session.execute("set lock_timeout = '60s'")
            try await session.query("select pg_advisory_lock(hashtext('inflow.readers'))")
            try await session.execute("set lock_timeout = '3s'")
        }
    }
}

extension Substring {
    /// Without the blanks around it.
    fileprivate var trimmedBlanks: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
