public import Inflow

/// Connections: added, authorised, set and removed.
public protocol SetupService: Sendable {
    /// Adds a connection that is not authorised yet.
    func add(_ new: NewConnection, by: Doer) async throws
    /// Begins a consent of a session; returns the address of the platform's consent page.
    func beginConsent(of connection: String, comingBackTo address: String, session: Int64) async throws -> String
    /// Takes the address to which the platform sent the browser back.
    func finishConsent(_ address: String, session: Int64, by: Doer) async throws -> ConsentStep
    /// Chooses one of the organisations that a consent covers.
    func choose(_ organisation: String, session: Int64, by: Doer) async throws -> ConsentStep
    /// What is left to do with a connection that was just added, from facts.
    func checklist(of connection: String) async throws -> [ChecklistStep]
    /// The settings of a connection, in their order.
    func settings(of connection: String) async throws -> [SettingFact]
    /// Changes settings; all or none.
    func change(_ settings: [(name: String, value: String)], of connection: String, by: Doer) async throws
    /// Puts a connection into a group, or takes it out of one.
    func setGroup(_ label: String?, of connection: String, by: Doer) async throws
    /// Gives a connection another name.
    func rename(_ connection: String, to name: String, by: Doer) async throws
    /// Removes a connection, and its records unless they are kept; returns what an administrator must still do.
    func remove(_ connection: String, keepingRecords: Bool, by: Doer) async throws -> String?
    /// The login for reporting tools; `nil` where none was made yet.
    func credentials(of connection: String) async throws -> ReaderLogin?
    /// Makes the login, or gives it a new password, which is shown once.
    func makeCredentials(of connection: String, by: Doer) async throws -> ReaderLogin
}

/// A connection to be added.
public struct NewConnection: Sendable {
    /// Its name.
    public let name: String
    /// The application's id and secret at the platform.
    public let clientID, clientSecret: String
    /// Further settings by their names.
    public let settings: [(name: String, value: String)]

    /// A connection with an application's id and secret.
    public init(name: String, clientID: String, clientSecret: String, settings: [(name: String, value: String)]) {
        (self.name, self.clientID, self.clientSecret, self.settings) = (name, clientID, clientSecret, settings)
    }
}

/// Where a consent is after the browser came back.
public enum ConsentStep: Sendable, Hashable {
    /// The connection of this name is authorised.
    case done(connection: String)
    /// The consent covers several organisations; a person chooses the one of this connection.
    case choose(connection: String, [OrganisationChoice])
}

/// An organisation that a consent covers.
public struct OrganisationChoice: Sendable, Hashable {
    /// The platform's identifier.
    public let id: String
    /// Its name, where the platform tells it, and which connections read it already.
    public let words: String

    /// An organisation in words.
    public init(id: String, words: String) {
        (self.id, self.words) = (id, words)
    }
}

/// A step of the first-connect checklist.
public struct ChecklistStep: Sendable, Hashable {
    /// What there is to do.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// A person consents at the platform.
        case authorise
        /// All reference lists are read.
        case seed
        /// History is read.
        case backfill
        /// Everything is read once, and every record is accounted for.
        case syncAll
        /// What is covered is read again and compared.
        case validate
    }

    /// What there is to do.
    public let kind: Kind
    /// Whether the facts say that it is done.
    public let isDone: Bool
    /// The facts in words.
    public let words: String

    /// A step and how it stands.
    public init(kind: Kind, isDone: Bool, words: String) {
        (self.kind, self.isDone, self.words) = (kind, isDone, words)
    }
}

/// A setting of a connection.
public struct SettingFact: Sendable, Hashable {
    /// Its name, as `inflow connection set` has it.
    public let name: String
    /// What it means, with its unit.
    public let help: String
    /// Its default, and its value now.
    public let standard, value: String

    /// A setting and its value.
    public init(name: String, help: String, standard: String, value: String) {
        (self.name, self.help, self.standard, self.value) = (name, help, standard, value)
    }
}

/// The login by which reporting tools read a connection's rows.
public struct ReaderLogin: Sendable, Hashable {
    /// The server's host and port, the database and the user.
    public let host, port, database, user: String
    /// The password; `nil` except right after it was set.
    public let password: String?
    /// What an administrator of the server must run first; `nil` where nothing.
    public let sql: String?
    /// Ready texts for tools, without the password.
    public let strings: [(tool: String, text: String)]

    /// A login and the texts for tools.
    public init(
        host: String, port: String, database: String, user: String, password: String?, sql: String?,
        strings: [(tool: String, text: String)]
    ) {
        (self.host, self.port, self.database, self.user) = (host, port, database, user)
        (self.password, self.sql, self.strings) = (password, sql, strings)
    }

    /// Whether two logins are the same.
    public static func == (one: ReaderLogin, other: ReaderLogin) -> Bool {
        one.host == other.host && one.port == other.port && one.database == other.database && one.user == other.user
            && one.password == other.password && one.sql == other.sql
    }

    /// Adds what tells logins apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(user)
        hasher.combine(database)
    }
}
