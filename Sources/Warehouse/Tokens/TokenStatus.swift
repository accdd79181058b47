public import Foundation
public import Inflow
internal import Postgres

/// What is known of a connection's tokens without opening them.
public struct TokenStatus: Sendable, Hashable {
    /// The pair in force.
    public struct Stored: Sendable, Hashable {
        /// Rises by one with each pair.
        public let generation: Int64
        /// When it was stored.
        public let storedAt: Instant
        /// When the access token ends.
        public let accessExpiresAt: Instant
        /// When the refresh token was issued.
        public let refreshIssuedAt: Instant
    }

    /// A refresh that left nothing behind.
    public struct Attempt: Sendable, Hashable {
        /// The generation whose refresh token was sent.
        public let generation: Int64
        /// Machine and process.
        public let holder: String
        /// When.
        public let beganAt: Instant
    }

    /// The pair in force; `nil` when the connection was never authorised.
    public let stored: Stored?
    /// Since when a person must authorise again.
    public let needsConsentAt: Instant?
    /// Why.
    public let consentReason: String?
    /// A refresh that is under way, or ended without an answer.
    public let attempt: Attempt?

    /// The refusal to go on before a person has authorised again; `nil` where nobody must.
    public func refusal(_ connection: Connection) -> SourceError? {
        guard let needsConsentAt else { return nil }
        return SourceError(
            .consentNeeded, subject: "authorisation of \"\(connection.name)\"",
            message: consentReason ?? ConsentWords.remedy(connection.name),
            detail: "since \(needsConsentAt.formatted(.iso8601))")
    }

    /// How long the refresh token lives; `nil` when there is none.
    public func life(_ connection: Connection) -> TokenLife? {
        stored.map { TokenLife(issuedAt: $0.refreshIssuedAt, days: connection.settings.refreshTokenDays) }
    }

    /// Reads the status of a connection.
    public static func of(_ connection: Connection, in warehouse: Warehouse) async throws(WarehouseError) -> TokenStatus
    {
        let rows = try await warehouse.query(
            """
            select t.generation, t.stored_at, t.access_expires_at, t.refresh_issued_at, c.needs_consent_at,
                c.consent_reason, a.generation as attempt, a.holder, a.began_at
            from inflow.connection c
            left join inflow.token t on t.connection_id = c.id
            left join inflow.token_attempt a on a.connection_id = c.id
            where c.id = $1
            order by t.generation desc nulls last limit 1
            """,
            [.int64(connection.id)], purpose: "token status", doing: "reading the state of the tokens")
        guard let row = rows.first else {
            return TokenStatus(stored: nil, needsConsentAt: nil, consentReason: nil, attempt: nil)
        }
        var stored: Stored?
        if let generation = row["generation"].int64, let at = row["stored_at"].date,
            let expires = row["access_expires_at"].date, let issued = row["refresh_issued_at"].date
        {
            stored = Stored(generation: generation, storedAt: at, accessExpiresAt: expires, refreshIssuedAt: issued)
        }
        var attempt: Attempt?
        if let generation = row["attempt"].int64, let holder = row["holder"].string, let began = row["began_at"].date {
            attempt = Attempt(generation: generation, holder: holder, beganAt: began)
        }
        return TokenStatus(
            stored: stored, needsConsentAt: row["needs_consent_at"].date, consentReason: row["consent_reason"].string,
            attempt: attempt)
    }
}
