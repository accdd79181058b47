import Synchronization

/// The body of an answer as it arrives, in pieces of up to 128 KiB; for one reader, once.
///
/// Back-pressure: when more than 256 KiB wait unread the engine stops reading from the connection. Iteration ends when
/// the whole body has come and throws `CurlError` otherwise; what comes after an error is the same error again, so that
/// half a body is never taken for a whole one; nor is compressed data that ends early in a body of the announced length.
/// Cancelling the reading task gives the transfer up.
public struct CurlBody: AsyncSequence, Sendable {
    /// A piece of the body; never empty.
    public typealias Element = [UInt8]
    /// How the transfer failed.
    public typealias Failure = CurlError

    let reader: BodyReader

    /// Bytes so far; final at the end of the body.
    public var traffic: CurlTraffic { reader.traffic }

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
    /// Undoes the compression, where the body has one.
    private let decoder: Mutex<BodyDecoder?>

    init(pipe: Pipe, engine: Transfer, headers: CurlHeaders) {
        self.pipe = pipe
        self.engine = engine
        decoder = Mutex(BodyDecoder(headers))
    }

    deinit {
        pipe.giveUp(.cancelled, detail: "given up by its reader")
    }

    /// Bytes so far; those of a compressed body count when they are decompressed.
    var traffic: CurlTraffic {
        var traffic = pipe.traffic
        if let count = decoder.withLock({ $0?.count }) { traffic.bodyBytes = count }
        return traffic
    }

    /// The next piece of the body, decompressed, or `nil` at its end.
    func next(isolation: isolated (any Actor)?) async throws(CurlError) -> [UInt8]? {
        while true {
            if let piece = try decode({ decoder throws(Inflater.Fault) in try decoder.next() }) { return piece }
            guard let piece = try await nextOfWire(isolation: isolation) else {
                try decode { decoder throws(Inflater.Fault) in try decoder.end() }
                return nil
            }
            guard decoder.withLock({ $0 != nil }) else { return piece }
            try decode { decoder throws(Inflater.Fault) in try decoder.feed(piece) }
        }
    }

    /// Works on the decoder, where there is one; a body that cannot be decompressed stays so, and its transfer ends.
    @discardableResult
    private func decode<T: Sendable>(
        _ body: (BodyDecoder) throws(Inflater.Fault) -> T?
    ) throws(CurlError) -> T? {
        let result = decoder.withLock { decoder -> Result<T?, CurlError> in
            guard let decoder else { return .success(nil) }
            if let failed = decoder.failed { return .failure(failed) }
            do throws(Inflater.Fault) {
                return .success(try body(decoder))
            } catch {
                let error = pipe.error(.badEncoding, detail: error.words)
                decoder.failed = error
                return .failure(error)
            }
        }
        if case .failure(let error) = result { pipe.giveUp(error.code, detail: error.detail) }
        return try result.get()
    }

    /// The next bytes as they came over the wire, or `nil` at their end.
    private func nextOfWire(isolation: isolated (any Actor)?) async throws(CurlError) -> [UInt8]? {
        if Task.isCancelled { pipe.giveUp(.cancelled) }
        if let ready = pipe.takeReady() { return try ready.get() }
        return try await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { pipe.waitForPiece($0) }
        } onCancel: {
            pipe.giveUp(.cancelled)
        }.get()
    }
}
