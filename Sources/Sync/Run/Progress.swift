public import Inflow

/// Events of a run, for a display that follows it.
///
/// The run does not wait for the display.
public enum Progress: Sendable {
    /// The run waits for another run of the connection to end.
    case waiting(for: String)
    /// Inflow closed runs whose process had ended.
    case closedDeadRuns([Int64])
    /// The run has begun.
    case began(run: Int64, entities: [String])
    /// Records of a chunk have been staged.
    case pulled(entity: String, records: Int, traffic: Traffic)
    /// Inflow reads a chunk again.
    case retrying(entity: String, chunk: String, tries: Int, reason: String)
    /// A chunk is committed.
    case loaded(entity: String, chunk: String, tally: Tally)
    /// Inflow gave up on a chunk.
    case failed(entity: String, chunk: String, reason: String)
    /// The run continues with readings that became known only during it.
    case goingOn(why: String, chunks: Int)
    /// A chunk of history is done: its number, its days, its counts, and the calls that Inflow still expects to make.
    case history(done: Int, of: Int, chunk: String, tally: Tally, callsLeft: Int)
    /// An entity is done.
    case ended(entity: String, result: EntityResult)
}
