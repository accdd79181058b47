public import Inflow
internal import Postgres
internal import SQLFiles

/// Keeps which browsers are signed in: in the warehouse, so that every server knows them and a restart forgets none.
///
/// The warehouse has the SHA-256 of each token and never the token. Every session has a token of its own that was made
/// for it; none is taken from a browser, so nobody can make another sign in into a session that he knows.
public struct PageSessionStore: Sendable {
    private let warehouse: Warehouse
    private let life: SessionLife

    /// The sessions of a warehouse, which last as long as `life` says.
    public init(_ warehouse: Warehouse, life: SessionLife = .standard) {
        self.warehouse = warehouse
        self.life = life
    }

    /// Begins a session for a user who has just given the password; ends the one that the browser had, by its token.
    ///
    /// `nil` where the user was changed, disabled or removed since the password was compared.
    public func begin(
        for user: PageUser, address: String, userAgent: String, replacing before: String? = nil
    ) async throws(WarehouseError) -> NewPageSession? {
        let token = PageToken.make()
        let parameters: [PostgresParameter] = [
            .bytes(PageToken.hash(token)), .int64(user.id), .int(user.epoch), .double(life.absolute),
            .text(PageToken.kept(address, most: 100)), .text(PageToken.kept(userAgent, most: 200)),
            before.map { .bytes(PageToken.hash($0)) } ?? .null,
        ]
        let entry = AuditEntry(.signedIn, by: Doer(user.actor, from: address), subject: user.name)
        let session = try await warehouse.transaction(purpose: "sign-in", doing: "beginning a session") {
            session throws(PostgresError) -> PageSession? in
            guard let row = try session.query(Statements.pageSessionBegin, parameters).first else { return nil }
            try AuditLog.write(entry, session)
            return try PageSession(row, token: token, user: user)
        }
        return session.map { NewPageSession(token: token, session: $0) }
    }

    /// The session of a token, if it is still good; notes once a minute that it is used.
    ///
    /// One statement over two keys, for every request asks it.
    public func session(_ token: String) async throws(WarehouseError) -> PageSession? {
        try await warehouse.query(
            Statements.pageSessionFind, [.bytes(PageToken.hash(token)), .double(life.idle)], purpose: "page",
            doing: "looking who is signed in"
        ) { row throws(PostgresError) in try PageSession(row, token: token) }.first
    }

    /// Ends a session: the person signs out.
    public func end(_ session: PageSession, from address: String) async throws(WarehouseError) {
        let entry = AuditEntry(.signedOut, by: Doer(session.actor, from: address), subject: session.userName)
        try await warehouse.transaction(purpose: "sign-out", doing: "ending a session") {
            connection throws(PostgresError) in
            let ended = try connection.query("delete from inflow.page_session where id = $1", [.int64(session.id)])
            if ended.affectedRows > 0 { try AuditLog.write(entry, connection) }
        }
    }

    /// The sessions that are good, by user; those of a one-time link come first.
    public func list() async throws(WarehouseError) -> [SignedInBrowser] {
        try await warehouse.query(
            Statements.pageSessions, [.double(life.idle)], purpose: "page", doing: "reading the sessions"
        ) { row throws(PostgresError) in
            SignedInBrowser(
                session: try row.int64("id"), userName: try row.optionalText("name"),
                createdAt: try row.date("created_at"), usedAt: try row.date("used_at"),
                address: try row.text("address"), userAgent: try row.text("user_agent"))
        }
    }

    /// Ends a session of any user by its number; false where it has ended already.
    public func end(number: Int64, by doer: Doer) async throws(WarehouseError) -> Bool {
        try await warehouse.transaction(purpose: "sign-out", doing: "ending a session") {
            connection throws(PostgresError) in
            guard let ended = try connection.query(Statements.pageSessionEnd, [.int64(number)]).first else {
                return false
            }
            try AuditLog.write(
                AuditEntry(
                    .sessionEnded, by: doer, subject: try ended.optionalText("name") ?? "one-time link",
                    details: ["from": try ended.text("address")]), connection)
            return true
        }
    }

    /// Ends all sessions of a user; a session that is just being begun ends too.
    ///
    /// Changes of password and role, disabling and removing do the same by themselves.
    public func endAll(of user: PageUser, by doer: Doer) async throws(WarehouseError) {
        try await warehouse.transaction(purpose: "sign-out", doing: "ending the sessions of a user") {
            session throws(PostgresError) in
            try session.query("update inflow.page_user set epoch = epoch + 1 where id = $1", [.int64(user.id)])
            let ended = try session.query("delete from inflow.page_session where user_id = $1", [.int64(user.id)])
            try AuditLog.write(
                AuditEntry(
                    .sessionEnded, by: doer, subject: user.name, details: ["sessions": "\(ended.affectedRows)"]),
                session)
        }
    }
}
