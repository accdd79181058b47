public import Inflow

/// Someone whose session is good: a user, or whoever opened the one-time link.
public struct Visitor: Sendable, Hashable {
    /// Number of the session in the warehouse.
    public let session: Int64
    /// Who acts, as the audit log names it.
    public let actor: PageActor
    /// The name of the user, or words for the link.
    public let name: String
    /// What the visitor may do.
    public let rights: Set<PageRight>
    /// The names of the connections that the rights are for; `nil` for all.
    public let connections: Set<String>?
    /// What each form must send back, so that no other site can send it.
    public let formToken: String
    /// Whether the visitor is a user, who can sign out and come back.
    public let isUser: Bool

    /// A visitor as the warehouse knows it.
    public init(
        session: Int64, actor: PageActor, name: String, rights: Set<PageRight>, connections: Set<String>?,
        formToken: String,
        isUser: Bool
    ) {
        (self.session, self.actor, self.name, self.rights) = (session, actor, name, rights)
        (self.connections, self.formToken, self.isUser) = (connections, formToken, isUser)
    }

    /// The role that has these rights, in a word.
    var role: String {
        (PageRole.allCases.last { role in rights.isSuperset(of: PageRight.allCases.filter { role.may($0) }) } ?? .viewer)
            .rawValue
    }

    /// Whether the visitor may do something with a connection, or with the server where none is named.
    public func may(_ right: PageRight, with connection: String? = nil) -> Bool {
        guard rights.contains(right) else { return false }
        guard let connections else { return true }
        guard let connection else { return right == .view }
        return connections.contains(connection)
    }
}
