public import Foundation

/// A point in time, UTC.
public typealias Instant = Date

/// Gives the present time; a parameter, so that tests hold the clock.
public typealias Now = @Sendable () -> Instant

extension LocalDate {
    /// The local day that an instant falls on in a zone.
    public init(_ instant: Instant, in zone: TimeZone) {
        let seconds = instant.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: instant))
        self.init(daysSinceEpoch: Int((seconds / 86_400).rounded(.down)))
    }
}
