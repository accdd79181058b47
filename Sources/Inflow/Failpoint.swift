internal import Foundation
internal import Synchronization

/// A named point where a test may end the process: crash tests use each point in turn and never a timed kill.
///
/// Inert unless the environment variable `INFLOW_FAILPOINT` names it; then the process ends itself at once with signal
/// KILL, as a power cut would. `NAME:3` ends it the third time the point is passed.
public enum Failpoint: String, CaseIterable, Sendable {
    /// The run's row is committed, nothing read yet.
    case runBegun = "run_begun"
    /// A chunk's staging tables are filled, its merge not begun.
    case chunkStaged = "chunk_staged"
    /// The merge has written the rows, the lines not yet.
    case mergeRowsWritten = "merge_rows_written"
    /// The merge has written everything, the commit not yet.
    case mergeBeforeCommit = "merge_before_commit"
    /// A chunk is committed, the run's row does not know.
    case chunkCommitted = "chunk_committed"
    /// All chunks are committed, the run's row is still open.
    case runBeforeFinish = "run_before_finish"
    /// A slot and the request for its run are written, the commit not yet.
    case slotBeforeClaim = "slot_before_claim"
    /// A slot is claimed, its run not begun.
    case slotClaimed = "slot_claimed"
    /// A worker has taken a request, nothing of its run is begun.
    case requestTaken = "request_taken"
    /// A request's run has ended, the queue does not know.
    case requestBeforeEnd = "request_before_end"
    /// A backfill has done a chunk of history.
    case historyChunkDone = "history_chunk_done"
    /// The lease for a refresh is taken, nothing else done.
    case tokenLeased = "token_leased"
    /// The refresh is noted as under way, the platform not asked.
    case tokenBeforeExchange = "token_before_exchange"
    /// The platform has rotated the tokens, the new pair is not stored.
    case tokenBeforeStore = "token_before_store"
    /// The new pair is written, its commit not yet.
    case tokenBeforeCommit = "token_before_commit"
    /// The new pair is committed, not yet used.
    case tokenStored = "token_stored"
    /// A message was taken by its receiver, the outbox does not know.
    case messageSent = "message_sent"
    /// A batch of a connection's rows is removed, others are still there.
    case removalBatch = "removal_batch"

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

    private static let wanted: (name: String, pass: Int)? = {
        guard let text = ProcessInfo.processInfo.environment["INFLOW_FAILPOINT"], !text.isEmpty else { return nil }
        let parts = text.split(separator: ":")
        return (String(parts[0]), parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }()
    private static let passes = PassCount()

    /// Ends the process if the environment says so.
    public static func pass(_ point: Failpoint) {
        guard let wanted, wanted.name == point.rawValue, passes.next() >= wanted.pass else { return }
        kill(getpid(), SIGKILL)
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
