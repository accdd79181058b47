public import Inflow

/// Users of the page, and who did what.
public protocol PeopleService: Sendable {
    /// All users, by name.
    func users() async throws -> [UserFacts]
    /// Adds a user; throws a ``PageProblem`` that says what is wrong with the name or the password.
    func add(_ name: String, password: String, role: PageRole, connections: [String], by: Doer) async throws
    /// Gives a user another role, for some connections or for all.
    func setRole(_ role: PageRole, connections: [String], of name: String, by: Doer) async throws
    /// Sets a user's password, which ends the user's sessions.
    func setPassword(_ password: String, of name: String, by: Doer) async throws
    /// Lets a user enter, or not.
    func setEnabled(_ isEnabled: Bool, of name: String, by: Doer) async throws
    /// Removes a user.
    func remove(_ name: String, by: Doer) async throws
    /// The browsers that are signed in, by user.
    func sessions() async throws -> [SessionFacts]
    /// Ends a session; throws a ``PageProblem`` where it has ended before.
    func endSession(_ number: Int64, by: Doer) async throws
    /// Ends all sessions of a user.
    func endSessions(of name: String, by: Doer) async throws
    /// What was done, the newest first, before a number where one is given.
    func audit(before: Int64?, limit: Int) async throws -> [AuditLine]
}

/// A user of the page.
public struct UserFacts: Sendable, Hashable {
    /// The name.
    public let name: String
    /// What the user may do.
    public let role: PageRole
    /// The connections that the role is for; none for all.
    public let connections: [String]
    /// When the user last signed in; `nil` is never.
    public let signedInAt: Instant?
    /// Whether the user may enter.
    public let isEnabled: Bool

    /// A user as the warehouse knows it.
    public init(name: String, role: PageRole, connections: [String], signedInAt: Instant?, isEnabled: Bool) {
        (self.name, self.role, self.connections) = (name, role, connections)
        (self.signedInAt, self.isEnabled) = (signedInAt, isEnabled)
    }
}

/// A browser that is signed in.
public struct SessionFacts: Sendable, Hashable {
    /// Number of the session.
    public let number: Int64
    /// The user's name; `nil` where the session came from a one-time link.
    public let userName: String?
    /// When it began.
    public let createdAt: Instant
    /// When a request last came with it, to a minute.
    public let usedAt: Instant
    /// Where it began: the address of the browser, and what it calls itself.
    public let client: Client

    /// A session as the warehouse knows it.
    public init(number: Int64, userName: String?, createdAt: Instant, usedAt: Instant, client: Client) {
        (self.number, self.userName, self.client) = (number, userName, client)
        (self.createdAt, self.usedAt) = (createdAt, usedAt)
    }
}

/// An entry of the audit log, as the page shows it.
public struct AuditLine: Sendable, Hashable {
    /// Number of the entry, which rises with time.
    public let id: Int64
    /// When it was done.
    public let at: Instant
    /// Who did it, and from where.
    public let who, address: String
    /// What was done, to which connection and to what.
    public let action, connection, subject: String

    /// An entry of the audit log.
    public init(
        id: Int64, at: Instant, who: String, address: String, action: String, connection: String, subject: String
    ) {
        (self.id, self.at, self.who, self.address) = (id, at, who, address)
        (self.action, self.connection, self.subject) = (action, connection, subject)
    }
}
