internal import Curl
internal import Foundation
internal import Inflow

/// How long to wait after a refused call before the next one.
enum RetryAfter {
    /// Seconds that Inflow waits for at most; a longer refusal is one for the day.
    static let patience = 120
    /// The longest refusal that Inflow believes, in seconds.
    ///
    /// The platform's longest limit is a day, and a header that says more would keep the organisation from being read on
    /// the word of one answer.
    static let longest = 86_400

    /// The header's seconds, at least 1 and at most ``longest``; `nil` when it is absent or unreadable.
    ///
    /// Seconds, or an HTTP date, which is compared with the answer's own `Date` or else with this machine's clock.
    static func seconds(in headers: CurlHeaders, at received: Instant) -> Int? {
        guard let text = headers["Retry-After"] else { return nil }
        if let seconds = Int(text) { return max(1, min(seconds, longest)) }
        guard let until = HTTPDate.moment(text) else { return nil }
        let now = headers["Date"].flatMap(HTTPDate.moment) ?? received
        return max(1, Int(min(until.timeIntervalSince(now), Double(longest)).rounded(.up)))
    }

    /// Seconds to wait where the answer does not say, by the refusals before: 5, 10, 20, 40, then 60.
    static func unsaid(after refusals: Int) -> Int {
        min(60, 5 << min(max(0, refusals), 4))
    }
}
