public import Inflow
internal import Postgres
internal import SQLFiles

/// Keeps who may enter the page, with which role for which connections; passwords are kept as scrypt hashes.
///
/// - Names are found without regard to case.
/// - Each change that takes something away (another password or role, disabling, removing) ends all sessions of the
///   user in the same statement: their epoch rises.
/// - An admin of all connections who may enter is always there once there is a user: a change that would leave none is
///   refused, since nobody could administer the page then.
/// - Each change writes its entry of the audit log in its own transaction.
public struct UserStore: Sendable {
    let warehouse: Warehouse
    let hashing: PasswordHashing

    /// The users of a warehouse; `hashing` is another than the process's in tests only.
    public init(_ warehouse: Warehouse, hashing: PasswordHashing = .standard) {
        self.warehouse = warehouse
        self.hashing = hashing
    }

    // MARK: reading

    /// All users by name, those that are disabled included.
    public func list() async throws(WarehouseError) -> [PageUser] {
        try await warehouse.query(Statements.pageUsers, [.null], purpose: "users", doing: "reading the users") {
            row throws(PostgresError) in try PageUser(row)
        }
    }

    /// Whether there is any user, disabled or not: then no one-time link is good.
    public func isAnyThere() async throws(WarehouseError) -> Bool {
        try await warehouse.query(
            "select exists (select from inflow.page_user) as is_there", purpose: "users", doing: "reading the users"
        ) { row throws(PostgresError) in try row.bool("is_there") }[0]
    }

    /// The user of a name, without regard to case.
    ///
    /// - Throws: `unknown_account`.
    public func find(_ name: String) async throws(WarehouseError) -> PageUser {
        try await warehouse.withSession("users") { session throws(WarehouseError) in
            try await session.perform { session throws(WarehouseError) in try UserStore.find(name, session) }
        }
    }

    static func find(_ name: String, _ session: isolated PostgresConnection) throws(WarehouseError) -> PageUser {
        let found = try lifting("reading the users") { () throws(PostgresError) -> PageUser? in
            // A text with characters that no name holds is the name of nobody.
            guard !name.holdsControlCharacters else { return nil }
            return try session.query(Statements.pageUsers, [.text(PageName.folded(name))])
                .read { row throws(PostgresError) in try PageUser(row) }.first
        }
        guard let found else {
            throw WarehouseError(
                .unknownAccount, subject: name,
                message:
                    "There is no user \"\(name.harmless)\". Nothing was changed. \"inflow user list\" shows who is there."
            )
        }
        return found
    }

    // MARK: changing

    /// Adds a user.
    ///
    /// - Throws: `account_exists`; `last_admin` where it would be the first user and no admin of all connections.
    @discardableResult
    public func add(
        _ name: PageName, _ role: PageRole, for scope: PageScope, password: NewPassword, by doer: Doer
    ) async throws(WarehouseError) -> PageUser {
        let hash = try await hashing.text(of: password)
        return try await changing("adding a user") { session throws(WarehouseError) in
            do throws(PostgresError) {
                let id = try session.query(
                    """
                    insert into inflow.page_user (name, folded_name, password_hash, role, has_all_connections)
                    values ($1, $2, $3, $4, $5) returning id
                    """,
                    [
                        .text(name.text), .text(name.folded), .text(hash), .text(role.rawValue),
                        .bool(scope == .all),
                    ])[0].int64("id")
                try UserStore.write(scope, of: id, session)
            } catch {
                guard error.code == .uniqueViolation else { throw WarehouseError(error, doing: "adding a user") }
                throw WarehouseError(
                    .accountExists, subject: name.text,
                    message:
                        "There is a user \"\(name)\" already. Nothing was changed. Choose another name, or set a new "
                        + "password: \"inflow user password \(name.text.shellWord)\".")
            }
            let user = try UserStore.find(name.text, session)
            try UserStore.note(.userAdded, user, by: doer, session)
            return user
        }
    }

    /// Gives a user another role, or the same for other connections.
    ///
    /// - Throws: `unknown_account`, `last_admin`.
    @discardableResult
    public func setRole(
        _ role: PageRole, for scope: PageScope, of name: String, by doer: Doer
    ) async throws(WarehouseError) -> PageUser {
        try await change(name, .userRoleChanged, by: doer) { user, session throws(PostgresError) in
            try session.query(
                "update inflow.page_user set role = $2, has_all_connections = $3, epoch = epoch + 1 where id = $1",
                [.int64(user.id), .text(role.rawValue), .bool(scope == .all)])
            try session.query("delete from inflow.page_user_connection where user_id = $1", [.int64(user.id)])
            try UserStore.write(scope, of: user.id, session)
        }
    }

