internal import Foundation
internal import Inflow

/// A value that many browsers ask for at once and that is read once for all of them.
///
/// A reading is shared while it goes on, and its value for `age` after it. So fifty windows that watch a run cost the
/// warehouse what one does.
///
/// A reading that looks through tables takes the longer the more they hold and the busier the server is. With `rest` its
/// value is also good for that many times as long as it took: however many people look, one part in `rest` of one
/// session's time goes into it. Where a value is due to be read again and is not older than a minute, it is the answer
/// once more, and the next who asks gets the new one. A page that shows such a value says when it was read.
actor SharedReading<Key: Hashable & Sendable, Value: Sendable> {
    /// A value, and when its reading began.
    struct Reading: Sendable {
        let value: Value
        let readAt: Instant
    }

    private struct Entry {
        let reading: Reading
        let endedAt: Duration
        let isGoodFor: Duration
    }

    private let age: Duration
    private let rest: Int
    private let now: Now
    private let uptime: @Sendable () -> Duration
    private let read: @Sendable (Key) async throws -> Value
    private var entries: [Key: Entry] = [:]
    private var readings: [Key: Task<Reading, any Error>] = [:]

    /// Values that are read by `read` and good for `age`, and for `rest` times as long as their reading took.
    ///
    /// `uptime` is the time since any moment; it never goes back.
    init(
        age: Duration, rest: Int = 0, now: @escaping Now = { Date() },
        uptime: @escaping @Sendable () -> Duration = { [begun = ContinuousClock.now] in begun.duration(to: .now) },
        read: @escaping @Sendable (Key) async throws -> Value
    ) {
        (self.age, self.rest, self.now, self.uptime, self.read) = (age, rest, now, uptime, read)
    }

    /// The value of a key.
    func value(of key: Key) async throws -> Value {
        try await reading(of: key).value
    }

    /// The value of a key, with the time of its reading.
    func reading(of key: Key) async throws -> Reading {
        guard let entry = entries[key] else { return try await begun(key).value }
        let sinceEnd = uptime() - entry.endedAt
        if sinceEnd < entry.isGoodFor { return entry.reading }
        let next = begun(key)
        // The reading that was begun here is for the next who asks; its error, if any, is for who asks after a minute.
        if rest > 0, sinceEnd < .seconds(60) { return entry.reading }
        return try await next.value
    }

    /// The reading that goes on, or a new one.
    ///
    /// Not structured: one browser that leaves must not end the reading of the others.
    private func begun(_ key: Key) -> Task<Reading, any Error> {
        if let reading = readings[key] { return reading }
        let reading = Task { [read, now, uptime] in
            let (readAt, begun) = (now(), uptime())
            do {
                let reading = Reading(value: try await read(key), readAt: readAt)
                keep(reading, took: uptime() - begun, key)
                return reading
            } catch {
                readings[key] = nil
                throw error
            }
        }
        readings[key] = reading
        return reading
    }

    private func keep(_ reading: Reading, took: Duration, _ key: Key) {
        readings[key] = nil
        entries[key] = Entry(reading: reading, endedAt: uptime(), isGoodFor: max(age, took * rest))
    }
}
