/// What a test waited for did not come about in time.
public struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    let limit: Duration

    /// Names what was waited for, and for how long.
    public var description: String { "Waited for \(limit) in vain: \(what)." }
}

/// Returns once a condition holds, for what nothing signals: a session that waits for a lock, say.
///
/// It looks, pauses for 20 ms and looks again. It is the only place where a test may pause; where something signals what
/// a test waits for (``WebhookListener``, a transcript, `GET /sandbox/held`), the test waits for the signal.
///
/// - Parameters:
///   - what: what is waited for, for the error.
///   - limit: when to give up. It is there so that a fault ends the test; no test asserts how long something takes.
///   - isolation: the actor that the condition is evaluated on.
///   - holds: the condition.
/// - Throws: ``NeverHappened`` at the limit, and what the condition throws.
public func eventually(
    _ what: String, within limit: Duration = .seconds(240), isolation: isolated (any Actor)? = #isolation,
    _ holds: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !holds() {
        guard ContinuousClock.now < end else { throw NeverHappened(what: what, limit: limit) }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Returns at a limit, unless its task is cancelled first: so that what must end by itself, and does not, ends the test.
///
/// No test asserts how long something takes, and none waits for this where all goes well.
public func reach(limit: Duration) async throws { try await Task.sleep(for: limit) }
