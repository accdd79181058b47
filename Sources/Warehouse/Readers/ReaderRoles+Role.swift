internal import Crypto
internal import Inflow
internal import Postgres

/// One reader's role: its name, what Inflow has noted of it, and how it is made.
extension ReaderRoles {
    struct Role: Sendable {
        let name: String
        let database: String
        let exists: Bool
        /// Whether a person was given its password; a role that only the terminal needed has none.
        let hasPassword: Bool
    }

    /// A name of at most 63 bytes, which is all PostgreSQL keeps of one; a long database's name is cut and made
    /// unique by its hash.
    static func roleName(database: String, connection: Int64?, end: String = "") -> String {
        let end = "_reader_" + (connection.map { String($0) } ?? "all") + end
        // Names that begin so are PostgreSQL's own.
        let start = database.hasPrefix("pg_") ? "inflow_\(database)" : database
        guard (start + end).utf8.count > 63 else { return start + end }
        let hash = SHA256.hash(data: Array(database.utf8)).prefix(4).hexadecimal
        var kept = start
        while (kept + "_" + hash + end).utf8.count > 63 { kept.removeLast() }
        return kept + "_" + hash + end
    }

    func role(for reader: Reader, _ session: PostgresConnection) async throws(WarehouseError) -> Role {
        let noted = try await noted(reader.connectionID, session)
        let database = try await lifting("looking which database this is") { () async throws(PostgresError) in
            try await session.query("select current_database() as name")[0].text("name")
        }
        let name = noted?.name ?? ReaderRoles.roleName(database: database, connection: reader.connectionID)
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
        return Role(
            name: name, database: database, exists: found != nil, hasPassword: noted?.hasPassword ?? false)
    }

    /// What PostgreSQL keeps in place of the password; the password itself never leaves this process.
    func verifier(
        of password: String?, for role: Role, _ session: PostgresConnection
    ) async throws(WarehouseError) -> String? {
        guard let password else { return nil }
        return try await lifting("encrypting the password of role \(role.name)") { () async throws(PostgresError) in
            try await session.encrypted(password, for: role.name)
        }
    }

    func noted(
        _ connection: Int64?, _ session: PostgresConnection
    ) async throws(WarehouseError) -> (name: String, hasPassword: Bool)? {
        try await lifting("looking for a reader") { () async throws(PostgresError) in
            try await session.query(
                """
                select role_name, password_set_at > 'epoch' as has_password
                from inflow.reader where connection_id is not distinct from $1
                """,
                [connection.map { .int64($0) } ?? .null]
            ).read { row throws(PostgresError) in (try row.text("role_name"), try row.bool("has_password")) }.first
        }
    }

    func note(
        _ role: Role, _ reader: Reader, _ session: PostgresConnection, hasPassword: Bool = true
    ) async throws(WarehouseError) {
        try await lifting("noting a reader") { () async throws(PostgresError) in
            try await session.query(
                """
                insert into inflow.reader (role_name, connection_id, password_set_at)
                values ($1, $2, case when $3 then now() else 'epoch' end)
                on conflict (role_name) do update set password_set_at = excluded.password_set_at
                """, [.text(role.name), reader.connectionID.map { .int64($0) } ?? .null, .bool(hasPassword)])
        }
    }

    /// Runs statements that need leave to make roles, all or none; says whether this role may.
    func run(_ statements: [String], _ session: PostgresConnection) async throws(WarehouseError) -> Bool {
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
                message: "PostgreSQL did not make or change the role of a reader. Nothing was changed. It says: "
                    + (error.detail ?? error.message))
        }
    }

    /// Where clients on this machine, or on others, reach the server.
    func place(_ session: PostgresConnection) async throws(WarehouseError) -> (host: String, port: Int) {
        let (host, port) = (await session.serverHost, await session.serverPort)
        guard host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") else { return (host, port) }
        let addresses = try await lifting("looking where the server listens") { () async throws(PostgresError) in
            try await session.query("select current_setting('listen_addresses') as a")[0].text("a")
        }
        let local: Set = ["*", "localhost", "127.0.0.1", "0.0.0.0"]
        let listens = addresses.split(separator: ",").contains { local.contains($0.trimmedBlanks) }
        return (listens ? "127.0.0.1" : host, port)
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
