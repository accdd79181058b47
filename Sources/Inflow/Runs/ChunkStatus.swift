/// How a chunk of a run ended (`inflow.chunk.status`).
public enum ChunkStatus: String, StoredWord {
    /// Committed together with its rows.
    case loaded
    /// Given up; none of its rows are in the tables.
    case failed
}
