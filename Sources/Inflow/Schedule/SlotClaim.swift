/// A slot that was claimed by one process for all: what came of it so far.
///
/// Resuming and retrying are further attempts of the same claim, never a new one.
public struct SlotClaim: Sendable, Hashable {
    /// What came of the last attempt.
    public enum State: Sendable, Hashable {
        /// It is under way, here or in another process.
        case running
        /// The run was full and successful; the slot is served.
        case succeeded
        /// It failed at an instant and may be tried again.
        case failed(at: Instant)
        /// The quota was used up; there is room again from an instant on.
        case parked(until: Instant)
        /// The platform asked, at an instant, for a person's consent; trying again without it is of no use.
        case needsConsent(at: Instant)
        /// The process was stopped or died under way; the run stands at its checkpoint.
        case interrupted
        /// A person cancelled it; it is not tried again.
        case cancelled
    }

    /// The slot that was claimed.
    public var slot: Slot
    /// Attempts begun, at least 1.
    public var attempts: Int
    /// Attempts among them that failed: what the pauses grow with.
    public var failures: Int
    /// What came of the last attempt.
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
    /// Seconds before the next slot within which nothing that failed is tried again.
    public var quiet: Double = 3_600
    /// Seconds after its slot (and stagger) from which a first attempt is called a catch-up.
    public var late: Double = 15 * 60

    /// The usual rule: pauses of 5, 10, 20, 40, 80 and then 120 minutes; none within an hour of the next slot.
    public init() {}

    /// Seconds to pause after so many failures, at least 1.
    public func pause(afterFailures failures: Int) -> Double {
        var pause = firstPause
        for _ in 1..<max(failures, 1) {
            pause *= 2
            if pause >= longestPause { return longestPause }
        }
        return min(pause, longestPause)
    }
}
