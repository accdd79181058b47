internal import Foundation
internal import Inflow
internal import Postgres

/// A login for one session of a person at a terminal (`inflow psql`), who is no different from a reader.
///
/// The password of a reader is kept nowhere, and another one would lock out the reports that use it. So the terminal has
/// a role of its own, which belongs to the reader's role and has its rights and rows through it. Each call gives it
/// another password, which is good for a minute: only the beginning of a session needs it.
extension ReaderRoles {
    private static let secondsOfPassword = 60

    /// How to log in at a terminal as a reader; makes the reader's role where there is none.
    ///
    /// - Throws: `not_allowed` where Inflow's role may not make roles, or a role of that name belongs to another system.
    public func terminalAccess(for reader: Reader) async throws(WarehouseError) -> Access {
        try await withTurn { session throws(WarehouseError) in try await terminalAccess(for: reader, session) }
    }

    /// The same on a session that has its turn, until whose end no other process changes the password.
    func terminalAccess(
        for reader: Reader, _ session: PostgresConnection
    ) async throws(WarehouseError) -> Access {
        let role = try await made(for: reader, session)
        let name = ReaderRoles.roleName(
            database: role.database, connection: reader.connectionID, end: "_terminal")
        let password = ReaderPassword.make()
        let login = Role(name: name, database: role.database, exists: true, hasPassword: true)
        guard let verifier = try await verifier(of: password, for: login, session),
            try await run(try await statements(name, of: role, reader, verifier, session), session)
        else { throw ReaderRoles.mayNotMakeRoles }
        try await ReaderRoles.refresh(session)
        let place = try await place(session)
        return Access(
            host: place.host, port: place.port, database: role.database, user: name, password: password, sql: nil)
    }

    /// The role of a reader, which is made without a password where there is none.
    private func made(for reader: Reader, _ session: PostgresConnection) async throws(WarehouseError) -> Role {
        let role = try await role(for: reader, session)
        if !role.exists {
            guard try await run(ReaderRoles.statements(role, reader, verifier: nil), session) else {
                throw ReaderRoles.mayNotMakeRoles
            }
            try await note(role, reader, session, hasPassword: false)
        }
        return role
    }

    /// Makes the roles of connections that have none, and lets them see their rows.
    ///
    /// Each table gets a policy for each role. That waits for the transactions on the table, and later ones wait for
    /// it, so a load stands still meanwhile: better now than when someone first looks at a table.
    /// - Throws: `not_allowed` where Inflow's role may not make roles.
    public func makeMissing() async throws(WarehouseError) {
        try await withTurn { session throws(WarehouseError) in
            let missing = try await lifting("looking for connections without a reader") {
                () async throws(PostgresError) in
                try await session.query(
                    """
                    select c.id from inflow.connection c
                    where not exists (select from inflow.reader r where r.connection_id = c.id)
                    order by c.id
                    """
                ).read { row throws(PostgresError) in try row.int64("id") }
            }
            let store = ConnectionStore(warehouse)
            var hasMade = false
            for id in missing {
                guard let connection = try await store.find(number: id) else { continue }
                _ = try await made(for: .connection(connection), session)
                hasMade = true
            }
            if hasMade { try await ReaderRoles.refresh(session) }
        }
    }

    private static let mayNotMakeRoles = WarehouseError(
        .notAllowed, subject: "a reader",
        message:
            "Inflow's role may not make roles on this server, so it cannot log you in as a reader. Nothing was "
            + "changed. \"inflow connection credentials\" prints the SQL for an administrator and the login it makes.")

    private func statements(
        _ name: String, of reader: Role, _ kind: Reader, _ verifier: String, _ session: PostgresConnection
    ) async throws(WarehouseError) -> [String] {
        let role = PostgresConnection.quoted(name)
        let until = try await lifting("looking for role \(name)") { () async throws(PostgresError) in
            try await session.query(
                """
                select quote_literal(clock_timestamp() + make_interval(secs => $2)) as until,
                    exists (select from pg_roles where rolname = $1) as is_there
                """, [.text(name), .int(ReaderRoles.secondsOfPassword)]
            ).read { row throws(PostgresError) in (try row.text("until"), try row.bool("is_there")) }
        }
        let (end, isThere) = until.first ?? ("'epoch'", false)
        let make =
            isThere
            ? "alter role \(role)"
            : "create role \(role) with login nosuperuser nocreatedb nocreaterole inherit noreplication nobypassrls"
        let own = ReaderRoles.settings(role, kind)
        return [
            "\(make) password '\(verifier)' valid until \(end)",
            "grant \(PostgresConnection.quoted(reader.name)) to \(role)",
        ] + own
    }

    /// Drops the terminal's role of a reader, if there is one, before the reader's own.
    func dropTerminal(
        of connection: Connection, database: String, _ session: PostgresConnection
    ) async throws(WarehouseError) {
        let name = ReaderRoles.roleName(database: database, connection: connection.id, end: "_terminal")
        try await lifting("dropping role \(name)") { () async throws(PostgresError) in
            // Only where it is there: PostgreSQL refuses even the attempt to a role that may make none.
            guard try await !session.query("select from pg_roles where rolname = $1", [.text(name)]).isEmpty else {
                return
            }
            try await session.execute("drop role \(PostgresConnection.quoted(name))")
        }
    }
}
