/// What is kept of the answers that a batch was read from, in the order it came: compressed bytes, and marks between
/// answers.
public enum ArchivePart: Sendable, Hashable {
    /// An answer begins; one before it that did not end is not kept.
    case began(ArchivedRequest)
    /// Compressed bytes of its body.
    case bytes([UInt8])
    /// The answer was read to its end. Length and SHA-256 are those of the body before compression.
    case ended(bodyBytes: Int, digest: [UInt8])
}

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

/// The archived answers of one chunk: what is derived and committed again as one.
public struct ArchivedChunk: Sendable, Hashable {
    /// Its answers, in the order they were asked for; never empty.
    public let answers: [ArchivedAnswer]

    /// The run that read it.
    public var run: Int64 { answers[0].run }
    /// When it was asked for.
    public var askedAt: Instant { answers[0].askedAt }
    /// What it is called when it is derived again: the run log has the chunk of the run that read it, too.
    public var label: String { "\(answers[0].chunk) of run \(run)" }
    /// What was read, as far as a merge needs to know it.
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

/// Gives back what the archive keeps: the seam between a warehouse that stores bytes and a platform that can read them.
public protocol ArchiveReader: Sendable {
    /// One piece of an answer, compressed as it was kept; pieces are numbered from 0.
    ///
    /// Throws `archive` where it is not there (any more).
    func piece(_ number: Int, of answer: ArchivedAnswer) async throws(SourceError) -> [UInt8]
}
