import Foundation
import Testing

@testable import Inflow

/// The zone of an identifier that surely is one.
func zone(_ identifier: String) throws -> TimeZone {
    try #require(TimeZone(identifier: identifier))
}

/// The anchor of a time and a zone that surely are ones.
func anchor(_ time: String, _ identifier: String) throws -> Anchor {
    try Anchor(time: time, zone: zone(identifier))
}

/// The instant written as `yyyy-MM-ddTHH:mm:ssZ`.
func instant(_ text: String) throws -> Instant {
    try Date(text, strategy: .iso8601)
}

/// What a zone's clock shows, by spans of one offset each, found by looking every six hours.
///
/// A witness: it knows all changes of a span of years at once and looks for slots by trying every span, where the anchor
/// halves its way to one.
struct ZoneWitness {
    /// Spans by time: the first second and the offset of each; a span ends where the next begins.
    let spans: [(start: Int, offset: Int)]

    init(_ zone: TimeZone, from first: Int, to last: Int) {
        func offset(_ second: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))) }
        var spans = [(start: first, offset: offset(first))]
        for second in stride(from: first, to: last, by: 6 * 3_600) {
            let next = second + 6 * 3_600
            guard offset(next) != spans[spans.count - 1].offset else { continue }
            var (low, high) = (second, next)
            while high - low > 1 {
                let middle = (low + high) / 2
                if offset(middle) == spans[spans.count - 1].offset { low = middle } else { high = middle }
            }
            spans.append((high, offset(high)))
        }
        self.spans = spans
    }

    /// A zone from December 2019 to January 2041.
    init(_ zone: TimeZone) {
        self.init(zone, from: 1_575_158_400, to: 2_243_203_200)
    }

    /// The local days within two of a change, both included.
    var daysNearChanges: Set<Int> {
        var days: Set<Int> = []
        for (index, span) in spans.enumerated().dropFirst() {
            let before = (span.start + spans[index - 1].offset) / 86_400
            let after = (span.start + span.offset) / 86_400
            days.formUnion(min(before, after) - 2...max(before, after) + 2)
        }
        return days
    }

    /// The first second at which the clock shows a local time or later, and whether it shows exactly that.
    func first(showing local: Int) -> (second: Int, isShown: Bool) {
        // The span in force two days before the local time at UTC, and some after.
        var (low, high) = (0, spans.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if spans[middle].start <= local - 2 * 86_400 { low = middle } else { high = middle }
        }
        var best = Int.max
        var isShown = false
        for index in low..<min(low + 8, spans.count) {
            let end = index + 1 < spans.count ? spans[index + 1].start : Int.max
            let found = max(spans[index].start, local - spans[index].offset)
            guard found < end else { continue }
            if found + spans[index].offset == local { isShown = true }
            best = min(best, found)
        }
        return (best, isShown)
    }
}
