/// Says what went wrong between us and PostgreSQL, to which statement, and in the server's own words.
///
/// Branch on ``code`` (or on ``sqlState`` for finer distinctions), never on text and never on the name of a constraint.
/// `description` is fit for a log that others read: it holds no values. The server's words, which may quote a value,
/// and the statement are in `debugDescription` only. Parameters and passwords are never kept.
public struct PostgresError: Error, Sendable, Equatable {
    /// What kind of failure this is; the raw value is stable and may be stored.
    public enum Code: String, Sendable, Equatable, CaseIterable {
        /// The connection string cannot be read, the server cannot be reached, or it refused us.
        case cannotConnect = "cannot_connect"
        /// The session ended: the server stopped, a person ended it, the network broke, or we closed it.
        case connectionLost = "connection_lost"
        /// The server refused the statement for a reason that has no code of its own; see ``PostgresError/sqlState``.
        case statementFailed = "statement_failed"
        /// COPY met a line the table does not take (SQLSTATE class 22, 23 or 54); see ``PostgresError/copyLine``.
        case copyRejected = "copy_rejected"
        /// Our task was cancelled, or ``PostgresConnection/cancel()`` was called, and the statement with it.
        case cancelled
        /// A person or a time limit of the server cancelled a statement of ours (57014); it may be tried again.
        case statementCancelled = "statement_cancelled"
        /// A lock was not to be had within `lock_timeout`, or at once with `nowait` (55P03).
        case lockTimeout = "lock_timeout"
        /// The server broke a deadlock by ending this transaction (40P01); it may be tried again.
        case deadlock
        /// The transaction could not be serialized (40001); it may be tried again.
        case serializationFailure = "serialization_failure"
        /// A row with this key is there already (23505).
        case uniqueViolation = "unique_violation"
        /// Another integrity constraint was broken (the rest of class 23).
        case constraintViolation = "constraint_violation"
        /// The role may not do this (42501).
        case insufficientPrivilege = "insufficient_privilege"
        /// A table, column, function, schema or database named in the statement does not exist.
        case undefinedObject = "undefined_object"
        /// What the statement wants to create is there already.
        case duplicateObject = "duplicate_object"
        /// The server has no disk, memory or connections left (class 53).
        case outOfResources = "out_of_resources"
        /// The server lacks a file of its own (58P01), as when its package was upgraded while it runs.
        case librariesReplaced = "libraries_replaced"
        /// A parameter or a statement cannot be sent: it holds U+0000, or a date PostgreSQL cannot hold.
        case badParameter = "bad_parameter"
        /// The answer does not hold what was asked of it: no such column, a null, or text of another type.
        case badResult = "bad_result"
        /// A column holds a word that is none of the words it may hold.
        case unknownWord = "unknown_word"
        /// The call does not fit what the connection is doing, such as a query in the middle of a COPY.
        case outOfOrder = "out_of_order"
        /// A transaction was committed whose statements had failed, so the server rolled it back.
        case rolledBack = "rolled_back"
        /// The server is older than PostgreSQL 15.
        case serverTooOld = "server_too_old"
        /// A connection pooler stands before the server and gives each transaction a session of its own.
        case transactionPooling = "transaction_pooling"
        /// The private server cannot be made, started or stopped.
        case clusterFailed = "cluster_failed"
    }

    /// What kind of failure this is.
    public let code: Code
    /// The five-character SQLSTATE, where the server gave one.
    public let sqlState: String?
    /// What happened in words; fixed for each code, without values, fit to be shown to a person.
    public var message: String { code.message }
    /// The server's or the library's own primary message; may quote values.
    public let detail: String?
    /// The server's second sentence, such as `Key (id)=(7) already exists.`; may quote values.
    public let serverDetail: String?
    /// What the server or we advise.
    public let hint: String?
    /// Where it happened in the server's words, such as `COPY client, line 3, column amount: "x"`; may quote values.
    public let context: String?
    /// The SQL, without parameters.
    public let statement: String?
    /// The column the server named, where it named one.
    public let column: String?
    /// Where in the statement it is wrong, in characters from 1, where the server says so.
    public let position: Int?

    init(
        _ code: Code, sqlState: String? = nil, detail: String? = nil, serverDetail: String? = nil,
        hint: String? = nil, context: String? = nil, statement: String? = nil, column: String? = nil,
        position: Int? = nil
    ) {
        self.code = code
        self.sqlState = sqlState
        self.detail = detail
        self.serverDetail = serverDetail
        self.hint = hint
        self.context = context
        self.statement = statement
        self.column = column ?? context.flatMap { CopyContext($0)?.column }
        self.position = position
    }

    /// Whether the same may succeed in a moment: the server is out of reach, starts or stops, or another session ended
    /// the session or statement.
    ///
    /// False where the server answered and refused us (a password, a database that is not there), and for a connection
    /// string that cannot be read.
    public var mayPass: Bool {
        switch code {
        case .connectionLost, .statementCancelled, .librariesReplaced: true
        case .cannotConnect: isServerAway
        case .statementFailed, .copyRejected, .cancelled, .lockTimeout, .deadlock, .serializationFailure,
            .uniqueViolation, .constraintViolation, .insufficientPrivilege, .undefinedObject, .duplicateObject,
            .outOfResources, .badParameter, .badResult, .unknownWord, .outOfOrder, .rolledBack, .serverTooOld,
            .transactionPooling, .clusterFailed:
            false
        }
    }

    /// Whether nobody answered, or a server that starts, stops, lacks its files since it was upgraded, or has no session
    /// free at the moment.
    private var isServerAway: Bool {
        guard let sqlState else { return hint == nil }
        return ["08", "53", "57", "58"].contains(sqlState.prefix(2))
    }

    /// The line of the COPY input the server complained of, counted from 1 at ``PostgresConnection/copyIn(_:)``.
    ///
    /// Nil where the error has no line: a foreign key is checked only when all lines are in.
    public var copyLine: Int? { context.flatMap { CopyContext($0)?.line } }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The message, the code and the SQLSTATE; never a value, never the statement.
    public var description: String {
        var text = "\(message) (\(code.rawValue)"
        if let sqlState { text += ", SQLSTATE \(sqlState)" }
        if let copyLine { text += ", line \(copyLine)" }
        return text + ")"
    }

    /// All there is to know but parameters and passwords; may hold values.
    public var debugDescription: String {
        let parts: [(String, String?)] = [
            ("detail", detail), ("server detail", serverDetail), ("hint", hint), ("context", context),
            ("statement", statement),
        ]
        return parts.reduce(description) { text, part in
            part.1.map { "\(text)\n  \(part.0): \($0)" } ?? text
        }
    }
}
