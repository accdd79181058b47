/// Who does something, and from where.
public struct Doer: Sendable, Hashable {
    /// The user, session, token or account.
    public let actor: PageActor
    /// The address that a request came from; `nil` at the command line.
    public let address: String?

    /// Where it was done, in a word: the address, or `command` at the command line; empty where nobody knows.
    public var origin: String { address ?? (actor.kind == .command ? "command" : "") }

    /// Somebody at an address, or at the command line without one.
    public init(_ actor: PageActor, from address: String? = nil) {
        self.actor = actor
        self.address = address
    }
}
