import CLibPQ

/// One session with PostgreSQL: an actor on a thread of its own, since libpq blocks.
///
/// Every method is one uninterrupted piece of work for the actor, so statements of two tasks never mix within a
/// ``transaction(_:)`` or a ``perform(_:)``. Bulk work belongs inside one of these two: a hop to the actor costs about
/// 15 µs, a call inside it nothing. A task that is cancelled while its statement runs has the server stop it; the call
/// then throws `cancelled` and the connection stays usable.
///
/// A session is the same whatever the role, the database and the server set (``SessionSettings``), and it is the
/// server's own: a pooler that gives each transaction another one is refused (``PoolerCheck``).
///
/// ## Topics
/// - ``connect(to:replacing:applicationName:settings:)``, ``close()``, ``isAlive``
/// - ``execute(_:)``, ``query(_:_:)``, ``transaction(_:)``, ``perform(_:)``, ``shielded(_:)``, ``cancel()``
/// - ``copyIn(_:)``, ``putCopy(_:)-([UInt8])``, ``endCopy()``, ``abortCopy(reason:)``
public actor PostgresConnection {
    private let executor: PostgresExecutor
    private let canceller = PostgresCanceller()
    private var session: PostgresSession?
    var copyStatement = ""

    /// The server's version as a number: 150020 is 15.20.
    public private(set) var serverVersion = 0
    /// The process that serves this session, as `pg_stat_activity.pid` has it.
    public private(set) var backendPID: Int32 = 0

    /// The database's text encoding, such as `UTF8`.
    public private(set) var serverEncoding = ""

    /// The host the server was reached at as the connection string names it, or the folder of its socket.
    public private(set) var serverHost = ""
    /// The port, or the number in the socket's name.
    public private(set) var serverPort = 5432

    /// The connection's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private init(label: String) {
        executor = PostgresExecutor(label: label)
    }

    // MARK: life

    /// Opens a session with a server of version 15 or later.
    ///
    /// - Parameters:
    ///   - url: a libpq URL or `key=value` pairs; `connect_timeout` is 10 seconds and keepalives are on unless it says
    ///     otherwise.
    ///   - login: values of libpq in place of those of the URL, such as another `user` and its `password`.
    ///   - applicationName: what `pg_stat_activity` shows.
    ///   - settings: run-time settings of the session, such as `lock_timeout`.
    /// - Returns: the open session.
    /// - Throws: `cannot_connect`, `server_too_old`, `transaction_pooling`, `cancelled`, or what a setting is refused
    ///   with.
    public static func connect(
        to url: String, replacing login: [String: String] = [:], applicationName: String,
        settings: [String: String] = [:]
    ) async throws(PostgresError) -> PostgresConnection {
        let connection = PostgresConnection(label: "postgres.\(applicationName)")
        try await connection.open(try ConnectionString(url).replacing(login), applicationName, settings)
        return connection
    }

    private func open(
        _ string: ConnectionString, _ applicationName: String, _ settings: [String: String]
    ) throws(PostgresError) {
        var string = string
        string.complete(applicationName: applicationName)
        let session = try PostgresSession(string, canceller: canceller)
        serverVersion = Int(PQserverVersion(session.connection))
        backendPID = PQbackendPID(session.connection)
        try ServerVersion(number: serverVersion).check()
        serverHost = PQhost(session.connection).map { String(cString: $0) } ?? ""
        serverPort = PQport(session.connection).flatMap { Int(String(cString: $0)) } ?? 5432
        serverEncoding = session.serverEncoding
        try PoolerCheck(session, string).run()
        self.session = session
        try SessionSettings(given: settings, serverVersion: serverVersion).set(on: self)
    }

    /// Ends the session; a second call does nothing, and so does the end of the last reference to the connection.
    public func close() {
        session = nil
    }

    /// Whether the session still stands, as far as this side has heard.
    public var isAlive: Bool {
        guard let session, !session.isLost else { return false }
        // Twice: the first takes in the server's farewell, the second finds the end of the stream.
        for _ in 0..<2 where !session.isCopying && PQconsumeInput(session.connection) == 0 { return false }
        return !session.isLost
    }

    /// Asks the server to stop the statement that runs, from any thread; it then throws `cancelled`.
    ///
    /// Does nothing where no statement runs. The request may reach the server when the statement meant has just ended
    /// and the next has begun; cancelling the task instead has no such gap.
    public nonisolated func cancel() {
        canceller.cancel()
    }

    func openSession(_ statement: String? = nil) throws(PostgresError) -> PostgresSession {
        guard let session else {
            throw PostgresError(.connectionLost, detail: "The connection was closed.", statement: statement)
        }
        return session
    }

    // MARK: statements

    /// Runs one statement or several without parameters; several without `begin` are one transaction.
    ///
    /// - Throws: the first statement's error that fails; the ones after it are not run.
    public func execute(_ sql: String) throws(PostgresError) {
        let session = try openSession(sql)
        try session.beginStatement(sql)
        guard PQsendQuery(session.connection, sql) == 1 else { throw session.lost(sql) }
        try session.finish(sql)
    }

    /// Runs one statement with `$1`, `$2`, … bound to the parameters.
    @discardableResult
    public func query(
        _ sql: String, _ parameters: [PostgresParameter] = []
    ) throws(PostgresError) -> PostgresResult {
        let session = try openSession(sql)
        try session.beginStatement(sql)
        try send(sql, parameters, on: session)
        return try session.finish(sql)
    }

    private func send(
        _ sql: String, _ parameters: [PostgresParameter], on session: PostgresSession
    ) throws(PostgresError) {
        guard parameters.count <= 65_535 else {
            throw PostgresError(.badParameter, detail: "A statement takes at most 65,535 parameters.")
        }
        var bound: [BoundParameter] = []
        for parameter in parameters { bound.append(try parameter.bound()) }
        // One buffer for all values, so that the pointers into it stay good while it is lent.
        var storage: [UInt8] = []
        var starts: [Int?] = []
        for parameter in bound {
            starts.append(parameter.bytes == nil ? nil : storage.count)
            storage.append(contentsOf: parameter.bytes ?? [])
        }
        storage.append(0)
        let sent = storage.withUnsafeBytes { storage in
            let values = starts.map { start in
                start.flatMap { storage.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            }
            return PQsendQueryParams(
                session.connection, sql, Int32(bound.count), bound.map(\.typeID), values,
                bound.map { Int32($0.bytes?.count ?? 0) }, bound.map { $0.isBinary ? 1 : 0 }, 0)
        }
        guard sent == 1 else { throw session.lost(sql) }
    }

    // MARK: pieces of work

    /// Runs several calls in one visit to the actor: no other task's statement comes between them.
    public func perform<T: Sendable, E: Error>(
        _ body: @Sendable (isolated PostgresConnection) throws(E) -> T
    ) throws(E) -> T {
        try body(self)
    }

    /// Runs work whose statements are not stopped when the task is cancelled, such as noting that it was.
    public func shielded<T: Sendable, E: Error>(
        _ body: @Sendable (isolated PostgresConnection) throws(E) -> T
    ) throws(E) -> T {
        session?.shields += 1
        defer { session?.shields -= 1 }
        return try body(self)
    }

    /// Runs work as one transaction: commits when it returns, rolls back when it throws.
    ///
    /// Within a transaction it is a savepoint: what throws is undone and the outer transaction goes on.
    /// - Throws: what the body throws, or `rolled_back` if the body hid a statement's failure and returned, or the
    ///   error of the commit. After `connection_lost` during a commit it is unknown whether it took place.
    public func transaction<T: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        try transaction(lifting: { $0 }, body)
    }

    /// Runs work that throws an error of another kind as one transaction; `lift` turns the transaction's own errors
    /// into that kind.
    public func transaction<T: Sendable, E: Error>(
        lifting lift: @Sendable (PostgresError) -> E,
        _ body: @Sendable (isolated PostgresConnection) throws(E) -> T
    ) throws(E) -> T {
        let words: Transaction
        do throws(PostgresError) {
            words = PQtransactionStatus(try openSession().connection) == PQTRANS_IDLE ? .outermost : .savepoint
            try execute(words.begin)
        } catch { throw lift(error) }
        let value: T
        do {
            value = try body(self)
        } catch {
            rollBack(words)
            throw error
        }
        do throws(PostgresError) {
            try commit(words)
        } catch {
            rollBack(words)
            throw lift(error)
        }
        return value
    }

    private func commit(_ words: Transaction) throws(PostgresError) {
        guard try query(words.commit).commandTag != "ROLLBACK" else {
            throw PostgresError(.rolledBack, detail: "A statement within the transaction had failed.")
        }
    }

    private func rollBack(_ words: Transaction) {
        guard let session, PQtransactionStatus(session.connection) != PQTRANS_IDLE else { return }
        abortCopy(reason: "the transaction is rolled back")
        session.shields += 1
        defer { session.shields -= 1 }
        // If this fails the session is lost, and its transaction with it.
        try? execute(words.rollBack)
    }
}

