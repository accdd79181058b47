/// A mail that reports what runs did, where an alert reports what is wrong.
///
/// Both kinds are off until a person sets them (`digest`, `success-mail`), and each mail is written once: the mark that
/// it was (`inflow.summary`) and the message commit together.
public enum SummaryKind: String, StoredWord {
    /// The week of a connection.
    case digest
    /// A Sync All that went well.
    case success
}

/// A mail that reports what runs did, in words.
public struct Summary: Sendable, Hashable {
    /// What it reports.
    public let kind: SummaryKind
    /// The subject line: one line, no control characters.
    public let subject: String
    /// The text; each line ends with `\n`.
    public let text: String
    /// When Inflow wrote it, UTC.
    public let madeAt: Instant
}
