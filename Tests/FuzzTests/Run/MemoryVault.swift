import Inflow

/// Tokens in memory, for cases that are not about tokens.
actor MemoryVault: TokenVault {
    private var stored: StoredToken

    init(_ pair: TokenPair) { stored = StoredToken(pair: pair, generation: 1) }

    func current() -> StoredToken? { stored }

    /// One run at a time asks, so no lease is needed.
    func replace(
        generation: Int64, by exchange: @Sendable (TokenPair) async throws(SourceError) -> TokenPair
    ) async throws(SourceError) -> StoredToken {
        guard stored.generation == generation else { return stored }
        let fresh = StoredToken(pair: try await exchange(stored.pair), generation: generation + 1)
        stored = fresh
        return fresh
    }
}
