/// What an archived answer answers; without a secret of any kind.
public struct ArchivedRequest: Sendable, Hashable {
    /// Path of the endpoint as the definition names it, `{key}` unfilled: it decides how the answer is read.
    public let endpoint: String
    /// The identifier that was asked for; `nil` for a list.
    public let key: String?
    /// Path and query as they were sent.
    public let asked: String

    /// A request from its parts.
    public init(endpoint: String, key: String?, asked: String) {
        self.endpoint = endpoint
        self.key = key
        self.asked = asked
    }
}

/// What kind of chunk an archived answer belongs to.
public enum ArchivedKind: String, StoredWord {
    /// A span of dates.
    case span
    /// What changed since an instant.
    case since
    /// All still-open documents of one list.
    case sweep
    /// A list without a filter.
    case whole
    /// Records or values asked for by key.
    case parents
}

/// One answer as the archive has it.
public struct ArchivedAnswer: Sendable, Hashable {
    /// Its number in the archive.
    public let id: Int64
    /// The run that asked.
    public let run: Int64
    /// The chunk it was part of, as the run log names it.
    public let chunk: String
    /// Of what kind that chunk was.
    public let kind: ArchivedKind
    /// The days asked for, where the chunk was a span.
    public let window: Window?
    /// The request that was answered.
    public let request: ArchivedRequest
    /// When the chunk was asked for, by the database's clock.
    public let askedAt: Instant
    /// Length of the body as it came, decoded.
    public let bodyBytes: Int
    /// In how many pieces it is kept.
    public let pieces: Int

    /// An answer from its parts.
    public init(
        id: Int64, run: Int64, chunk: String, kind: ArchivedKind, window: Window?, request: ArchivedRequest,
        askedAt: Instant, bodyBytes: Int, pieces: Int
    ) {
        self.id = id
        self.run = run
        self.chunk = chunk
        self.kind = kind
        self.window = window
        self.request = request
        self.askedAt = askedAt
        self.bodyBytes = bodyBytes
        self.pieces = pieces
    }
}
