import Foundation
import Synchronization

/// Something that happens once, waited for by tasks or by threads.
final class Signal: Sendable {
    private struct State {
        var hasFired = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let gate = DispatchSemaphore(value: 0)

    func fire() {
        let waiters = state.withLock { state in
            state.hasFired = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
        gate.signal()
    }

    /// Waits; also ends when the task is cancelled, so that a test over its time limit ends.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let hasFired = state.withLock { state in
                    if !state.hasFired { state.waiters.append(continuation) }
                    return state.hasFired
                }
                if hasFired { continuation.resume() }
            }
        } onCancel: {
            fire()
        }
    }

    /// Holds up the calling thread, for the scripts of a server.
    func waitOnThread() {
        gate.wait()
        gate.signal()
    }
}

/// A value written by a server's thread and read by the test.
final class Note<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) {
        state = Mutex(value)
    }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    @discardableResult
    func change(_ body: (inout Value) -> Void) -> Value {
        state.withLock { value in
            body(&value)
            return value
        }
    }
}