    /// Sets another password, and forgets how often signing in has failed.
    ///
    /// - Throws: `unknown_account`.
    @discardableResult
    public func setPassword(
        _ password: NewPassword, of name: String, by doer: Doer
    ) async throws(WarehouseError) -> PageUser {
        let hash = try await hashing.text(of: password)
        return try await change(name, .userPasswordChanged, by: doer) { user, session throws(PostgresError) in
            try session.query(
                """
                update inflow.page_user set password_hash = $2, password_set_at = now(), epoch = epoch + 1
                where id = $1
                """, [.int64(user.id), .text(hash)])
            try SignInLimit.forget(account: PageName.folded(user.name), session)
        }
    }

    /// Keeps a user out until it is enabled again.
    ///
    /// - Throws: `unknown_account`, `last_admin`.
    @discardableResult
    public func disable(_ name: String, by doer: Doer) async throws(WarehouseError) -> PageUser {
        try await change(name, .userDisabled, by: doer) { user, session throws(PostgresError) in
            try session.query(
                "update inflow.page_user set disabled_at = coalesce(disabled_at, now()), epoch = epoch + 1 where id = $1",
                [.int64(user.id)])
        }
    }

    /// Lets a user enter again, also one who was locked out by failed sign-ins.
    ///
    /// - Throws: `unknown_account`.
    @discardableResult
    public func enable(_ name: String, by doer: Doer) async throws(WarehouseError) -> PageUser {
        try await change(name, .userEnabled, by: doer) { user, session throws(PostgresError) in
            try session.query("update inflow.page_user set disabled_at = null where id = $1", [.int64(user.id)])
            try SignInLimit.forget(account: PageName.folded(user.name), session)
        }
    }

    /// Removes a user; what the audit log says of it stays.
    ///
    /// - Throws: `unknown_account`, `last_admin`.
    public func remove(_ name: String, by doer: Doer) async throws(WarehouseError) {
        try await changing("removing a user") { session throws(WarehouseError) in
            let user = try UserStore.find(name, session)
            try lifting("removing a user") { () throws(PostgresError) in
                try session.query("delete from inflow.page_user where id = $1", [.int64(user.id)])
            }
            try UserStore.note(.userRemoved, user, by: doer, session)
        }
    }

    // MARK: steps

    /// Changes a user and ends its sessions, unless the change lets it enter.
    private func change(
        _ name: String, _ action: AuditAction, by doer: Doer,
        _ body: @escaping @Sendable (PageUser, isolated PostgresConnection) throws(PostgresError) -> Void
    ) async throws(WarehouseError) -> PageUser {
        try await changing("changing a user") { session throws(WarehouseError) in
            let before = try UserStore.find(name, session)
            try lifting("changing a user") { () throws(PostgresError) in
                try body(before, session)
                // The epoch has ended them already; nothing needs their rows.
                try session.query(
                    "delete from inflow.page_session s using inflow.page_user u where u.id = $1 and s.user_id = u.id "
                        + "and s.epoch < u.epoch", [.int64(before.id)])
            }
            let user = try UserStore.find(before.name, session)
            try UserStore.note(action, user, by: doer, session)
            return user
        }
    }

    /// Runs a change as one transaction beside no other change of users, and refuses it where no admin would be left.
    @discardableResult
    private func changing<T: Sendable>(
        _ doing: String, _ body: @escaping @Sendable (isolated PostgresConnection) throws(WarehouseError) -> T
    ) async throws(WarehouseError) -> T {
        try await warehouse.withSession("users") { session throws(WarehouseError) in
            try await session.transaction(lifting: { WarehouseError($0, doing: doing) }) {
                session throws(WarehouseError) in
                try lifting(doing) { () throws(PostgresError) in
                    try session.execute("lock table inflow.page_user in share row exclusive mode")
                }
                let value = try body(session)
                let isAdministered = try lifting(doing) { () throws(PostgresError) in
                    try session.query(
                        """
                        select exists (
                            select from inflow.page_user where role = $1 and has_all_connections and disabled_at is null
                        ) as is_administered
                        """, [.text(PageRole.admin.rawValue)])[0].bool("is_administered")
                }
                guard isAdministered else { throw UserStore.nobodyLeft }
                return value
            }
        }
    }

    private static let nobodyLeft = WarehouseError(
        .lastAdmin, subject: "users",
        message:
            "There would be no admin of all connections who may enter, so nobody could administer the page. Nothing was "
            + "changed. Add another admin first: \"inflow user add NAME --role admin\".")

    private static func write(
        _ scope: PageScope, of user: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        guard case .only(let connections) = scope else { return }
        try session.query(
            "insert into inflow.page_user_connection (user_id, connection_id) select $1, unnest($2::bigint[])",
            [.int64(user), .int64Array(connections.sorted())])
    }

    private static func note(
        _ action: AuditAction, _ user: PageUser, by doer: Doer, _ session: isolated PostgresConnection
    ) throws(WarehouseError) {
        let connections = user.scope == .all ? "all" : user.connections.joined(separator: ", ")
        let entry = AuditEntry(
            action, by: doer, subject: user.name, details: ["role": user.role.rawValue, "connections": connections])
        try lifting("noting what was done") { () throws(PostgresError) in try AuditLog.write(entry, session) }
    }
}
