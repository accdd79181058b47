import Synchronization

/// What joins one transfer on the engine's thread to its one reader: bytes one way, "go on" and "stop" the other.
final class Pipe: Sendable {
    /// From this many unread bytes on the engine stops reading from the connection.
    static let fullAt = 256 * 1_024
    /// At so few unread bytes a stopped connection is read on.
    static let resumeAt = 128 * 1_024

    typealias Piece = Result<[UInt8]?, CurlError>
    typealias Head = Result<ResponseHead, CurlError>

    private struct State {
        var head: ResponseHead?
        var headWaiter: CheckedContinuation<Head, Never>?
        var pieces: [[UInt8]] = []
        var room = 16 * 1_024
        var unread = 0
        var isPaused = false
        var bodyWaiter: CheckedContinuation<Piece, Never>?
        /// `nil` while the transfer runs; then its end, good or bad.
        var end: Result<Void, CurlError>?
        var traffic = CurlTraffic()
    }

    private let state = Mutex(State())
    private let mailbox: Mailbox
    private let shownURL: String

    init(mailbox: Mailbox, shownURL: String) {
        self.mailbox = mailbox
        self.shownURL = shownURL
    }

    /// Bytes received so far.
    var traffic: CurlTraffic { state.withLock { $0.traffic } }

    /// An error of this transfer.
    func error(_ code: CurlError.Code, detail: String = "") -> CurlError {
        CurlError(code, detail: detail, url: shownURL)
    }
}

// MARK: - The engine's end

extension Pipe {
    /// The headers are complete.
    func put(_ head: ResponseHead) {
        let waiter = state.withLock { state in
            guard state.end == nil else { return nil as CheckedContinuation<Head, Never>? }
            state.head = head
            return state.headWaiter.take()
        }
        waiter?.resume(returning: .success(head))
    }

    /// Keeps a copy of the bytes, or refuses them all when the reader is behind.
    ///
    /// The reader is woken by `deliver`, once for all the bytes that are ready.
    func put(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            guard state.end == nil else { return true }
            guard state.unread < Pipe.fullAt else {
                state.isPaused = true
                return false
            }
            if let last = state.pieces.indices.last,
                state.pieces[last].capacity - state.pieces[last].count >= bytes.count
            {
                state.pieces[last].append(contentsOf: bytes)
            } else {
                var piece: [UInt8] = []
                piece.reserveCapacity(max(state.room, bytes.count))
                piece.append(contentsOf: bytes)
                state.pieces.append(piece)
                state.room = min(state.room * 2, 128 * 1_024)
            }
            state.unread += bytes.count
            state.traffic.bodyBytes += bytes.count
            return true
        }
    }

    /// Counts what came over the wire so far.
    func count(headerBytes: Int, wireBytes: Int) {
        state.withLock { state in
            state.traffic.headerBytes = headerBytes
            state.traffic.wireBytes = wireBytes
        }
    }

    /// Wakes the reader if there is something for it.
    func deliver() {
        let (waiter, piece) = state.withLock { state -> (CheckedContinuation<Piece, Never>?, Piece?) in
            guard state.bodyWaiter != nil, let piece = take(&state) else { return (nil, nil) }
            return (state.bodyWaiter.take(), piece)
        }
        if let piece { waiter?.resume(returning: piece) }
    }

    /// The transfer has ended; what is unread stays readable only if it ended well.
    ///
    /// The first end counts.
    func finish(_ end: Result<Void, CurlError>) {
        let headWaiter = state.withLock { state in
            guard state.end == nil else { return nil as CheckedContinuation<Head, Never>? }
            state.end = end
            if case .failure = end { state.pieces = [] }
            return state.headWaiter.take()
        }
        switch end {
        case .success: headWaiter?.resume(returning: .failure(error(.reset, detail: "no headers")))
        case .failure(let error): headWaiter?.resume(returning: .failure(error))
        }
        deliver()
    }
}

// MARK: - The reader's end

extension Pipe {
    /// Waits for the complete headers.
    func waitForHead(_ continuation: CheckedContinuation<Head, Never>) {
        let ready = state.withLock { state -> Head? in
            if let head = state.head { return .success(head) }
            if case .failure(let error) = state.end { return .failure(error) }
            state.headWaiter = continuation
            return nil
        }
        if let ready { continuation.resume(returning: ready) }
    }

    /// Waits for the next piece or the end.
    func waitForPiece(_ continuation: CheckedContinuation<Piece, Never>) {
        let ready = state.withLock { state -> Piece? in
            guard state.bodyWaiter == nil else { return .failure(error(.readTwice)) }
            if let piece = take(&state) { return piece }
            state.bodyWaiter = continuation
            return nil
        }
        if let ready { continuation.resume(returning: ready) }
    }

    /// The next piece or the end, if it is there already.
    func takeReady() -> Piece? {
        state.withLock { state in state.bodyWaiter == nil ? take(&state) : nil }
    }

    /// Ends the transfer from the reader's side, if it has not ended: the reader needs no more.
    func giveUp(_ code: CurlError.Code, detail: String = "") {
        guard state.withLock({ $0.end == nil }) else { return }
        finish(.failure(error(code, detail: detail)))
        mailbox.post(.stop(ObjectIdentifier(self)))
    }

    private func take(_ state: inout State) -> Piece? {
        if case .failure(let error) = state.end { return .failure(error) }
        guard !state.pieces.isEmpty else {
            return state.end == nil ? nil : .success(nil)
        }
        let piece = state.pieces.removeFirst()
        state.unread -= piece.count
        if state.isPaused, state.unread <= Pipe.resumeAt {
            state.isPaused = false
            mailbox.post(.resume(ObjectIdentifier(self)))
        }
        return .success(piece)
    }
}
