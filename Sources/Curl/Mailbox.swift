import Synchronization

/// The orders to the engine's thread, from any thread.
final class Mailbox: Sendable {
    /// A request to the transfer thread.
    enum Command: Sendable {
        /// Begins a transfer whose answer goes into the pipe.
        case start(CurlRequest, Address, Pipe)
        /// The reader has caught up: read the connection on.
        case resume(ObjectIdentifier)
        /// The reader is gone: end the transfer.
        case stop(ObjectIdentifier)
    }

    private struct State {
        var commands: [Command] = []
        var isClosed = false
        var hasEnded = false
        var endWaiters: [CheckedContinuation<Void, Never>] = []
        /// There as long as the thread may be woken.
        var alarm: Alarm?
    }

    private let state = Mutex(State())

    /// Leaves a wish and wakes the thread; false when the engine takes no more.
    @discardableResult
    func post(_ command: Command) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            if state.commands.isEmpty { state.alarm?.ring() }
            state.commands.append(command)
            return true
        }
    }

    /// Wakes the thread so that it looks at its clock.
    func wake() {
        state.withLock { $0.alarm?.ring() }
    }

    /// Takes no more wishes and lets the thread end.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.alarm?.ring()
        }
    }

    /// Waits until the thread has ended and everything is freed.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let ended = state.withLock { state in
                if !state.hasEnded { state.endWaiters.append(continuation) }
                return state.hasEnded
            }
            if ended { continuation.resume() }
        }
    }
}

// MARK: - The thread's end

extension Mailbox {
    /// Gives the thread's alarm to those who wake it; `nil` takes it back before it is freed.
    func attach(_ alarm: Alarm?) {
        state.withLock { $0.alarm = alarm }
    }

    /// All wishes so far, and whether the thread is to end after them.
    func take() -> (commands: [Command], isClosed: Bool) {
        state.withLock { state in
            defer { state.commands = [] }
            return (state.commands, state.isClosed)
        }
    }

    /// Closes the mailbox after the thread has freed everything.
    ///
    /// Commands that were never taken are refused.
    func end() {
        close()
        for case .start(_, _, let pipe) in take().commands {
            pipe.finish(.failure(pipe.error(.other, detail: "libcurl could not be started")))
        }
        let waiters = state.withLock { state in
            state.hasEnded = true
            defer { state.endWaiters = [] }
            return state.endWaiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
