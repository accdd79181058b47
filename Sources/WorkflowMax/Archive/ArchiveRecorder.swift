internal import Compression
internal import Crypto
internal import Inflow

/// Compresses the answers of a chunk for the archive; the compressed parts travel with the next batch.
///
/// The bytes are those of the body as the parser gets them, decoded from whatever the connection compressed them with and
/// from any other character set than UTF-8.
/// Headers, and with them tokens, never come here.
final class ArchiveRecorder {
    private var parts: [ArchivePart] = []
    private var compressor: Compressor?
    private var bodyBytes = 0
    private var digest = SHA256()

    /// Whether no part waits for `take()`.
    var isEmpty: Bool { parts.isEmpty }

    /// Begins an answer, and drops one before it that did not end.
    func begin(_ request: APIRequest) throws(SourceError) {
        if compressor == nil {
            compressor = try lifting(request.subject) { () throws(CompressionError) in try Compressor() }
        }
        compressor?.begin()
        bodyBytes = 0
        digest = SHA256()
        let asked = RequestURL.relative(path: request.endpoint.path, key: request.key, query: request.query)
        parts.append(.began(ArchivedRequest(endpoint: request.endpoint.path, key: request.key, asked: asked)))
    }

    /// Takes a piece of the answer's body.
    func add(_ piece: [UInt8], subject: String) throws(SourceError) {
        bodyBytes += piece.count
        piece.withUnsafeBytes { digest.update(bufferPointer: $0) }
        var ready: [UInt8] = []
        try lifting(subject) { () throws(CompressionError) in try compressor?.add(piece, to: &ready) }
        if !ready.isEmpty { parts.append(.bytes(ready)) }
    }

    /// Ends the answer: the rest of its bytes, its length and its digest follow.
    func end(_ request: APIRequest) throws(SourceError) {
        var ready: [UInt8] = []
        try lifting(request.subject) { () throws(CompressionError) in try compressor?.finish(into: &ready) }
        parts += [.bytes(ready), .ended(bodyBytes: bodyBytes, digest: Array(digest.finalize()))]
    }

    /// Takes out what is ready.
    func take() -> [ArchivePart] {
        defer { parts = [] }
        return parts
    }

    private func lifting<T>(_ subject: String, _ body: () throws(CompressionError) -> T) throws(SourceError) -> T {
        let failure = SourceError(
            .archive, subject: subject,
            message: "Inflow could not compress the answer for the archive: out of memory. Inflow keeps none of it.")
        return try mapping({ _ in failure }, body)
    }
}
