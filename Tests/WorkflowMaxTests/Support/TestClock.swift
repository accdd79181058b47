import Synchronization

/// A clock that stands until it is moved, or that jumps to wherever somebody wants to sleep.
final class TestClock: Clock, Sendable {
    struct Instant: InstantProtocol, Hashable, Comparable {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var slept: [Duration] = []
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }
    /// All sleeps so far: their lengths.
    var slept: [Duration] { state.withLock { $0.slept } }

    func advance(by duration: Duration) {
        state.withLock { $0.now.offset += duration }
    }

    /// Jumps to the deadline.
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.slept.append(deadline.offset - state.now.offset)
            state.now = max(state.now, deadline)
        }
    }
}
