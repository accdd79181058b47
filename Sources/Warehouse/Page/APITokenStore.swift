public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// A token by which a program uses the API; never carries the token itself.
public struct APIToken: Sendable, Hashable {
    /// Number of the token.
    public let id: Int64
    /// What it is called.
    public let name: String
    /// What it is good for.
    public let scope: APIScope
    /// Number of the one connection it is for; `nil` is all.
    public let connectionID: Int64?
    /// Name of that connection; `nil` is all.
    public let connection: String?
    /// When it was made.
    public let createdAt: Instant
    /// Who made it.
    public let createdBy: String
    /// Until when it is good; `nil` is without end.
    public let expiresAt: Instant?
    /// When it was last used, to a minute; `nil` is never.
    public let usedAt: Instant?
    /// When it was revoked; `nil` where it was not.
    public let revokedAt: Instant?

    /// What it may do, and with which connections.
    public var access: PageAccess { PageAccess(scope, connectionID.map { .only([$0]) } ?? .all) }
    /// The token as the audit log names it.
    public var actor: PageActor { .token(id, name: name) }

    init(_ row: PostgresResult.Row) throws(PostgresError) {
        id = try row.int64("id")
        name = try row.text("name")
        scope = try row.word("scope", of: "inflow.api_token.scope")
        connectionID = try row.optionalInt64("connection_id")
        connection = try row.optionalText("connection")
        createdAt = try row.date("created_at")
        createdBy = try row.text("created_by")
        expiresAt = try row.optionalDate("expires_at")
        usedAt = try row.optionalDate("used_at")
        revokedAt = try row.optionalDate("revoked_at")
    }
}

/// How a program's token was taken.
public enum APITokenOutcome: Sendable, Hashable {
    /// The token is good.
    case fits(APIToken)
    /// It is no token, or it was revoked or has expired; the answer does not say which.
    case refused
    /// It is none either, and was not counted: there were too many from the address.
    case locked(until: Instant)
}

/// Keeps the tokens of the API: the SHA-256 of each, never the token.
public struct APITokenStore: Sendable {
    private let warehouse: Warehouse
    /// What every token begins with, so that people and programs that look for lost secrets know one.
    public static let prefix = "inflow_"

    /// The tokens of a warehouse.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// Makes a token; the text, which a program sends, is shown here only.
    ///
    /// `days` is how long it is good; `nil` is without end.
    /// - Throws: `account_exists` where a token of the name is good.
    public func add(
        _ name: PageName, _ scope: APIScope, for connection: Connection?, days: Int?, by doer: Doer
    ) async throws(WarehouseError) -> (token: String, id: Int64) {
        let token = PageToken.make(prefix: APITokenStore.prefix)
        let parameters: [PostgresParameter] = [
            .text(name.text), .bytes(PageToken.hash(token)), .text(scope.rawValue),
            connection.map { .int64($0.id) } ?? .null, days.map { .int($0) } ?? .null, .text(doer.actor.name),
        ]
        let entry = AuditEntry(
            .tokenAdded, by: doer, connection: connection?.name, subject: name.text,
            details: ["scope": scope.rawValue, "days": days.map(String.init) ?? "without end"])
        do throws(WarehouseError) {
            let id = try await warehouse.transaction(purpose: "tokens", doing: "making a token of the API") {
                session throws(PostgresError) in
                let id = try session.query(Statements.apiTokenAdd, parameters)[0].int64("id")
                try AuditLog.write(entry, session)
                return id
            }
            return (token, id)
        } catch {
            guard error.cause?.code == .uniqueViolation else { throw error }
            throw WarehouseError(
                .accountExists, subject: name.text,
                message:
                    "There is a token \"\(name)\" already. Nothing was changed. Choose another name, or revoke it: "
                    + "\"inflow api-token revoke \(name.text.shellWord)\".")
        }
    }

    /// All tokens by name, those that are revoked or have expired included.
    public func list() async throws(WarehouseError) -> [APIToken] {
        try await warehouse.query(
            """
            select t.*, n.name as connection from inflow.api_token t
            left join inflow.connection n on n.id = t.connection_id
            order by t.name, t.id
            """, purpose: "tokens", doing: "reading the tokens of the API"
        ) { row throws(PostgresError) in try APIToken(row) }
    }

    /// The token of a text that a program sent, if it is still good; notes once a minute that it is used.
    public func token(_ text: String) async throws(WarehouseError) -> APIToken? {
        guard text.hasPrefix(APITokenStore.prefix) else { return nil }
        return try await warehouse.query(
            Statements.apiTokenUse, [.bytes(PageToken.hash(text))], purpose: "api", doing: "looking whose token it is"
        ) { row throws(PostgresError) in try APIToken(row) }.first
    }

    /// Whose token a text is that a program at an address sent; notes each failure that counts.
    ///
    /// Failures are counted by address as those of sign-ins are, but apart from them, so that a program with an old token
    /// keeps nobody of its house from signing in. A good token is taken at any time.
    public func authenticate(_ text: String, from address: String) async throws(WarehouseError) -> APITokenOutcome {
        if let token = try await token(text) { return .fits(token) }
        switch try await SignInLimit(warehouse).begin(apiAddress: address) {
        case .locked(let end): return .locked(until: end)
        case .mayTry(let attempt):
            var details = ["by": "a token of the API"]
            if let end = attempt.locksUntil { details["locked_until"] = end.ISO8601Format() }
            try await AuditLog(warehouse).note(
                AuditEntry(.signInFailed, by: Doer(.nobody, from: address), details: details))
            return .refused
        }
    }

    /// Revokes a token by its name: no request with it is answered any more.
    ///
    /// - Throws: `unknown_account` where no token of the name is good.
    public func revoke(_ name: String, by doer: Doer) async throws(WarehouseError) {
        let wanted = name.harmless
        let isRevoked = try await warehouse.transaction(purpose: "tokens", doing: "revoking a token of the API") {
            session throws(PostgresError) in
            let revoked = try session.query(
                "update inflow.api_token set revoked_at = now() where name = $1 and revoked_at is null",
                [.text(wanted)])
            if revoked.affectedRows > 0 {
                try AuditLog.write(AuditEntry(.tokenRevoked, by: doer, subject: wanted), session)
            }
            return revoked.affectedRows > 0
        }
        guard isRevoked else {
            throw WarehouseError(
                .unknownAccount, subject: wanted,
                message:
                    "There is no token \"\(wanted)\" that could be revoked. Nothing was changed. \"inflow api-token list\" "
                    + "shows those there are.")
        }
    }
}
