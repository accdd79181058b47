public import Inflow

/// Where a request comes from, as the list of who did what has it.
public struct Client: Sendable, Hashable {
    /// The address of the browser, in digits.
    public let address: String
    /// What the browser calls itself; cut to a sane length.
    public let browser: String

    /// A browser at an address.
    public init(address: String, browser: String) {
        self.address = address
        self.browser = String(browser.prefix(200))
    }
}

/// How an attempt to sign in ended.
public enum EntryOutcome: Sendable, Hashable {
    /// The session's secret, for the cookie.
    case entered(String)
    /// Name and password do not belong together, or the user is switched off.
    case refused
    /// Nothing was compared: too many people sign in at this moment.
    case busy
    /// Too many attempts; nothing is compared before this moment.
    case locked(until: Instant)
}

/// The way in: sessions, users and the one-time link, as the warehouse keeps them.
public protocol EntryService: Sendable {
    /// Opens a session for a one-time link; `nil` where it was used, has expired, or a user exists by now.
    func enter(link: String, from client: Client) async throws -> String?
    /// Opens a session for a user, in place of the one that the browser had.
    func signIn(name: String, password: String, from client: Client, replacing secret: String?) async throws
        -> EntryOutcome
    /// Who has a session; `nil` where it does not exist or has ended.
    func visitor(session secret: String) async throws -> Visitor?
    /// Ends a session.
    func signOut(session secret: String, from client: Client) async throws
    /// Whether any user exists, so that people sign in by name.
    func hasUsers() async throws -> Bool
}
