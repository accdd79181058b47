/// The tenant of the platform that a token gives access to.
public struct Organisation: Sendable, Hashable {
    /// The platform's identifier of it (`account_id`).
    public let id: String
    /// Its name; `nil` where the platform does not tell it.
    public let name: String?

    /// An organisation by its identifier, and its name where that is known.
    public init(id: String, name: String? = nil) {
        self.id = id
        self.name = name
    }
}
