public import Foundation
public import Inflow
internal import Postgres

/// Somebody who may enter the page; never carries the password's hash.
public struct PageUser: Sendable, Hashable {
    /// Number of the user, never given twice.
    public let id: Int64
    /// Name of the account, as it was given.
    public let name: String
    /// What the user may do.
    public let role: PageRole
    /// The connections that the role is for.
    public let scope: PageScope
    /// Names of these connections, in order; empty where the role is for all.
    public let connections: [String]
    /// When it was added.
    public let createdAt: Instant
    /// When the password was last set.
    public let passwordSetAt: Instant
    /// When it last signed in; `nil` is never.
    public let signedInAt: Instant?
    /// Since when it may not enter; `nil` where it may.
    public let disabledAt: Instant?
    /// Rises with each change that ends the user's sessions.
    let epoch: Int

    /// What the user may do, and with which connections.
    public var access: PageAccess { PageAccess(role, scope) }
    /// The user as the audit log names it.
    public var actor: PageActor { .user(id, name: name) }

    init(_ row: PostgresResult.Row) throws(PostgresError) {
        id = try row.int64("id")
        name = try row.text("name")
        role = try row.word("role", of: "inflow.page_user.role")
        scope = try PageUser.scope(row)
        connections = try row.require("connection_names") { names in
            names.string.flatMap { try? JSONDecoder().decode([String].self, from: Data($0.utf8)) }
        }
        createdAt = try row.date("created_at")
        passwordSetAt = try row.date("password_set_at")
        signedInAt = try row.optionalDate("signed_in_at")
        disabledAt = try row.optionalDate("disabled_at")
        epoch = try row.int("epoch")
    }

    /// The scope of a row with `has_all_connections` and `connections`, numbers with commas.
    static func scope(_ row: PostgresResult.Row) throws(PostgresError) -> PageScope {
        try row.bool("has_all_connections") ? .all : .only(Set(try row.int64List("connections")))
    }
}
