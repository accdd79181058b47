public import Foundation

/// How often signing in has failed for one account or from one address, and until when nothing is tried there.
///
/// So many failures within a quarter of an hour lock for a minute; each further one doubles that, up to an hour. A lock
/// is remembered until a day has passed without a failure. So a person who mistypes waits a minute, and who tries
/// passwords gets some thirty a day.
public struct SignInCount: Sendable, Hashable {
    /// What failures are counted by (`inflow.sign_in_limit.kind`).
    public enum Kind: String, StoredWord {
        /// The account that somebody wants to enter, whether it exists or not.
        case account
        /// The address that the tries come from.
        case address

        /// How many failures lock.
        public var limit: Int {
            switch self {
            case .account: 5
            // Several people may sit behind one address.
            case .address: 20
            }
        }
    }

    /// Failures that count.
    public private(set) var failures: Int
    /// When the first of them was.
    public private(set) var firstFailedAt: Instant
    /// When the last of them was.
    public private(set) var lastFailedAt: Instant
    /// Until when nothing is tried; `nil` where nothing was locked.
    public private(set) var lockedUntil: Instant?

    /// Seconds within which failures count together before the first lock.
    public static let window: TimeInterval = 900
    /// Seconds without a failure after which a lock is forgotten.
    public static let memory: TimeInterval = 86_400
    /// Seconds of the first lock.
    public static let firstDelay: TimeInterval = 60
    /// Seconds of the longest lock.
    public static let longestDelay: TimeInterval = 3_600

    /// A count from its stored parts.
    public init(failures: Int, firstFailedAt: Instant, lastFailedAt: Instant, lockedUntil: Instant?) {
        self.failures = failures
        self.firstFailedAt = firstFailedAt
        self.lastFailedAt = lastFailedAt
        self.lockedUntil = lockedUntil
    }

    /// The end of a lock that holds at a moment; `nil` where none does.
    public func lock(at now: Instant) -> Instant? {
        guard let lockedUntil, now < lockedUntil else { return nil }
        return lockedUntil
    }

    /// What a count becomes by one more failure; `nil` is no failure before.
    public static func adding(_ before: SignInCount?, _ kind: Kind, at now: Instant) -> SignInCount {
        var count = SignInCount(failures: 1, firstFailedAt: now, lastFailedAt: now, lockedUntil: nil)
        if let before, !before.isForgotten(kind, at: now) {
            count.failures = before.failures + 1
            count.firstFailedAt = before.firstFailedAt
        }
        if count.failures >= kind.limit {
            let doublings = min(count.failures - kind.limit, 16)
            let delay = min(firstDelay * Double(1 << doublings), longestDelay)
            count.lockedUntil = now.addingTimeInterval(delay)
        }
        return count
    }

    /// What a count becomes when a try that was counted as a failure turns out well.
    public func withoutOne(_ kind: Kind) -> SignInCount {
        var count = self
        count.failures = max(0, failures - 1)
        if count.failures < kind.limit { count.lockedUntil = nil }
        return count
    }

    private func isForgotten(_ kind: Kind, at now: Instant) -> Bool {
        failures < kind.limit
            ? now.timeIntervalSince(firstFailedAt) > SignInCount.window
            : now.timeIntervalSince(lastFailedAt) > SignInCount.memory
    }
}
