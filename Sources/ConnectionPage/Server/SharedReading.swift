internal import Foundation

/// A value that many browsers ask for at once and that is read once for all of them.
///
/// A reading is shared while it goes on, and its value for `age` after it. So fifty windows that watch a run cost the
/// warehouse what one does.
actor SharedReading<Value: Sendable> {
    private struct Entry {
        let value: Value
        let readAt: ContinuousClock.Instant
    }

    private let age: Duration
    private let read: @Sendable (String) async throws -> Value
    private var entries: [String: Entry] = [:]
    private var readings: [String: Task<Value, any Error>] = [:]

    /// Values that are read by `read` and good for `age`.
    init(age: Duration, read: @escaping @Sendable (String) async throws -> Value) {
        (self.age, self.read) = (age, read)
    }

    /// The value of a name, which may be as old as `age`.
    func value(of name: String) async throws -> Value {
        if let entry = entries[name], entry.readAt.duration(to: .now) < age { return entry.value }
        if let reading = readings[name] { return try await reading.value }
        // Not structured: one browser that leaves must not end the reading of the others.
        let reading = Task { [read] in try await read(name) }
        readings[name] = reading
        defer { readings[name] = nil }
        let value = try await reading.value
        entries[name] = Entry(value: value, readAt: .now)
        return value
    }
}
