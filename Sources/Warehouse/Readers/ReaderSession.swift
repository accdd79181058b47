public import Inflow
internal import Postgres
internal import SQLFiles

/// A session of a person who reads: with the rows and rights of a reader, of one moment, and without a way to change
/// anything.
///
/// It logs in as ``ReaderRoles/terminalAccess(for:)`` does. It does not merely set a role, which any expression could
/// set back. All its answers are of the moment at which it was opened.
public struct ReaderSession: Sendable {
    let session: PostgresConnection
    private let reader: ReaderRoles.Reader

    /// Opens the session; close it at the end.
    ///
    /// - Throws: `not_allowed` where Inflow's role may not make roles; `unreachable`.
    public static func open(
        _ warehouse: Warehouse, as reader: ReaderRoles.Reader
    ) async throws(WarehouseError) -> ReaderSession {
        let session = try await connect(warehouse, as: reader)
        try await session.begin()
        return session
    }

    /// Opens a session that has no moment yet.
    static func connect(
        _ warehouse: Warehouse, as reader: ReaderRoles.Reader, settings: [String: String] = [:]
    ) async throws(WarehouseError) -> ReaderSession {
        let roles = ReaderRoles(warehouse)
        // Within the turn: each login has another password, and the next command would replace this one's.
        return try await roles.withTurn { turn throws(WarehouseError) in
            let access = try await roles.terminalAccess(for: reader, turn)
            return try await lifting("opening a session as a reader") { () async throws(PostgresError) in
                let session = try await PostgresConnection.connect(
                    to: warehouse.url,
                    replacing: [
                        "host": access.host, "port": String(access.port), "dbname": access.database,
                        "user": access.user, "password": access.password ?? "",
                    ],
                    applicationName: "inflow reader [\(ProcessIdentity.tag)]",
                    settings: [
                        "default_transaction_read_only": "on", "statement_timeout": "\(reader.seconds)s",
                        "lock_timeout": "30s", "client_connection_check_interval": "2s",
                        "idle_in_transaction_session_timeout": "15min", "search_path": "wfm, report",
                        // The planner is to prepare for the whole answer, not for its beginning.
                        "cursor_tuple_fraction": "1", "jit": "off",
                    ].merging(settings) { $1 })
                return ReaderSession(session: session, reader: reader)
            }
        }
    }

    /// Begins the moment that all answers are of.
    func begin() async throws(WarehouseError) {
        try await lifting("opening a session as a reader") { () async throws(PostgresError) in
            try await session.execute("begin isolation level repeatable read, read only")
        }
    }

    /// Ends the session.
    public func close() async { await session.close() }

    /// Begins to read the answer to one select, of which only a few hundred rows are in memory at a time.
    ///
    /// One cursor at a time: the next begins when this one has ended. `parameters` are `$1`, `$2` …
    /// - Throws: `statement_failed` with PostgreSQL's words where it does not take the select, `not_allowed` where a
    ///   reader may not read it, `statement_cancelled` where it takes too long.
    public func rows(_ select: String, _ parameters: [String?] = []) async throws(WarehouseError) -> ReaderCursor {
        try await declare(select, parameters)
        return try await ReaderCursor(self, try await fetch(ReaderCursor.batch))
    }

    private static let declaration = "declare answer no scroll cursor for "

    func declare(_ select: String, _ parameters: [String?] = []) async throws(WarehouseError) {
        let bound = parameters.map { $0.map { PostgresParameter.text($0) } ?? .null }
        do throws(PostgresError) {
            try await session.query(ReaderSession.declaration + select, bound)
        } catch {
            throw refusal(error)
        }
    }

    /// The tables and views that the reader may read, in the order of their names, with those of its own fields.
    ///
    /// Those of schema `inflow` are not among them: they tell of runs and not of records.
    public func relations() async throws(WarehouseError) -> [ShownRelation] {
        try await ShownRelation.all(session)
    }

    /// The table or view of a name, `schema.name`; `nil` where the reader may read none of that name.
    public func relation(_ name: String) async throws(WarehouseError) -> ShownRelation? {
        // A text with U+0000 is no parameter, and no name either.
        guard !name.utf8.contains(0) else { return nil }
        return try await ShownRelation.all(session, named: name).first { $0.fullName == name }
    }

