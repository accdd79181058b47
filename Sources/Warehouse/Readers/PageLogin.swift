internal import Inflow
internal import Postgres
internal import SQLFiles

/// The login under which the page asks the warehouse: it reads and writes what the page shows and keeps, and no sealed
/// secret.
///
/// SQL that someone slips into a page, or a fault of Inflow, finds no token and no client secret: the role has no right
/// to read the columns of ``SecretColumn/all``. The session logged in as it, so no `set role` leads out of it. What opens
/// or stores a secret (consent, a live request, alert channels, readers) uses Inflow's own role.
///
/// - Rights are brought to what they should be each time that a password is set, as those of readers are.
/// - A process makes a password of its own and keeps it in memory. Where another process has set another one since, the
///   next session sets it anew; sessions that stand go on.
public actor PageLogin {
    private let roles: ReaderRoles
    private var known: [String: String]?

    /// The page's login at a warehouse; asks nothing before a session is opened.
    public init(_ warehouse: Warehouse) {
        roles = ReaderRoles(warehouse)
    }

    /// Makes the role and its rights what they should be, and logs in once.
    ///
    /// - Throws: `not_allowed` where Inflow's role may not make roles, or a role of that name belongs to another system;
    ///   `unreachable` also where the server takes no password of the role.
    public func prepare() async throws(WarehouseError) {
        let warehouse = roles.warehouse
        let session = try await renewed { login throws(PostgresError) in
            try await warehouse.connect("page", login: login)
        }
        await session.close()
    }

    /// A session of the page.
    func session(
        _ open: @Sendable ([String: String]) async throws(PostgresError) -> PostgresConnection
    ) async throws(WarehouseError) -> PostgresConnection {
        if let known {
            do throws(PostgresError) {
                return try await open(known)
            } catch {
                // The server is away, or another process has set another password: the next step finds out.
            }
        }
        return try await renewed(open)
    }

    private func renewed(
        _ open: @Sendable ([String: String]) async throws(PostgresError) -> PostgresConnection
    ) async throws(WarehouseError) -> PostgresConnection {
        let (login, session) = try await PageLogin.renew(roles, open)
        known = login
        return session
    }

    /// Sets another password and opens a session with it, while no other process sets one.
    private static func renew(
        _ roles: ReaderRoles, _ open: @Sendable ([String: String]) async throws(PostgresError) -> PostgresConnection
    ) async throws(WarehouseError) -> ([String: String], PostgresConnection) {
        try await roles.withTurn { turn throws(WarehouseError) in
            let login = try await roles.pageLogin(turn)
            let session = try await lifting("opening a session of the page") { () async throws(PostgresError) in
                try await open(login)
            }
            return (login, session)
        }
    }
}

extension ReaderRoles {
    /// What the server keeps beside the role, by which Inflow knows it as its own.
    private static let mark = "The page of Inflow; made by inflow serve."

    /// The name of the page's role.
    static func pageRoleName(database: String) -> String { roleName(database: database, connection: nil, end: "_page") }

    /// Makes the page's role and its rights what they should be, and gives it another password; how to log in with it.
    func pageLogin(_ turn: PostgresConnection) async throws(WarehouseError) -> [String: String] {
        let database = try await lifting("looking which database this is") { () async throws(PostgresError) in
            try await turn.query("select current_database() as name")[0].text("name")
        }
        let name = ReaderRoles.pageRoleName(database: database)
        let isThere = try await isOwnPageRole(name, turn)
        let password = ReaderPassword.make()
        let role = Role(name: name, database: database, exists: isThere, hasPassword: true)
        guard let verifier = try await verifier(of: password, for: role, turn),
            try await run(ReaderRoles.statements(page: name, isThere: isThere, verifier), turn)
        else { throw ReaderRoles.noPageRole }
        try await ReaderRoles.runEach(Statements.pageLoginDue, ReaderRoles.parameters(page: name), turn)
        let place = try await place(turn)
        return [
            "host": place.host, "port": String(place.port), "dbname": database, "user": name, "password": password,
        ]
    }

    /// Whether the role is there; throws where it is another system's, or could see more than it should.
    private func isOwnPageRole(_ name: String, _ turn: PostgresConnection) async throws(WarehouseError) -> Bool {
        let found = try await lifting("looking for role \(name)") { () async throws(PostgresError) in
            try await turn.query(
                """
                select coalesce(shobj_description(r.oid, 'pg_authid'), '') <> $2 or rolsuper or rolbypassrls
                    or rolcreaterole or exists (select from pg_auth_members where member = r.oid) as is_foreign
                from pg_roles r
                where rolname = $1
                """, [.text(name), .text(ReaderRoles.mark)]
            ).first?.bool("is_foreign")
        }
        guard found == true else { return found != nil }
        throw WarehouseError(
            .notAllowed, subject: name,
            message:
                "There is a role \"\(name)\" on the server that Inflow did not make, or that was given more than the page "
                + "needs. Nothing was changed. If no one needs it, ask an administrator to drop it, then start "
                + "\"inflow serve\" again.")
    }

    private static func statements(page name: String, isThere: Bool, _ verifier: String) -> [String] {
        let role = PostgresConnection.quoted(name)
        guard !isThere else { return ["alter role \(role) password '\(verifier)'"] }
        return [
            "create role \(role) with login nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls "
                + "password '\(verifier)'",
            "comment on role \(role) is '\(mark)'",
        ]
    }

    private static func parameters(page name: String) -> [PostgresParameter] {
        [
            .text(name), .textArray(SecretColumn.all.map(\.table)), .textArray(SecretColumn.all.map(\.column)),
        ]
    }

    private static let noPageRole = WarehouseError(
        .notAllowed, subject: "the page's role",
        message:
            "Inflow's role may not make roles on this server, so the page has none of its own. Nothing was changed.")
}
