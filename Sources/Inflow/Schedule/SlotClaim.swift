/// A slot that one process has claimed for all, with the state of its attempts.
///
/// Resuming and retrying are further attempts of the same claim, never a new one.
public struct SlotClaim: Sendable, Hashable {
    /// The state of the last attempt.
    public enum State: Sendable, Hashable {
        /// It is under way, here or in another process.
        case running
        /// The run was full and successful; the slot is served.
        case succeeded
        /// The run failed; `at` is when it ended, from which the pause before the next attempt counts.
        case failed(at: Instant)
        /// The quota stopped the run; calls are free again from `until` on.
        case parked(until: Instant)
        /// The platform asked at an instant for a person's consent, without which another attempt would fail.
        case needsConsent(at: Instant)
        /// The process stopped or ended under way; the run stands at its checkpoint.
        case interrupted
        /// A person cancelled it; it is not tried again.
        case cancelled
    }

    /// The slot that was claimed.
    public var slot: Slot
    /// Attempts begun, at least 1.
    public var attempts: Int
    /// Attempts among them that failed; pauses grow with their number.
    public var failures: Int
    /// The state of the last attempt.
    public var state: State

    /// A claim from its parts; without them a first attempt that is under way.
    public init(_ slot: Slot, attempts: Int = 1, failures: Int = 0, state: State = .running) {
        self.slot = slot
        self.attempts = attempts
        self.failures = failures
        self.state = state
    }
}

/// When a failed scheduled run is tried again.
public struct RetryRule: Sendable, Hashable {
    /// Seconds of pause after the first failure; every further one doubles it.
    public var firstPause: Double = 5 * 60
    /// Seconds of pause at most.
    public var longestPause: Double = 2 * 3_600
    /// Seconds before the next slot within which no failed run is tried again.
    public var quiet: Double = 3_600
    /// Seconds after its slot (and start offset) from which a first attempt counts as a catch-up.
    public var late: Double = 15 * 60

    /// The usual rule: pauses of 5, 10, 20, 40, 80 and then 120 minutes; none within an hour of the next slot.
    public init() {}

    /// Seconds to pause after `failures` failures; fewer than 1 count as 1.
    public func pause(afterFailures failures: Int) -> Double {
        var pause = firstPause
        for _ in 1..<max(failures, 1) {
            pause *= 2
            if pause >= longestPause { return longestPause }
        }
        return min(pause, longestPause)
    }
}
