public import Inflow

/// Marks a chunk as made from archived answers: its name then, and when Inflow had requested them.
public struct Replay: Sendable {
    let label: String
    let askedAt: Instant

    /// A replay of an archived chunk.
    public init(of chunk: ArchivedChunk) {
        label = chunk.label
        askedAt = chunk.askedAt
    }
}
