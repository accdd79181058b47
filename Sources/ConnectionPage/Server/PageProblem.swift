/// Something that a person sees in place of the page they asked for.
public struct PageProblem: Error, Sendable, Hashable {
    /// What kind of problem it is; it decides the status of the answer.
    public enum Kind: Sendable, Hashable {
        /// What was asked for does not exist.
        case notFound
        /// What was sent cannot be done as it is.
        case invalid
        /// The visitor's role does not allow it.
        case forbidden
        /// Something else stands in the way now.
        case conflict
        /// The warehouse, or the platform, does not answer.
        case unavailable
        /// A fault of Inflow.
        case fault
    }

    /// What kind of problem it is.
    public let kind: Kind
    /// The problem in a few words.
    public let title: String
    /// What happened, what Inflow did, and what the person can do.
    public let words: String
    /// The words of a link that helps, and where it leads; `nil` where none does.
    public let remedy: Remedy?

    /// A link that helps.
    public struct Remedy: Sendable, Hashable {
        /// The words of the link.
        public let words: String
        /// Where it leads, on this server.
        public let address: String

        /// A link with words.
        public init(_ words: String, _ address: String) {
            (self.words, self.address) = (words, address)
        }
    }

    /// A problem in words; they may hold what a person typed, since pages escape them.
    public init(_ kind: Kind, _ title: String, _ words: String, remedy: Remedy? = nil) {
        (self.kind, self.title, self.words, self.remedy) = (kind, title, words, remedy)
    }
}
