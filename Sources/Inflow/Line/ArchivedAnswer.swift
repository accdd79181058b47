/// A part of an answer on its way into the archive: compressed bytes, or a mark between answers, in order.
public enum ArchivePart: Sendable, Hashable {
    /// An answer begins; Inflow drops one before it that did not end.
    case began(ArchivedRequest)
    /// Compressed bytes of its body.
    case bytes([UInt8])
    /// The answer was read to its end. Length and SHA-256 are those of the body before compression.
    case ended(bodyBytes: Int, digest: [UInt8])
}

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

/// The archived answers of one chunk: what is derived and committed again as one.
public struct ArchivedChunk: Sendable, Hashable {
    /// Its answers, in the order of their requests; never empty.
    public let answers: [ArchivedAnswer]

    /// The run that read it.
    public var run: Int64 { answers[0].run }
    /// When Inflow first asked for it, by the database's clock.
    public var askedAt: Instant { answers[0].askedAt }
    /// Its name in the run log of a rederivation, which also has the chunk of the run that read it.
    public var label: String { "\(answers[0].chunk) of run \(run)" }
    /// The chunk of records, in the form that a merge needs.
    public var chunk: Chunk {
        if let window = answers[0].window { return .span(window) }
        return answers[0].kind == .whole ? .whole : .parents(answers.compactMap(\.request.key))
    }

    /// Groups answers by chunk, in their order.
    public static func chunks(of answers: [ArchivedAnswer]) -> [ArchivedChunk] {
        var groups: [[ArchivedAnswer]] = []
        for answer in answers {
            if let last = groups.last?.last, last.run == answer.run, last.chunk == answer.chunk,
                last.askedAt == answer.askedAt
            {
                groups[groups.count - 1].append(answer)
            } else {
                groups.append([answer])
            }
        }
        return groups.map { ArchivedChunk(answers: $0) }
    }

    private init(answers: [ArchivedAnswer]) {
        self.answers = answers
    }
}

/// Reads the archive: the seam between a warehouse that stores bytes and a platform that understands them.
public protocol ArchiveReader: Sendable {
    /// One piece of an answer, compressed as it was kept; pieces are numbered from 0.
    ///
    /// Throws `archive` if the archive does not hold the piece, or no longer.
    func piece(_ number: Int, of answer: ArchivedAnswer) async throws(SourceError) -> [UInt8]
}
