/// The request of an archived answer, without any secret.
public struct ArchivedRequest: Sendable, Hashable {
    /// Path of the endpoint as the definition names it, `{key}` unfilled: it decides how the answer is read.
    public let endpoint: String
    /// The key of the request; `nil` for a list.
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
    /// Records or values requested by key.
    case parents
}

/// One answer as the archive has it.
public struct ArchivedAnswer: Sendable, Hashable {
    /// Its number in the archive.
    public let id: Int64
    /// The run that made the request.
    public let run: Int64
    /// The chunk of the request, as the run log names it.
    public let chunk: String
    /// The kind of that chunk.
    public let kind: ArchivedKind
    /// The requested days, if the chunk was a span.
    public let window: Window?
    /// The request.
    public let request: ArchivedRequest
    /// When Inflow first asked for the chunk, by the database's clock.
    public let askedAt: Instant
    /// Length of the body as it came, decoded.
    public let bodyBytes: Int
    /// Number of pieces in the archive.
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
