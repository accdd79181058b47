import Synchronization

/// Answers that are made and wait to be sent: the fault `hold`.
///
/// A test lets an older answer arrive behind a newer one without sleeping: it adds a `hold`, lets the loader ask, waits
/// with `GET /sandbox/held?count=1` until the answer is made, changes records, lets the loader ask again, and then
/// sends the older answer with `POST /sandbox/release`.
final class HeldAnswers: Sendable {
    private struct Waiting {
        var name: String
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct Watcher {
        var name: String?
        var count: Int
    }

    private struct State {
        var issued = 0
        var held: [Int: Waiting] = [:]
        /// Those that wait until enough answers are held.
        var watchers: [Int: (watcher: Watcher, continuation: CheckedContinuation<Void, Never>)] = [:]
        /// Numbers of tasks that were cancelled before they began to wait.
        var cancelled: Set<Int> = []

        mutating func number() -> Int {
            issued += 1
            return issued
        }

        func count(_ name: String?) -> Int {
            held.values.count { name == nil || $0.name == name }
        }

        /// Takes out the watchers whose count is reached.
        mutating func satisfied() -> [CheckedContinuation<Void, Never>] {
            let done = watchers.filter { count($0.value.watcher.name) >= $0.value.watcher.count }
            for number in done.keys { watchers[number] = nil }
            return done.values.map(\.continuation)
        }
    }

    private let state = Mutex(State())

    /// Waits until answers of the name are released, or the task is cancelled.
    func hold(_ name: String) async {
        let number = state.withLock { $0.number() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                for ready in begin(number, name, continuation) { ready.resume() }
            }
        } onCancel: {
            cancel(number)?.resume()
        }
    }

    /// Notes a held answer; gives what may go on: the watchers, or the answer itself if its task was cancelled before.
    private func begin(
        _ number: Int, _ name: String, _ continuation: CheckedContinuation<Void, Never>
    ) -> [CheckedContinuation<Void, Never>] {
        state.withLock { state in
            if state.cancelled.remove(number) != nil { return [continuation] }
            state.held[number] = Waiting(name: name, continuation: continuation)
            return state.satisfied()
        }
    }

    /// Takes out whatever waits under a number.
    private func cancel(_ number: Int) -> CheckedContinuation<Void, Never>? {
        state.withLock { state in
            let waiting = state.held.removeValue(forKey: number)?.continuation
            if let found = waiting ?? state.watchers.removeValue(forKey: number)?.continuation { return found }
            state.cancelled.insert(number)
            return nil
        }
    }

    /// Sends the answers held under a name, or all of them, and gives their number.
    @discardableResult
    func release(_ name: String? = nil) -> Int {
        let released = state.withLock { state in
            let released = state.held.filter { name == nil || $0.value.name == name }
            for number in released.keys { state.held[number] = nil }
            return released.sorted { $0.key < $1.key }.map(\.value.continuation)
        }
        for continuation in released { continuation.resume() }
        return released.count
    }

    /// Waits until at least `count` answers are held under a name (nil: any), and gives their number then.
    func held(_ name: String?, atLeast count: Int = 0) async -> Int {
        let number = state.withLock { $0.number() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.cancelled.remove(number) != nil || state.count(name) >= count { return true }
                    state.watchers[number] = (Watcher(name: name, count: count), continuation)
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            cancel(number)?.resume()
        }
        return state.withLock { $0.count(name) }
    }
}
