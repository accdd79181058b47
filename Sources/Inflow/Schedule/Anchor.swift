public import Foundation

/// When a connection's scheduled run is due every day: a local wall time, to the minute, and the zone it is read in.
///
/// The slot of a local day is the first instant at which the zone's clock shows that day's anchor time or anything
/// later. That one rule covers everything a clock does. A time in a gap runs at the first instant after the gap, even
/// where that is on the next day. A time in an overlap runs once, at the first of the two. A day that the zone left out
/// (Pacific/Apia, 2011-12-30) has no slot; a day that came twice has one. The zone's rules are Foundation's, never
/// PostgreSQL's.
public struct Anchor: Sendable, Hashable {
    /// Minutes after local midnight as the clock shows them, 0 to 1439.
    public let minuteOfDay: Int
    /// The zone whose clock is read.
    public let zone: TimeZone

    /// Why a text is not an anchor.
    public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        /// The text that was refused, and the form that is accepted.
        public let description: String
    }

    /// The anchor at an hour (0–23) and minute (0–59) of a zone, or `nil` where no clock shows them.
    public init?(hour: Int, minute: Int, zone: TimeZone) {
        guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
        self.minuteOfDay = hour * 60 + minute
        self.zone = zone
    }

    /// The anchor at the local time of an instant, its seconds cut off: so that the slot of that day is not after it.
    public init(at instant: Instant, in zone: TimeZone) {
        let second = Int(instant.timeIntervalSince1970.rounded(.down))
        let local = second + zone.secondsFromGMT(for: instant)
        let midnight = LocalDate(instant, in: zone).daysSinceEpoch * 86_400
        self.minuteOfDay = min(max(0, (local - midnight) / 60), 1439)
        self.zone = zone
    }

    /// The anchor at a time written as `07:30` or `7:30`, 24 hours; throws a refusal in words.
    public init(time: String, zone: TimeZone) throws(Refusal) {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        func number(_ text: Substring, _ lengths: ClosedRange<Int>) -> Int? {
            lengths.contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
        }
        guard parts.count == 2, let hour = number(parts[0], 1...2), let minute = number(parts[1], 2...2),
            let anchor = Anchor(hour: hour, minute: minute, zone: zone)
        else {
            throw Refusal(
                description:
                    "\"\(time)\" is not a time of day. Write hours and minutes from 00:00 to 23:59, as in 07:30.")
        }
        self = anchor
    }

    /// The anchor written as its description is, `07:30 Pacific/Auckland`; throws a refusal in words.
    public init(_ text: String) throws(Refusal) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else {
            throw Refusal(
                description: "\"\(text)\" is not a time of day and a zone. Write it as in 07:30 Pacific/Auckland.")
        }
        guard let zone = TimeZone(identifier: String(parts[1])) else {
            throw Refusal(description: "\"\(parts[1])\" is not an IANA time zone such as Pacific/Auckland.")
        }
        try self.init(time: String(parts[0]), zone: zone)
    }

    /// Hour of the local day, 0 to 23.
    public var hour: Int { minuteOfDay / 60 }

    /// Minute of the hour, 0 to 59.
    public var minute: Int { minuteOfDay % 60 }

    /// The local time as `07:30`.
    public var time: String {
        (hour < 10 ? "0" : "") + String(hour) + (minute < 10 ? ":0" : ":") + String(minute)
    }

    /// The slot of a local day, or `nil` where the zone left that whole day out.
    public func slot(on day: LocalDate) -> Slot? {
        let instant = zone.first(showing: day.daysSinceEpoch * 86_400 + minuteOfDay * 60)
        if LocalDate(instant, in: zone) != day {
            // A gap swallowed the rest of the day, or all of it.
            let start = zone.first(showing: day.daysSinceEpoch * 86_400)
            guard LocalDate(start, in: zone) == day else { return nil }
        }
        return Slot(day: day, instant: instant)
    }

    /// The first slot strictly after an instant; with `claimed`, the first of a later day than that.
    public func nextSlot(after instant: Instant, day claimed: LocalDate? = nil) -> Slot {
        // The clock at `instant` shows its own day, so every earlier day's slot is at or before it.
        var day = LocalDate(instant, in: zone)
        if let claimed { day = max(day, claimed.adding(days: 1)) }
        while true {
            if let slot = slot(on: day), slot.instant > instant { return slot }
            day = day.adding(days: 1)
        }
    }

    /// The last slot whose instant is not after this one, whatever the clocks of the zone do in between.
    public func lastSlot(atOrBefore instant: Instant) -> Slot {
        // The clock may have gone back over midnight, so that the slot of tomorrow has passed.
        var day = LocalDate(instant, in: zone).adding(days: 1)
        while true {
            if let slot = slot(on: day), slot.instant <= instant { return slot }
            day = day.adding(days: -1)
        }
    }

    /// Whether a slot of this anchor is due at exactly this instant.
    public func isDue(at instant: Instant) -> Bool {
        lastSlot(atOrBefore: instant).instant == instant
    }
}

extension Anchor: CustomStringConvertible {
    /// The time and the zone, as `07:30 Pacific/Auckland`; `init(_:)` reads it.
    public var description: String { "\(time) \(zone.identifier)" }
}

extension TimeZone {
    /// The first instant at which this zone's clock shows a local time or anything later.
    ///
    /// The local time is in seconds since 1970-01-01 00:00 by the local clock. No clock is more than 18 hours from UTC,
    /// so the search covers 36 hours, in four steps, and halves a step where the offset differs between its ends. It
    /// would miss changes that undo each other within one step; the closest two of any zone are days apart.
    fileprivate func first(showing local: Int) -> Instant {
        let step = 9 * 3_600
        let end = local + 2 * step
        var start = local - 2 * step
        var offset = offset(at: start)
        while start < end {
            if start + offset >= local { return Instant(timeIntervalSince1970: Double(start)) }
            let stop = start + step
            let later = self.offset(at: stop)
            if let found = first(showing: local, from: start, offset, to: stop, later) {
                return Instant(timeIntervalSince1970: Double(found))
            }
            (start, offset) = (stop, later)
        }
        return Instant(timeIntervalSince1970: Double(end))
    }

    /// The first second of a half-open span whose local time is no earlier, given the offsets at both ends.
    private func first(showing local: Int, from start: Int, _ offset: Int, to end: Int, _ later: Int) -> Int? {
        if offset == later {
            let found = max(start, local - offset)
            return found < end ? found : nil
        }
        // One second long: the change is at its end.
        guard end - start > 1 else { return start + offset >= local ? start : nil }
        let middle = start + (end - start) / 2
        let between = self.offset(at: middle)
        return first(showing: local, from: start, offset, to: middle, between)
            ?? first(showing: local, from: middle, between, to: end, later)
    }

    private func offset(at second: Int) -> Int {
        secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
    }
}