/// The words that begin and end a transaction or, inside one, a savepoint.
private struct Transaction {
    let begin: String
    let commit: String
    let rollBack: String

    static let outermost = Transaction(begin: "begin", commit: "commit", rollBack: "rollback")
    static let savepoint = Transaction(
        begin: "savepoint inner_work", commit: "release savepoint inner_work",
        rollBack: "rollback to savepoint inner_work; release savepoint inner_work")
}

extension PostgresConnection {
    /// Quotes a name for use in SQL, where parameters cannot stand: `order` becomes `"order"`.
    public static func quoted(_ name: String) -> String {
        "\"\(name.replacing("\0", with: "").replacing("\"", with: "\"\""))\""
    }

    /// A text as a constant, for statements that take no parameters, such as `comment on`.
    public static func literal(_ text: String) -> String {
        let plain = text.replacing("\0", with: "").replacing("'", with: "''")
        return plain.contains("\\") ? "E'\(plain.replacing("\\", with: "\\\\"))'" : "'\(plain)'"
    }
}

extension PostgresConnection {
    /// Makes what PostgreSQL keeps in place of a role's password (a SCRAM-SHA-256 verifier, RFC 7677), for use in
    /// `create role … password`: the password itself is then neither sent nor written to the server's log.
    ///
    /// Asks the server nothing. The verifier is of letters, digits and `$ : + / = -` only.
    /// - Throws: `bad_parameter` where libpq cannot encrypt it; `connection_lost` on a closed connection.
    public func encrypted(_ password: String, for role: String) throws(PostgresError) -> String {
        let session = try openSession()
        guard let verifier = PQencryptPasswordConn(session.connection, password, role, "scram-sha-256") else {
            throw PostgresError(.badParameter, detail: session.libraryMessage)
        }
        defer { PQfreemem(verifier) }
        return String(cString: verifier)
    }
}
