public import Inflow
internal import Postgres

/// A browser that is signed in, as one request sees it.
public struct PageSession: Sendable, Hashable {
    /// Number of the session.
    public let id: Int64
    /// The user's name; `nil` for a session of a one-time link.
    public let userName: String?
    /// Who acts in it, as the audit log names it.
    public let actor: PageActor
    /// What may be done in it, and with which connections.
    public let access: PageAccess
    /// The secret that forms carry, so that no other web page can send them.
    public let formSecret: String
    /// When it began.
    public let createdAt: Instant
    /// When a request last came with it, to a minute.
    public let usedAt: Instant
    /// When it ends however much it is used.
    public let endsAt: Instant

    /// The session of a token that was found or begun just now; `user` is nil for one of a link.
    init(_ row: PostgresResult.Row, token: String, user: PageUser?) throws(PostgresError) {
        try self.init(
            row, token: token, id: user?.id, name: user?.name, access: user.map(\.access) ?? .everything)
    }

    /// The session of a row that also has the user's name, role and connections.
    init(_ row: PostgresResult.Row, token: String) throws(PostgresError) {
        guard let user = try row.optionalInt64("user_id") else {
            try self.init(row, token: token, id: nil, name: nil, access: .everything)
            return
        }
        let role: PageRole = try row.word("role", of: "inflow.page_user.role")
        try self.init(
            row, token: token, id: user, name: try row.text("name"), access: PageAccess(role, try PageUser.scope(row)))
    }

    private init(
        _ row: PostgresResult.Row, token: String, id user: Int64?, name: String?, access: PageAccess
    ) throws(PostgresError) {
        let number = try row.int64("id")
        id = number
        userName = name
        actor = user.map { .user($0, name: name ?? "") } ?? .link(session: number)
        self.access = access
        formSecret = PageToken.formSecret(of: token)
        createdAt = try row.date("created_at")
        usedAt = try row.date("used_at")
        endsAt = try row.date("ends_at")
    }
}

/// A browser that is signed in, as administrators see it.
public struct SignedInBrowser: Sendable, Hashable {
    /// Number of the session.
    public let session: Int64
    /// The user's name; `nil` for a session of a one-time link.
    public let userName: String?
    /// When it began.
    public let createdAt: Instant
    /// When a request last came with it, to a minute.
    public let usedAt: Instant
    /// The address that it began from.
    public let address: String
    /// What the browser calls itself.
    public let userAgent: String
}

/// A session that has just begun, with the token for the browser's cookie, which is shown here only.
public struct NewPageSession: Sendable {
    /// What the browser sends back with each request.
    public let token: String
    /// The session.
    public let session: PageSession
}
