/// What a registered application proves itself with at the token endpoint; never printed.
public struct ClientCredentials: Sendable, Hashable {
    /// OAuth client id.
    public var id: String
    /// OAuth client secret.
    public var secret: String

    /// Credentials from their parts.
    public init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }
}

extension ClientCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Never the credentials.
    public var description: String { "client credentials (hidden)" }
    /// Never the credentials.
    public var debugDescription: String { description }
    /// Never the credentials.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
