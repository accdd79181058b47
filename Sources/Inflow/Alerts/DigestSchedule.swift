public import Foundation

/// When a connection's digest of the week is due: a weekday and a wall time of the connection's zone, or never.
public enum DigestSchedule: Sendable, Hashable {
    /// A day of the week, Monday first.
    public enum Weekday: String, Sendable, Hashable, CaseIterable {
        /// The days in the order of ISO 8601.
        case monday, tuesday, wednesday, thursday, friday, saturday, sunday

        /// The weekday of a date.
        init(_ day: LocalDate) {
            // 1970-01-01 was a Thursday.
            let place = ((day.daysSinceEpoch + 3) % 7 + 7) % 7
            self = Weekday.allCases[place]
        }

        /// The day of a name in English or its beginning, three letters at least, in any case; `nil` for another word.
        init?(word: Substring) {
            let word = word.lowercased()
            guard word.utf8.count >= 3, let day = Weekday.allCases.first(where: { $0.rawValue.hasPrefix(word) }) else {
                return nil
            }
            self = day
        }
    }

    /// No digest.
    case off
    /// Each week on a day, at minutes after local midnight (0 to 1439).
    case weekly(Weekday, minuteOfDay: Int)

    /// The schedule that a text such as `monday 08:00`, `mon 8:00` or `off` says; `nil` for any other.
    public init?(_ text: String) {
        let words = text.split(whereSeparator: \.isWhitespace)
        if words.count == 1, words[0].lowercased() == "off" {
            self = .off
            return
        }
        guard words.count == 2, let day = Weekday(word: words[0]),
            let time = try? Anchor(time: String(words[1]), zone: .gmt)
        else { return nil }
        self = .weekly(day, minuteOfDay: time.minuteOfDay)
    }

    /// The latest slot whose instant is not after this one; `nil` where the digest is off.
    ///
    /// A time that the zone's clock leaves out or shows twice counts as it does for scheduled runs (``Anchor``).
    public func lastSlot(atOrBefore now: Instant, in zone: TimeZone) -> Slot? {
        guard case .weekly(let weekday, let minute) = self,
            let anchor = Anchor(hour: minute / 60, minute: minute % 60, zone: zone)
        else { return nil }
        let today = LocalDate(now, in: zone)
        // A day that the zone left out has no slot, so the week before is looked at too.
        return (-1...14).lazy.map { today.adding(days: -$0) }.first { day in
            Weekday(day) == weekday && anchor.slot(on: day).map { $0.instant <= now } == true
        }.flatMap { anchor.slot(on: $0) }
    }
}

extension DigestSchedule: CustomStringConvertible {
    /// The schedule as ``init(_:)`` reads it.
    public var description: String {
        switch self {
        case .off: "off"
        case .weekly(let day, let minute):
            "\(day.rawValue) "
                + (Anchor(hour: minute / 60, minute: minute % 60, zone: .gmt)?.time ?? "00:00")
        }
    }
}
