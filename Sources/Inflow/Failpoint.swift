internal import Foundation
internal import Synchronization

/// A named point where a test may end the process: crash tests go through every point in turn, never "wait and kill".
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
    /// The platform has rotated the tokens, the new pair is not stored.
    case tokenBeforeStore = "token_before_store"
    /// The new pair is committed, not yet used.
    case tokenStored = "token_stored"

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
