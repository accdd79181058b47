internal import Inflow
internal import Postgres

// How the rest of the warehouse talks to PostgreSQL. Each method opens a session, does one thing on it and closes it; a
// session's own work is for the loader and others that keep one (`session(keeping:)`).
//
//     query          one statement, one answer
//     perform        several statements without another task's statement between them; each commits for itself
//     transaction    several statements that take effect together or not at all
//
// `doing` says in an error what Inflow was about ("reading the runs"). `purpose` is what `pg_stat_activity` shows of
// the session after "inflow"; every role of the server can see that, so it names no connection.

extension Warehouse {
    /// Runs one statement on a session of its own.
    func query(
        _ sql: String, _ parameters: [PostgresParameter] = [], purpose: String = "query", doing: String
    ) async throws(WarehouseError) -> PostgresResult {
        try await withSession(purpose) { session throws(WarehouseError) in
            try await lifting(doing) { () async throws(PostgresError) in try await session.query(sql, parameters) }
        }
    }

    /// Runs one statement whose `$1` is the connection on a session of its own; `further` are `$2` and what follows.
    func query(
        _ sql: String, of connection: Connection, _ further: [PostgresParameter] = [], purpose: String = "query",
        doing: String
    ) async throws(WarehouseError) -> PostgresResult {
        try await query(sql, [.int64(connection.id)] + further, purpose: purpose, doing: doing)
    }

    /// Runs one statement whose `$1` is the connection, and reads each row of its answer as a value.
    func query<T: Sendable>(
        _ sql: String, of connection: Connection, _ further: [PostgresParameter] = [], purpose: String = "query",
        doing: String, read: @Sendable (PostgresResult.Row) throws(PostgresError) -> T
    ) async throws(WarehouseError) -> [T] {
        try await query(sql, [.int64(connection.id)] + further, purpose: purpose, doing: doing, read: read)
    }

    /// Runs one statement on a session of its own and reads each row of its answer as a value.
    func query<T: Sendable>(
        _ sql: String, _ parameters: [PostgresParameter] = [], purpose: String = "query", doing: String,
        read: @Sendable (PostgresResult.Row) throws(PostgresError) -> T
    ) async throws(WarehouseError) -> [T] {
        let rows = try await query(sql, parameters, purpose: purpose, doing: doing)
        return try lifting(doing) { () throws(PostgresError) in try rows.read(read) }
    }

    /// Runs statements one after the other on a session of their own; each commits for itself.
    func perform<T: Sendable>(
        purpose: String = "query", doing: String,
        _ body: @Sendable @escaping (isolated PostgresConnection) throws(PostgresError) -> T
    ) async throws(WarehouseError) -> T {
        try await withSession(purpose) { session throws(WarehouseError) in
            try await lifting(doing) { () async throws(PostgresError) in try await session.perform(body) }
        }
    }

    /// Runs statements as one transaction on a session of their own: all of them take effect when `body` returns, none
    /// when it throws.
    @discardableResult
    func transaction<T: Sendable>(
        purpose: String = "transaction", doing: String,
        _ body: @Sendable @escaping (isolated PostgresConnection) throws(PostgresError) -> T
    ) async throws(WarehouseError) -> T {
        try await withSession(purpose) { session throws(WarehouseError) in
            try await lifting(doing) { () async throws(PostgresError) in try await session.transaction(body) }
        }
    }

    /// Returns a session that the caller keeps: the one it has, while the server still holds it, else a new one.
    ///
    /// What belonged to a lost session (temporary tables, locks, prepared statements) is gone; the caller compares.
    /// - Throws: `unreachable`.
    func session(
        keeping kept: PostgresConnection?, _ purpose: String, settings: [String: String] = [:]
    ) async throws(WarehouseError) -> PostgresConnection {
        if let kept, await kept.isAlive { return kept }
        return try await session(purpose, settings: settings)
    }
}

/// Runs work and turns PostgreSQL's error into the warehouse's; `subject` says what Inflow was about.
@discardableResult
func lifting<T>(
    _ subject: String, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws(PostgresError) -> T
) async throws(WarehouseError) -> T {
    do throws(PostgresError) {
        return try await body()
    } catch {
        throw WarehouseError(error, doing: subject)
    }
}

/// Runs work on the session's own thread and turns PostgreSQL's error into the warehouse's.
@discardableResult
func lifting<T>(_ subject: String, _ body: () throws(PostgresError) -> T) throws(WarehouseError) -> T {
    do throws(PostgresError) {
        return try body()
    } catch {
        throw WarehouseError(error, doing: subject)
    }
}

/// An SQL identifier in quotes; `schema.table` is quoted part by part.
func quoted(_ name: String) -> String {
    name.split(separator: ".").map { PostgresConnection.quoted(String($0)) }.joined(separator: ".")
}

extension EntityDefinition {
    /// The key of a row as SQL text, its columns joined by `/`: as the tables of schema `inflow` name records.
    ///
    /// This spelling is stored in every such table, so it has one definition. `row` is the row's alias; `nil` where the
    /// statement has none.
    func keyText(_ row: String? = "t") -> String {
        let columns = key.map { (row.map { $0 + "." } ?? "") + quoted($0) }
        // A key of one column is text already: as itself PostgreSQL finds it by the table's primary key.
        if columns.count == 1, keyIsText { return columns[0] }
        return "concat_ws('/', \(columns.joined(separator: ", ")))"
    }

    /// Whether each column of the key is text in PostgreSQL.
    private var keyIsText: Bool {
        key.allSatisfy { name in columns.first { $0.name == name }.map { $0.kind.types == ["text"] } ?? false }
    }
}

/// A way of joining tables that PostgreSQL's planner can be kept from.
enum JoinMethod: String, Sendable {
    case nestedLoop = "enable_nestloop"
    case hash = "enable_hashjoin"
    case merge = "enable_mergejoin"
}

extension PostgresConnection {
    /// Runs statements of a transaction while the planner is kept from some ways of joining.
    ///
    /// Staged tables were never analyzed, so the planner believes that they hold a row or two and picks a nested loop,
    /// which takes hours where they hold a hundred thousand. Where a statement throws, the transaction's rollback
    /// gives the planner its choice back.
    @discardableResult
    func withPlanner<T>(
        off methods: JoinMethod..., run body: () throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        func set(_ value: String) throws(PostgresError) {
            try execute(methods.map { "set local \($0.rawValue) = \(value)" }.joined(separator: "; "))
        }
        try set("off")
        let value = try body()
        try set("on")
        return value
    }
}
