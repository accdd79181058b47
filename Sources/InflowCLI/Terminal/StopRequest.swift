import Synchronization

/// A request to end work at its next good place, which the first signal makes.
final class StopRequest: Sendable {
    private let state = Mutex(false)

    /// Whether a person asked for the end.
    var isMade: Bool { state.withLock { $0 } }

    /// Makes the request.
    ///
    /// - Returns: whether this call was the first.
    func make() -> Bool {
        state.withLock { isMade in
            defer { isMade = true }
            return !isMade
        }
    }
}
