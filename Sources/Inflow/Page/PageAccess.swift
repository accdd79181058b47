/// What the one who makes a request may do, and with which connections.
public struct PageAccess: Sendable, Hashable {
    /// What it may do with the connections of ``scope``.
    public let rights: Set<PageRight>
    /// The connections that the rights are for.
    public let scope: PageScope

    /// The access of a role.
    public init(_ role: PageRole, _ scope: PageScope) {
        self.init(rights: Set(PageRight.allCases.filter { role.may($0) }), scope: scope)
    }

    /// The access of a token of the API.
    public init(_ scope: APIScope, _ connections: PageScope) {
        self.init(rights: Set(PageRight.allCases.filter { scope.may($0) }), scope: connections)
    }

    private init(rights: Set<PageRight>, scope: PageScope) {
        self.rights = rights
        self.scope = scope
    }

    /// The access of a one-time link's session: everything, since nobody else can enter.
    public static let everything = PageAccess(.admin, .all)

    /// Whether it has a right on a connection, by its number.
    public func may(_ right: PageRight, on connection: Int64) -> Bool {
        rights.contains(right) && scope.covers(connection)
    }

    /// Whether it has a right on what belongs to no single connection: users, tokens, new connections, the audit log.
    ///
    /// A role that is for some connections only has none there.
    public func mayEverywhere(_ right: PageRight) -> Bool { rights.contains(right) && scope == .all }
}