    /// A select of a report as it was at the end of a day, as Inflow knew it then.
    ///
    /// - Throws: a refusal where the report has no such form.
    public func asOf(_ day: LocalDate, _ report: ShownRelation) async throws -> ReportQuery {
        let names = try await lifting("reading the catalogue") { () async throws(PostgresError) in
            try await session.query(Statements.asOfColumns, [.text(report.name)]).texts("name")
        }
        guard !names.isEmpty, report.schema == "report" else {
            let all = try await relations().filter { $0.schema == "report" }.map(\.name)
            var known: [String] = []
            for name in all where try await hasForm(name) { known.append(name) }
            throw ReportQuery.Refusal(
                description: "\(report.fullName) has no form as of a day. Nothing was read. These have: "
                    + "\(known.joined(separator: ", ")).")
        }
        var query = ReportQuery(report.with(columns: names))
        query.asOf = day
        return query
    }

    private func hasForm(_ name: String) async throws(WarehouseError) -> Bool {
        try await lifting("reading the catalogue") { () async throws(PostgresError) in
            try await !session.query(Statements.asOfColumns, [.text(name)]).isEmpty
        }
    }

    /// The moment that all answers are of.
    public func moment() async throws(WarehouseError) -> Instant {
        try await lifting("asking for the time") { () async throws(PostgresError) in
            try await session.query("select now() as now")[0].date("now")
        }
    }

    func fetch(_ rows: Int) async throws(WarehouseError) -> PostgresResult {
        do throws(PostgresError) {
            return try await session.query("fetch \(rows) from answer")
        } catch {
            throw refusal(error)
        }
    }

    func endCursor() async throws(WarehouseError) {
        try await lifting("ending an answer") { () async throws(PostgresError) in
            try await session.execute("close answer")
        }
    }

    /// PostgreSQL's refusal of what a person wrote, in words for that person.
    private func refusal(_ error: PostgresError) -> WarehouseError {
        var refusal = refusalInWords(error)
        refusal.position = error.position.map { $0 - ReaderSession.declaration.count }.flatMap { $0 > 0 ? $0 : nil }
        return refusal
    }

    private func refusalInWords(_ error: PostgresError) -> WarehouseError {
        let said = [error.detail, error.serverDetail, error.hint].compactMap(\.self)
            .map { $0.hasSuffix(".") ? $0 : "\($0)." }.joined(separator: " ")
        switch error.code {
        case .insufficientPrivilege:
            return WarehouseError(
                .notAllowed, subject: "a query",
                message: "PostgreSQL refuses the query: \(said) The session reads as the reader of \(reader.name), who "
                    + "sees the schemas wfm and report and can change nothing.")
        case .statementCancelled:
            return WarehouseError(
                .statementCancelled, subject: "a query",
                message: "PostgreSQL ended the query: \(said) A statement of a reader may take \(reader.seconds) s. "
                    + "Ask for fewer days or columns, or raise the connection's setting reader-seconds.")
        case .statementFailed, .undefinedObject, .duplicateObject, .constraintViolation, .uniqueViolation,
            .badParameter, .outOfOrder:
            return WarehouseError(
                .statementFailed, subject: "a query", message: "PostgreSQL does not take the query: \(said)")
        case .cannotConnect, .connectionLost, .lockTimeout, .deadlock, .serializationFailure, .cancelled,
            .copyRejected, .outOfResources, .badResult, .unknownWord, .rolledBack, .serverTooOld, .transactionPooling,
            .clusterFailed, .librariesReplaced:
            return WarehouseError(error, doing: "answering a query")
        }
    }
}

/// An answer that a reader takes in pieces, so that it may be of any length.
public struct ReaderCursor: Sendable {
    /// How many rows are fetched at a time.
    static let batch = 500

    private let session: ReaderSession
    private let batch: Int
    private let limit: ReaderLimit?
    /// The columns of the answer, in order.
    public let columns: [ReaderColumn]
    private var next: PostgresResult?

    init(
        _ session: ReaderSession, _ first: PostgresResult, columns: [ReaderColumn]? = nil, batch: Int = batch,
        limit: ReaderLimit? = nil
    ) async throws(WarehouseError) {
        (self.session, self.batch, self.limit) = (session, batch, limit)
        self.columns = columns ?? ReaderColumn.all(first)
        next = first
    }

    /// The next rows, each with a text or `nil` for null for each column; `nil` at the end, where the cursor closes.
    public mutating func rows() async throws(WarehouseError) -> [[String?]]? {
        guard let result = next else { return nil }
        guard !result.isEmpty else {
            try await end()
            return nil
        }
        if result.count < batch {
            next = nil
        } else {
            if let limit { try await session.set(limit) }
            next = try await session.fetch(batch)
        }
        if next == nil { try await session.endCursor() }
        return result.map { row in columns.indices.map { row[$0].string } }
    }

    /// Ends the answer before its end; does nothing after it.
    public mutating func end() async throws(WarehouseError) {
        guard next != nil else { return }
        next = nil
        try await session.endCursor()
    }
}
