/// Who does something, as the list of who did what has it.
public struct Requester: Sendable, Hashable {
    /// Who it is.
    public let visitor: Visitor
    /// Where the request comes from.
    public let client: Client

    /// A visitor at an address.
    public init(visitor: Visitor, client: Client) {
        (self.visitor, self.client) = (visitor, client)
    }
}
