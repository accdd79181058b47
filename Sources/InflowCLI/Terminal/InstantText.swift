import Foundation
import Inflow

/// Instants and spans as text that is short enough for a table.
enum InstantText {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `21 Nov 07:30` in a time zone; `21 Nov 2025` in another year than now.
    static func short(_ instant: Instant, in zone: TimeZone, now: Instant) -> String {
        let day = LocalDate(instant, in: zone).components
        let date = "\(day.day) \(months[day.month - 1])"
        guard day.year == LocalDate(now, in: zone).components.year else { return "\(date) \(day.year)" }
        return "\(date) \(time(instant, in: zone))"
    }

    /// `2026-11-21 07:30` in a time zone.
    static func long(_ instant: Instant, in zone: TimeZone) -> String {
        instant.text(in: zone)
    }

    /// `today 07:30`, `tomorrow 07:30` or `2026-11-21 07:30` in a time zone.
    static func day(_ instant: Instant, in zone: TimeZone, now: Instant) -> String {
        let (day, today) = (LocalDate(instant, in: zone), LocalDate(now, in: zone))
        if day == today { return "today \(time(instant, in: zone))" }
        if day == today.adding(days: 1) { return "tomorrow \(time(instant, in: zone))" }
        return long(instant, in: zone)
    }

    private static func time(_ instant: Instant, in zone: TimeZone) -> String {
        String(instant.text(in: zone).suffix(5))
    }

    /// A span of past or future time in one unit: `40 min`, `5 h`, `12 d`.
    static func span(_ seconds: TimeInterval) -> String {
        let minutes = Int(abs(seconds) / 60)
        if minutes < 60 { return "\(minutes) min" }
        return minutes < 48 * 60 ? "\(minutes / 60) h" : "\(minutes / 1_440) d"
    }
}
