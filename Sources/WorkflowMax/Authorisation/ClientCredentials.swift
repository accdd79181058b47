/// What a registered application proves itself with at the token endpoint; never printed.
public struct ClientCredentials: Sendable, Hashable {
    /// The OAuth client's identifier, as the platform's developer portal shows it.
    public var id: String
    /// The OAuth client's secret; never shown.
    public var secret: String

    /// Credentials from their parts.
    public init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }
}

extension ClientCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder, so that no log or message shows the credentials.
    public var description: String { "client credentials (hidden)" }
    /// A placeholder, so that no log or message shows the credentials.
    public var debugDescription: String { description }
    /// A placeholder, so that no log or message shows the credentials.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
