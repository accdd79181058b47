public import Inflow

/// The channels over which a connection's alerts leave.
public protocol AlertService: Sendable {
    /// How alerts of a connection leave, without secrets.
    func alerts(of connection: String) async throws -> AlertFacts
    /// Changes the channels of a connection; an empty secret leaves the stored one.
    func change(_ change: AlertChange, of connection: String, by: Doer) async throws
    /// Sends a test message over each channel; one line for each, in words.
    func test(of connection: String, by: Doer) async throws -> [AlertTestLine]
}

/// How alerts of a connection leave.
public struct AlertFacts: Sendable, Hashable {
    /// The mail server's address, its user, the sender and the recipients.
    public var server = "", account = "", sender = "", recipients = ""
    /// Recipients besides those of all connections.
    public var further = ""
    /// Whether a password is stored, and whether the server is that of all connections.
    public var hasPassword = false, isShared = false
    /// The address of the webhook, and whether its secret is stored.
    public var webhook = "", hasSecret = false
    /// Whether channels are switched on.
    public var isOn = false
    /// The digest's day and time, and when a mail says that a run went well.
    public var digest = "", successMail = ""
    /// Hours without a complete reading after which a table counts as stale.
    public var freshnessHours = ""
    /// Open and recent incidents, in words.
    public var incidents: [String] = []
    /// Messages that were not delivered, in words.
    public var undelivered: [String] = []

    /// No channel.
    public init() {}
}

/// What a person changes about channels.
public struct AlertChange: Sendable {
    /// The mail server's address, its user, the sender and the recipients, parted by commas.
    public var server = "", account = "", sender = "", recipients = "", further = ""
    /// The mail server's password; empty to keep it.
    public var password = ""
    /// The address of the webhook, and its secret; empty to keep it.
    public var webhook = "", secret = ""
    /// Whether channels are switched on.
    public var isOn = false
    /// The digest's day and time, when a mail says that a run went well, and the hours of freshness.
    public var digest = "", successMail = "", freshnessHours = ""

    /// No change.
    public init() {}
}

/// What became of a test message.
public struct AlertTestLine: Sendable, Hashable {
    /// Over which channel, to whom, and what happened.
    public let words: String
    /// Whether it was sent.
    public let isSent: Bool

    /// A line in words.
    public init(words: String, isSent: Bool) {
        (self.words, self.isSent) = (words, isSent)
    }
}
