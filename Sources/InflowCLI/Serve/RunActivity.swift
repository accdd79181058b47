import Synchronization

/// How many requests the workers of this process run now.
final class RunActivity: Sendable {
    private let count = Mutex(0)

    var isAny: Bool { count.withLock { $0 > 0 } }

    func begin() { count.withLock { $0 += 1 } }
    func end() { count.withLock { $0 -= 1 } }
}
