public import Foundation

/// How long a refresh token lives if nobody uses it, and what follows from it.
///
/// The platform lets a refresh token die some days after its issue. A refresh brings a new one, so a connection that is
/// read often never comes near; one that is not is refreshed at half of that time by whatever runs Inflow.
/// Source: BlueRock, "API authentication"; reference §3.1.
public struct TokenLife: Sendable, Hashable {
    /// Seconds before the end from which on a person is warned.
    public static let warning: TimeInterval = 7 * 86_400

    /// When the refresh token was issued.
    public let issuedAt: Instant
    /// How long it lives, in days.
    public let days: Int

    /// The life of a refresh token.
    public init(issuedAt: Instant, days: Int) {
        self.issuedAt = issuedAt
        self.days = days
    }

    /// When it dies unless it is used before.
    public var endsAt: Instant { issuedAt.addingTimeInterval(Double(days) * 86_400) }

    /// Whether it is old enough to be renewed for its own sake: at half of its life.
    public func isDue(at now: Instant) -> Bool {
        now >= issuedAt.addingTimeInterval(Double(days) * 43_200)
    }

    /// What a person should know: `nil` until a week before the end.
    public func warning(at now: Instant, connection name: String) -> String? {
        guard now >= endsAt.addingTimeInterval(-TokenLife.warning) else { return nil }
        let day = endsAt.formatted(.iso8601)
        if now >= endsAt {
            return "The refresh token of \"\(name)\" was good until \(day). If the platform refuses it, run "
                + "\"inflow authorise \(name)\"."
        }
        return
            "The refresh token of \"\(name)\" dies on \(day) unless it is used. Run \"inflow token refresh \(name)\", "
            + "or any sync of it."
    }
}
