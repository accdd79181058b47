public import Inflow

/// Someone whose session is good: a user, or whoever opened the one-time link.
public struct Visitor: Sendable, Hashable {
    /// The session's name in the warehouse; never the secret in the cookie.
    public let session: String
    /// The name of the user, or words for the link.
    public let name: String
    /// What the visitor may do.
    public let role: PageRole
    /// The names of the connections that the role is for; `nil` for all.
    public let connections: Set<String>?
    /// What each form must send back, so that no other site can send it.
    public let formToken: String
    /// Whether the visitor is a user, who can sign out and come back.
    public let isUser: Bool

    /// A visitor as the warehouse knows it.
    public init(
        session: String, name: String, role: PageRole, connections: Set<String>?, formToken: String, isUser: Bool
    ) {
        (self.session, self.name, self.role, self.connections) = (session, name, role, connections)
        (self.formToken, self.isUser) = (formToken, isUser)
    }

    /// Whether the visitor may do something with a connection, or with the server where none is named.
    public func may(_ right: PageRight, with connection: String? = nil) -> Bool {
        guard role.may(right) else { return false }
        guard let connections else { return true }
        guard let connection else { return right == .view }
        return connections.contains(connection)
    }
}
