import Foundation

/// A display whose last line shows time that passes, so that it must be drawn also when nothing happens.
protocol LiveDisplay: Sendable {
    /// Whether there is such a line: standard error is a terminal.
    var isLive: Bool { get }
    /// How long ago the work last reported something, in seconds.
    var silence: TimeInterval { get }

    /// Draws the line again, with what the work waits for.
    func tick(_ reason: WaitReason?)
    /// Erases the line.
    func end()
}

extension LiveDisplay {
    /// Runs work and draws the line each second until it ends, with what it waits for once it has been silent for two
    /// seconds; erases the line at the end.
    func live<T: Sendable>(
        waiting: @escaping @Sendable () async -> WaitReason?, _ work: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        defer { end() }
        guard isLive else { return try await work() }
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while (try? await Task.sleep(for: .seconds(1))) != nil {
                    tick(silence > 2 ? await waiting() : nil)
                }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }
}
