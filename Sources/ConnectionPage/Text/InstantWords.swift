internal import Foundation
internal import Inflow

/// Instants that are short enough for a table.
enum InstantWords {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `21 Nov 07:30` in a time zone; `21 Nov 2025` in another year than now.
    static func short(_ instant: Instant, in zone: TimeZone, now: Instant) -> String {
        let day = LocalDate(instant, in: zone).components
        let date = "\(day.day) \(months[day.month - 1])"
        guard day.year == LocalDate(now, in: zone).components.year else { return "\(date) \(day.year)" }
        return "\(date) \(instant.text(in: zone).suffix(5))"
    }
}
