/// The connections that a user's role or a token of the API is for.
public enum PageScope: Sendable, Hashable {
    /// Every connection, also one that is added later.
    case all
    /// These connections, by their numbers; none of them where the set is empty.
    case only(Set<Int64>)

    /// Whether a connection is one of them.
    public func covers(_ connection: Int64) -> Bool {
        switch self {
        case .all: true
        case .only(let numbers): numbers.contains(connection)
        }
    }
}
