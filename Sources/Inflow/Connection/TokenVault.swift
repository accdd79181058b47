public import Foundation

/// An access token with the refresh token that renews it; single-use, so the pair changes together.
public struct TokenPair: Sendable, Hashable {
    /// The token that every call sends as `Authorization: Bearer`.
    public var access: String
    /// The token that the next refresh spends.
    public var refresh: String
    /// When the access token ends, UTC.
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

    /// When a refresh is due: before the end of the access token by a tenth of its life, at most by 60 s.
    public var refreshDueAt: Instant {
        let life = accessExpiresAt.timeIntervalSince(issuedAt)
        return accessExpiresAt.addingTimeInterval(-min(60, max(0, life) / 10))
    }
}

extension TokenPair: CustomStringConvertible, CustomDebugStringConvertible {
    /// When the access token ends; never a token.
    public var description: String { "token pair (hidden), access ends \(accessExpiresAt)" }
    /// The same as `description`; never a token.
    public var debugDescription: String { description }
}

/// A stored pair and its generation.
public struct StoredToken: Sendable, Hashable {
    /// The tokens of this generation.
    public var pair: TokenPair
    /// The number of the pair; each pair stored for the connection has the next number.
    public var generation: Int64

    /// A stored pair from its parts.
    public init(pair: TokenPair, generation: Int64) {
        self.pair = pair
        self.generation = generation
    }
}

/// Stores a connection's tokens: the seam between Warehouse, which implements it, and WorkflowMax, which uses it.
public protocol TokenVault: Sendable {
    /// The newest stored pair, or `nil` when the connection was never authorised.
    func current() async throws(SourceError) -> StoredToken?

    /// Replaces the pair of `generation` by the result of `exchange`; of all processes, one at a time does so.
    ///
    /// Waits for the lease and reads the stored pair again. If another process has refreshed meanwhile, returns its
    /// pair without a call of `exchange`. Commits the new pair before it returns. Where `exchange` throws
    /// `consentNeeded`, may call it once more with the pair before. Throws the error of `exchange` and then stores
    /// nothing.
    func replace(
        generation: Int64, by exchange: @Sendable (TokenPair) async throws(SourceError) -> TokenPair
    ) async throws(SourceError) -> StoredToken
}
