/// The tenant of the platform that a token gives access to.
public struct Organisation: Sendable, Hashable {
    /// The platform's identifier of it (`account_id`).
    public let id: String

    /// An organisation by its identifier.
    public init(id: String) {
        self.id = id
    }
}
