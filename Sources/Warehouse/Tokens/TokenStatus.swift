public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

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
        /// The process that began the refresh, as `host, process 1234`.
        public let holder: String
        /// The instant at which that process began it.
        public let beganAt: Instant
    }

    /// The pair in force; `nil` when the connection was never authorised.
    public let stored: Stored?
    /// Since when a person must authorise again.
    public let needsConsentAt: Instant?
    /// Why a person must authorise again; `nil` if no one needs to.
    public let consentReason: String?
    /// A refresh that is under way, or ended without an answer.
    public let attempt: Attempt?

    /// The refusal to go on before a person has authorised again; `nil` where no one needs to.
    public func refusal(_ connection: Connection) -> SourceError? {
        let subject = "authorisation of \"\(connection.name)\""
        guard let needsConsentAt else {
            guard stored == nil else { return nil }
            return SourceError(
                .consentNeeded, subject: subject,
                message:
                    "Connection \"\(connection.name)\" has not been authorised yet. Inflow read nothing. "
                    + ConsentWords.remedy(connection.name))
        }
        return SourceError(
            .consentNeeded, subject: subject, message: consentReason ?? ConsentWords.remedy(connection.name),
            detail: "since \(needsConsentAt.text(in: connection.settings.timeZone))")
    }

    /// How long the refresh token lives; `nil` when there is none.
    public func life(_ connection: Connection) -> TokenLife? {
        stored.map { TokenLife(issuedAt: $0.refreshIssuedAt, days: connection.settings.refreshTokenDays) }
    }

    /// Reads the status of a connection.
    public static func of(_ connection: Connection, in warehouse: Warehouse) async throws(WarehouseError) -> TokenStatus
    {
        let found = try await warehouse.query(
            Statements.tokenStatus,
            [.int64(connection.id)], purpose: "token status", doing: "reading the state of the tokens",
            read: TokenStatus.status)
        return found.first ?? TokenStatus(stored: nil, needsConsentAt: nil, consentReason: nil, attempt: nil)
    }

    private static func status(_ row: PostgresResult.Row) throws(PostgresError) -> TokenStatus {
        var stored: Stored?
        if let generation = try row.optionalInt64("generation") {
            stored = try Stored(
                generation: generation, storedAt: row.date("stored_at"), accessExpiresAt: row.date("access_expires_at"),
                refreshIssuedAt: row.date("refresh_issued_at"))
        }
        var attempt: Attempt?
        if let generation = try row.optionalInt64("attempt") {
            attempt = try Attempt(generation: generation, holder: row.text("holder"), beganAt: row.date("began_at"))
        }
        return try TokenStatus(
            stored: stored, needsConsentAt: row.optionalDate("needs_consent_at"),
            consentReason: row.optionalText("consent_reason"),
            attempt: attempt)
    }
}
