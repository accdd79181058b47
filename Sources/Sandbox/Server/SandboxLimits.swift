/// The platform's limits for one application and organisation, adjustable for tests; 0 switches one off.
///
/// Source: BlueRock V1 OpenAPI document (5 at once, 60 a minute, 5,000 a day), 2024-11.
public struct SandboxLimits: Sendable, Hashable {
    /// Calls in flight at the same time.
    public var atOnce: Int
    /// Calls within one rolling window of `windowSeconds`.
    public var perMinute: Int
    /// Calls within one rolling window of `daySeconds`.
    public var perDay: Int
    /// Length of the "minute" in seconds.
    public var windowSeconds: Double
    /// Length of the "day" in seconds.
    public var daySeconds: Double

    /// Makes limits; the defaults are the platform's own.
    public init(
        atOnce: Int = 5, perMinute: Int = 60, perDay: Int = 5000, windowSeconds: Double = 60,
        daySeconds: Double = 86_400
    ) {
        self.atOnce = atOnce
        self.perMinute = perMinute
        self.perDay = perDay
        self.windowSeconds = windowSeconds
        self.daySeconds = daySeconds
    }

    /// No limits at all.
    public static let off = SandboxLimits(atOnce: 0, perMinute: 0, perDay: 0)
}
