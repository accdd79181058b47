public import Inflow

/// Events of a run, for a display that follows it.
///
/// The run does not wait for the display.
public enum Progress: Sendable {
    /// The run waits for another run of the connection to end.
    case waiting(for: String)
    /// Runs found dead were closed.
    case closedDeadRuns([Int64])
    /// The run has begun.
    case began(run: Int64, entities: [String])
    /// Records of a chunk have been staged.
    case pulled(entity: String, records: Int, traffic: Traffic)
    /// A chunk will be asked for again.
    case retrying(entity: String, chunk: String, tries: Int, reason: String)
    /// A chunk is committed.
    case loaded(entity: String, chunk: String, tally: Tally)
    /// A chunk was given up.
    case failed(entity: String, chunk: String, reason: String)
    /// The run goes on with readings that became known only during it.
    case goingOn(why: String, chunks: Int)
    /// A chunk of history is done: how many of how many, its days, what it brought, and how many calls are expected
    /// still.
    case history(done: Int, of: Int, chunk: String, tally: Tally, callsLeft: Int)
    /// An entity is done.
    case ended(entity: String, result: EntityResult)
}
