import Dispatch

/// Runs one connection's work on a serial queue of its own.
///
/// libpq blocks, and a blocked thread must not be one of the few that Swift's tasks share. A serial dispatch queue
/// takes a thread of its own while there is work and gives it back when the connection is idle.
final class PostgresExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }
}
