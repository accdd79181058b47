internal import Foundation

extension Instant {
    /// The instant to the minute, in UTC, as messages write it: `2026-11-21 04:00 UTC`.
    var minuteText: String {
        formatted(.iso8601).prefix(16).replacing("T", with: " ") + " UTC"
    }
}
