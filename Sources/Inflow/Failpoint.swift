internal import Foundation
internal import Synchronization

/// A named point where a test may end the process: crash tests use each point in turn and never a timed kill.
///
/// Inert unless the environment variable `INFLOW_FAILPOINT` names it; then the process ends itself at once with signal
/// KILL, as a power cut would. `NAME:3` ends it the third time the point is passed. `NAME:stop` stops it with signal
/// STOP instead, as a frozen machine would be; it goes on with signal CONT.
public enum Failpoint: String, CaseIterable, Sendable {
    /// The run's row is committed, and the run has read nothing yet.
    case runBegun = "run_begun"
    /// The staging tables of a chunk are full, and its merge has not begun.
    case chunkStaged = "chunk_staged"
    /// The merge has written the rows and not yet the lines.
    case mergeRowsWritten = "merge_rows_written"
    /// The merge has written everything and has not committed it yet.
    case mergeBeforeCommit = "merge_before_commit"
    /// A chunk is committed; the run's row does not show it yet.
    case chunkCommitted = "chunk_committed"
    /// All chunks are committed, the run's row is still open.
    case runBeforeFinish = "run_before_finish"
    /// The scheduler has written a slot and the request for its run, and has not committed them yet.
    case slotBeforeClaim = "slot_before_claim"
    /// A process has claimed a slot and has not begun its run.
    case slotClaimed = "slot_claimed"
    /// A worker took a request and has not begun its run.
    case requestTaken = "request_taken"
    /// The run of a request has ended; the queue does not know it yet.
    case requestBeforeEnd = "request_before_end"
    /// A backfill has done a chunk of history.
    case historyChunkDone = "history_chunk_done"
    /// The process took the refresh lease and has done nothing else.
    case tokenLeased = "token_leased"
    /// The refresh is recorded as under way, and Inflow has not sent its request.
    case tokenBeforeExchange = "token_before_exchange"
    /// The platform has replaced the tokens, and the new pair is not stored.
    case tokenBeforeStore = "token_before_store"
    /// The new pair is written and not yet committed.
    case tokenBeforeCommit = "token_before_commit"
    /// The new pair is committed and not yet used.
    case tokenStored = "token_stored"
    /// The receiver took a message; the outbox does not know it yet.
    case messageSent = "message_sent"
    /// A digest or a mail of a run that went well is written with its mark, and not committed yet.
    case summaryBeforeCommit = "summary_before_commit"
    /// A batch of a connection's rows is deleted; others are still in the tables.
    case removalBatch = "removal_batch"
    /// A copy is restored, and has not forgotten what is the original's.
    case copyRestored = "copy_restored"

    /// The points that every run passes, in the order they are passed.
    public static let ofRun: [Failpoint] = [
        .runBegun, .chunkStaged, .mergeRowsWritten, .mergeBeforeCommit, .chunkCommitted, .runBeforeFinish,
    ]
    /// The points of the schedule and the queue, in the order they are passed.
    public static let ofServing: [Failpoint] = [.slotBeforeClaim, .slotClaimed, .requestTaken, .requestBeforeEnd]

    /// The points of a refresh, in the order they are passed.
    public static let ofRefresh: [Failpoint] = [
        .tokenLeased, .tokenBeforeExchange, .tokenBeforeStore, .tokenBeforeCommit, .tokenStored,
    ]

    private static let wanted: (name: String, pass: Int, signal: Int32)? = {
        guard let text = ProcessInfo.processInfo.environment["INFLOW_FAILPOINT"], !text.isEmpty else { return nil }
        let parts = text.split(separator: ":")
        let further = parts.dropFirst()
        return (
            String(parts[0]), further.compactMap { Int($0) }.first ?? 1, further.contains("stop") ? SIGSTOP : SIGKILL
        )
    }()
    private static let passes = PassCount()

    /// Ends or stops the process if the environment says so.
    public static func pass(_ point: Failpoint) {
        guard let wanted, wanted.name == point.rawValue else { return }
        let pass = passes.next()
        guard pass == wanted.pass || (wanted.signal == SIGKILL && pass > wanted.pass) else { return }
        kill(getpid(), wanted.signal)
    }
}

/// Counts passes of the wanted point over all tasks.
private final class PassCount: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
