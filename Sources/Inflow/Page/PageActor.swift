/// Who does something that the audit log keeps.
public enum PageActor: Sendable, Hashable {
    /// A user of the page, by number and name.
    case user(Int64, name: String)
    /// The session of a one-time link, by its number.
    case link(session: Int64)
    /// A token of the API, by number and name.
    case token(Int64, name: String)
    /// An account of a machine, at the command line.
    case command(account: String)
    /// Somebody who did not get in.
    case nobody

    /// The kinds of actors, as the audit log has them (`inflow.audit.actor_kind`).
    public enum Kind: String, StoredWord {
        /// A user of the page.
        case user
        /// A session of a one-time link.
        case link
        /// A token of the API.
        case token
        /// The command line.
        case command
        /// Somebody who did not get in.
        case nobody
    }

    /// What kind of actor it is.
    public var kind: Kind {
        switch self {
        case .user: .user
        case .link: .link
        case .token: .token
        case .command: .command
        case .nobody: .nobody
        }
    }

    /// Number of the user, session or token; `nil` where it has none.
    public var number: Int64? {
        switch self {
        case .user(let number, _), .link(let number), .token(let number, _): number
        case .command, .nobody: nil
        }
    }

    /// What people call it.
    public var name: String {
        switch self {
        case .user(_, let name), .token(_, let name): name
        case .link: "one-time link"
        case .command(let account): account
        case .nobody: "nobody"
        }
    }

    /// The actor of stored parts; a part that its kind lacks is 0.
    public init(_ kind: Kind, number: Int64?, name: String) {
        self =
            switch kind {
            case .user: .user(number ?? 0, name: name)
            case .link: .link(session: number ?? 0)
            case .token: .token(number ?? 0, name: name)
            case .command: .command(account: name)
            case .nobody: .nobody
            }
    }
}
