public import Foundation

/// How long a browser stays signed in.
public struct SessionLife: Sendable, Hashable {
    /// Seconds without a request after which a session ends.
    public let idle: TimeInterval
    /// Seconds after which it ends however much it is used.
    public let absolute: TimeInterval

    /// Twelve hours without a request, seven days in all.
    public static let standard = SessionLife(idle: 12 * 3_600, absolute: 7 * 86_400)

    /// A life of two spans in seconds.
    public init(idle: TimeInterval, absolute: TimeInterval) {
        self.idle = idle
        self.absolute = absolute
    }

    /// When a session ends unless another request comes; `endsAt` is its last moment in any case.
    public func end(usedAt: Instant, endsAt: Instant) -> Instant { min(usedAt.addingTimeInterval(idle), endsAt) }

    /// Whether a session is still good at a moment; in the moment of its end it is not.
    public func holds(usedAt: Instant, endsAt: Instant, at now: Instant) -> Bool {
        now < end(usedAt: usedAt, endsAt: endsAt)
    }
}
