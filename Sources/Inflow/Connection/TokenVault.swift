public import Foundation

/// An access token with the refresh token that renews it; single-use, so the pair changes together.
public struct TokenPair: Sendable, Hashable {
    /// Sent as bearer.
    public var access: String
    /// Spent by the next refresh.
    public var refresh: String
    /// When the access token ends.
    public var accessExpiresAt: Instant
    /// When the access token was issued.
    public var issuedAt: Instant
    /// When the refresh token was issued; earlier than the access token where the platform kept it.
    public var refreshIssuedAt: Instant

    /// A pair from its parts; both tokens were issued together unless the refresh token's time is given.
    public init(
        access: String, refresh: String, accessExpiresAt: Instant, issuedAt: Instant, refreshIssuedAt: Instant? = nil
    ) {
        self.access = access
        self.refresh = refresh
        self.accessExpiresAt = accessExpiresAt
        self.issuedAt = issuedAt
        self.refreshIssuedAt = refreshIssuedAt ?? issuedAt
    }

    /// When it is due: a tenth of its life, at most 60 s, before it ends.
    public var refreshDueAt: Instant {
        let life = accessExpiresAt.timeIntervalSince(issuedAt)
        return accessExpiresAt.addingTimeInterval(-min(60, max(0, life) / 10))
    }
}

extension TokenPair: CustomStringConvertible, CustomDebugStringConvertible {
    /// Never the tokens.
    public var description: String { "token pair (hidden), access ends \(accessExpiresAt)" }
    /// Never the tokens.
    public var debugDescription: String { description }
}

/// A stored pair and which one it is.
public struct StoredToken: Sendable, Hashable {
    /// The pair.
    public var pair: TokenPair
    /// Rises by one with each pair stored for the connection.
    public var generation: Int64

    /// A stored pair from its parts.
    public init(pair: TokenPair, generation: Int64) {
        self.pair = pair
        self.generation = generation
    }
}

/// Keeps a connection's tokens; the Warehouse implements it, WorkflowMax uses it, who may not import each other.
public protocol TokenVault: Sendable {
    /// The newest stored pair, or `nil` when the connection was never authorised.
    func current() async throws(SourceError) -> StoredToken?

    /// Replaces the pair of `generation` by what `exchange` returns, one holder at a time over all processes.
    ///
    /// Waits for the lease, reads again, and returns the newer pair without calling `exchange` when somebody else has
    /// refreshed meanwhile. The new pair is committed before this returns. Where `exchange` throws `consentNeeded` it may
    /// be called once more, with the pair before. Throws what `exchange` throws, storing nothing.
    func replace(
        generation: Int64, by exchange: @Sendable (TokenPair) async throws(SourceError) -> TokenPair
    ) async throws(SourceError) -> StoredToken
}
