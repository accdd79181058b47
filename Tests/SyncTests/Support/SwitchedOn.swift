import Synchronization

/// A switch that a test turns on while a script reads it.
final class SwitchedOn: Sendable {
    private let kept = Mutex(false)

    var value: Bool { kept.withLock { $0 } }

    func turnOn() { kept.withLock { $0 = true } }
}
