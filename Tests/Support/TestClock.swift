import Synchronization

/// A clock that stands until a test moves it; a task that sleeps on it moves it to the end of its sleep and goes on.
public final class TestClock: Clock, Sendable {
    /// A time on the clock.
    public struct Instant: InstantProtocol {
        /// The time since the clock was made.
        public var offset: Duration

        /// The instant that is later by a duration.
        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        /// The time from this instant to another.
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        /// Whether the left instant is the earlier one.
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var slept: [Duration] = []
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now

    /// A clock that shows zero.
    public init() {}

    /// The time it shows.
    public var now: Instant { state.withLock { $0.now } }
    /// Its time on the scale of the continuous clock, for code that knows no other.
    public var continuousNow: ContinuousClock.Instant { start + now.offset }
    /// The smallest step.
    public var minimumResolution: Duration { .nanoseconds(1) }
    /// The lengths of all sleeps, in order.
    public var slept: [Duration] { state.withLock { $0.slept } }

    /// Moves it forwards.
    public func advance(by duration: Duration) { state.withLock { $0.now.offset += duration } }

    /// Moves it to the deadline and returns, unless the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.slept.append(deadline.offset - state.now.offset)
            state.now = max(state.now, deadline)
        }
        await Task.yield()
    }
}
