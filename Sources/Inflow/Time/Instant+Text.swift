public import Foundation

extension Instant {
    /// The instant to the minute by a zone's clock, as people read it: `2026-11-21 07:30`.
    public func text(in zone: TimeZone) -> String {
        let day = LocalDate(self, in: zone)
        let seconds = Int(timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: self)
        let minutes = (seconds - day.daysSinceEpoch * 86_400) / 60
        func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return "\(day) \(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
    }

    /// The same with the zone's name, for a reader who may not know which clock is meant: `2026-11-21 07:30
    /// Pacific/Auckland`.
    public func named(in zone: TimeZone) -> String {
        "\(text(in: zone)) \(["GMT", "UTC"].contains(zone.identifier) ? "UTC" : zone.identifier)"
    }
}
