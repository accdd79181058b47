/// The product that records come from.
public struct Platform: Sendable, Hashable {
    /// Its name in lower case: `workflowmax`.
    public let name: String
    /// The warehouse schema its tables lie in: `wfm`.
    public let schema: String

    /// A platform from its parts.
    public init(name: String, schema: String) {
        self.name = name
        self.schema = schema
    }
}
