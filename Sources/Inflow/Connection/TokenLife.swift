public import Foundation

/// How long an unused refresh token lives, and when Inflow renews it or warns.
///
/// A refresh token expires some days after its issue. Every refresh brings a new one, so a connection that
/// runs often never comes near the end. For one that rarely runs, the daemon refreshes the token at half of its life.
/// Source: BlueRock, "API authentication"; reference §3.1.
public struct TokenLife: Sendable, Hashable {
    /// Seconds before the end at which warnings and alerts begin: a week.
    public static let warning: TimeInterval = 7 * 86_400

    /// When the refresh token was issued.
    public let issuedAt: Instant
    /// How long it lives, in days.
    public let days: Int

    /// The life of a token that was issued at an instant and ends after `days` times 24 hours.
    public init(issuedAt: Instant, days: Int) {
        self.issuedAt = issuedAt
        self.days = days
    }

    /// When it expires unless Inflow uses it before.
    public var endsAt: Instant { issuedAt.addingTimeInterval(Double(days) * 86_400) }

    /// Whether half of its life is over, so that Inflow renews it without another need.
    public func isDue(at now: Instant) -> Bool {
        now >= issuedAt.addingTimeInterval(Double(days) * 43_200)
    }

    /// A warning with its remedy, by the clock of `zone`; `nil` until a week before the end.
    public func warning(at now: Instant, connection name: String, in zone: TimeZone) -> String? {
        guard now >= endsAt.addingTimeInterval(-TokenLife.warning) else { return nil }
        let day = endsAt.named(in: zone)
        if now >= endsAt {
            return "The refresh token of \"\(name)\" was valid until \(day). If the platform refuses it, run "
                + "\"inflow authorise \(name.shellWord)\"."
        }
        return
            "The refresh token of \"\(name)\" expires at \(day) unless Inflow uses it. Run "
            + "\"inflow token refresh \(name.shellWord)\" or any sync of \(name)."
    }
}
