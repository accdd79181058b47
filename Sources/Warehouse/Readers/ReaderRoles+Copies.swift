internal import Foundation
internal import Inflow
internal import Postgres

/// Readers of a restored copy, whose roles may be on another server.
extension ReaderRoles {
    /// Forgets the readers that a copy brought and whose roles are not here, and names them.
    ///
    /// A role that is here under this database's own name stays as it is, with its password. One that only the terminal
    /// used is forgotten without a word: the next `inflow psql` makes it.
    /// - Returns: the connections whose readers are to be made again; `nil` stands for the reader of all.
    func forgetLost() async throws(WarehouseError) -> [Int64?] {
        try await withTurn { session throws(WarehouseError) in
            let noted = try await lifting("reading the readers of the copy") { () async throws(PostgresError) in
                try await session.query(
                    """
                    select r.role_name, r.connection_id, r.password_set_at > 'epoch' as has_password,
                        current_database() as database, o.oid is not null as exists
                    from inflow.reader r
                    left join pg_roles o on o.rolname = r.role_name
                    order by r.connection_id
                    """
                ).read { row throws(PostgresError) in
                    Noted(
                        name: try row.text("role_name"), connection: try row.optionalInt64("connection_id"),
                        hasPassword: try row.bool("has_password"), database: try row.text("database"),
                        exists: try row.bool("exists"))
                }
            }
            var lost: [Int64?] = []
            for one in noted {
                let own = ReaderRoles.roleName(database: one.database, connection: one.connection)
                if one.exists, one.name == own { continue }
                try await lifting("forgetting role \(one.name)") { () async throws(PostgresError) in
                    try await session.query("delete from inflow.reader where role_name = $1", [.text(one.name)])
                }
                if one.hasPassword { lost.append(one.connection) }
            }
            try await ReaderRoles.refresh(session)
            return lost
        }
    }

    private struct Noted: Sendable {
        let name: String
        let connection: Int64?
        let hasPassword: Bool
        let database: String
        let exists: Bool
    }
}
