internal import Inflow
internal import Postgres

extension ReaderRoles {
    /// What only a role that may make roles can run: the role with its password, as a verifier, and its settings.
    ///
    /// The settings are for convenience and against accidents, since any role may change its own session's; what a
    /// reader cannot do is what it was not granted.
    static func statements(_ role: Role, _ reader: Reader, verifier: String?) -> [String] {
        let name = PostgresConnection.quoted(role.name)
        var sessions = 10
        if case .connection(let connection) = reader { sessions = connection.settings.readerSessions }
        let rights =
            role.exists
            ? "alter role \(name) with"
            : "create role \(name) with login nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls"
        return [
            "\(rights) connection limit \(sessions)" + (verifier.map { " password '\($0)'" } ?? "")
        ] + settings(name, reader)
    }

    /// The settings of a role that reads, for convenience and against accidents; `name` is quoted.
    static func settings(_ name: String, _ reader: Reader) -> [String] {
        [
            "alter role \(name) set default_transaction_read_only = on",
            "alter role \(name) set statement_timeout = '\(reader.seconds)s'",
            "alter role \(name) set idle_in_transaction_session_timeout = '10min'",
            "alter role \(name) set search_path = wfm, report",
            // Compiling a report takes longer than running it.
            "alter role \(name) set jit = off",
        ]
    }

    /// The same as a script with what it is for.
    static func forAdministrator(_ statements: [String], _ reader: Reader) -> String {
        let words = """
            -- For a role that may make roles (CREATEROLE): the login of Inflow's reader of \(reader.name.oneLine).
            -- Inflow showed the password to the person who asked; this is only the verifier that PostgreSQL keeps.
            """
        return words + "\nbegin;\n" + statements.map { $0 + ";\n" }.joined() + "commit;\n"
    }

    /// What is left to an administrator where this role could not drop a reader's.
    static func farewell(_ role: String, _ session: PostgresConnection) async throws(WarehouseError) -> String {
        let database = try await lifting("looking which database this is") { () async throws(PostgresError) in
            try await session.query("select quote_ident(current_database()) as name")[0].text("name")
        }
        return """
            -- For a role that may make roles (CREATEROLE): Inflow has taken all it granted from this reader.
            revoke all on database \(database) from \(role);
            drop role \(role);

            """
    }
}

extension String {
    /// Fit for a comment in SQL, which ends with its line.
    fileprivate var oneLine: String {
        String(map { $0.isNewline ? " " : $0 })
    }
}
