internal import Curl
internal import Foundation
internal import Inflow

/// When a platform that refuses a call wants the next one.
enum RetryAfter {
    /// The longest wait that is sat out.
    static let patience = 120

    /// The header's seconds, at least 1; `nil` when it is absent or unreadable.
    ///
    /// Seconds, or an HTTP date, which is compared with the answer's own `Date` or else with this machine's clock.
    static func seconds(in headers: CurlHeaders, at received: Instant) -> Int? {
        guard let text = headers["Retry-After"] else { return nil }
        if let seconds = Int(text) { return max(1, min(seconds, 30 * 86_400)) }
        guard let until = instant(of: text) else { return nil }
        let now = headers["Date"].flatMap(instant) ?? received
        return max(1, Int(min(until.timeIntervalSince(now), 30 * 86_400).rounded(.up)))
    }

    /// An HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`, or `nil`.
    static func instant(of text: String) -> Instant? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" || $0 == ":" }).map(String.init)
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        guard parts.count == 8, parts[7] == "GMT" || parts[7] == "UTC",
            let day = Int(parts[1]), let month = months.firstIndex(of: parts[2].lowercased()), let year = Int(parts[3]),
            let hour = Int(parts[4]), let minute = Int(parts[5]), let second = Int(parts[6]),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second),
            let date = LocalDate(year: year, month: month + 1, day: day)
        else { return nil }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second
        return Instant(timeIntervalSince1970: Double(seconds))
    }

    /// How long to wait when nothing was said, by how often it was refused before: 5, 10, 20, 40, 60 s.
    static func unsaid(after refusals: Int) -> Int {
        min(60, 5 << min(max(0, refusals), 4))
    }
}
