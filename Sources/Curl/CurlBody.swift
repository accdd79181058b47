/// The body of an answer as it arrives, in pieces of up to 128 KiB; for one reader, once.
///
/// Back-pressure: when more than 256 KiB wait unread the engine stops reading from the connection. Iteration ends when
/// the whole body has come and throws `CurlError` otherwise; what comes after an error is the same error again, so that
/// half a body is never taken for a whole one; only a gzip stream that the server itself cut short and framed as
/// complete goes unnoticed by libcurl, and must be noticed by the parser. Cancelling the reading task gives the
/// transfer up.
public struct CurlBody: AsyncSequence, Sendable {
    /// A piece of the body; never empty.
    public typealias Element = [UInt8]
    /// How the transfer failed.
    public typealias Failure = CurlError

    let reader: BodyReader

    /// Bytes so far; final at the end of the body.
    public var traffic: CurlTraffic { reader.pipe.traffic }

    /// Begins or continues reading; a second iterator continues where the first stopped.
    public func makeAsyncIterator() -> Iterator {
        Iterator(reader: reader)
    }

    /// Reads the rest of the body into memory, for tokens and the text of errors.
    ///
    /// Throws `too_large`, and gives the transfer up, when there are more than `limit` bytes.
    public func collect(
        atMost limit: Int, isolation: isolated (any Actor)? = #isolation
    ) async throws(CurlError) -> [UInt8] {
        var bytes: [UInt8] = []
        var iterator = makeAsyncIterator()
        while let piece = try await iterator.next(isolation: isolation) {
            guard piece.count <= limit - bytes.count else {
                reader.pipe.giveUp(.tooLarge, detail: "more than \(limit) bytes")
                throw reader.pipe.error(.tooLarge, detail: "more than \(limit) bytes")
            }
            bytes += piece
        }
        return bytes
    }

    /// The position of the reader in the body.
    public struct Iterator: AsyncIteratorProtocol {
        /// A piece of the body.
        public typealias Element = [UInt8]
        /// How the transfer failed.
        public typealias Failure = CurlError

        let reader: BodyReader

        /// The next piece, or `nil` at the end of a complete body.
        public mutating func next() async throws(CurlError) -> [UInt8]? {
            try await next(isolation: nil)
        }

        /// The next piece, or `nil` at the end of a complete body; stays on the caller's actor.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(CurlError) -> [UInt8]? {
            try await reader.next(isolation: actor)
        }
    }
}

/// The reader's end of a pipe; the transfer ends when the last copy is released.
final class BodyReader: Sendable {
    let pipe: Pipe
    /// Keeps the engine alive for as long as one of its answers can still be read.
    private let engine: Transfer

    init(pipe: Pipe, engine: Transfer) {
        self.pipe = pipe
        self.engine = engine
    }

    deinit {
        pipe.giveUp(.cancelled, detail: "given up by its reader")
    }

    func next(isolation: isolated (any Actor)?) async throws(CurlError) -> [UInt8]? {
        if Task.isCancelled { pipe.giveUp(.cancelled) }
        if let ready = pipe.takeReady() { return try ready.get() }
        return try await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { pipe.waitForPiece($0) }
        } onCancel: {
            pipe.giveUp(.cancelled)
        }.get()
    }
}
