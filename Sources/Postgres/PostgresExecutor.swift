import Dispatch
import Foundation
import Synchronization

/// Runs one connection's work on a thread of its own, which ends with the connection.
///
/// libpq blocks, and a blocked thread must not be one of the few that Swift's tasks share.
///
/// The thread holds the work list and not the executor, so that dropping the last reference to the connection ends it.
final class PostgresExecutor: SerialExecutor {
    private let work = WorkList()

    init(label: String) {
        let work = work
        let thread = Thread { work.run() }
        thread.name = label
        thread.stackSize = 1 << 20
        thread.start()
    }

    deinit { work.close() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The executor must outlive the job: the actor that owns it may let go of it within.
        work.add { [self] in job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }
}

/// What waits for a thread, in order.
private final class WorkList: Sendable {
    private struct State {
        var pieces: [@Sendable () -> Void] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)

    func add(_ piece: @escaping @Sendable () -> Void) {
        state.withLock { $0.pieces.append(piece) }
        news.signal()
    }

    /// Lets the thread end when all that was added has run.
    func close() {
        state.withLock { $0.isClosed = true }
        news.signal()
    }

    func run() {
        while true {
            news.wait()
            let (pieces, isClosed) = state.withLock { state in
                defer { state.pieces = [] }
                return (state.pieces, state.isClosed)
            }
            for piece in pieces { piece() }
            if isClosed, pieces.isEmpty { return }
        }
    }
}
