import CLibPQ
import Foundation

/// One libpq connection in non-blocking mode, used by one thread at a time: the actor's.
///
/// Non-blocking, because a thread that sleeps in `poll` for a twentieth of a second at a time can see that its task was
/// cancelled and ask the server to stop, without a second thread that might hit the next statement instead.
final class PostgresSession {
    /// How long one sleep lasts, in milliseconds; a cancelled task is seen no later.
    private static let nap: Int32 = 50

    let connection: OpaquePointer
    let canceller: PostgresCanceller
    private var askedToCancel = false
    /// When waiting for an answer ends in an error; nil waits for ever.
    var deadline: ContinuousClock.Instant?
    /// Above zero, the task's cancellation is left alone.
    var shields = 0
    var isCopying = false

    init(_ string: ConnectionString, canceller: PostgresCanceller) throws(PostgresError) {
        let keywords = Array(string.values.keys)
        let values = keywords.map { string.values[$0] ?? "" }
        let started = withCStrings(keywords.map(Optional.some)) { keywords in
            withCStrings(values.map(Optional.some)) { values in PQconnectStartParams(keywords, values, 0) }
        }
        guard let started else { throw PostgresError(.cannotConnect, detail: "Out of memory.") }
        connection = started
        self.canceller = canceller
        // Notices are dropped; without a receiver libpq would print them.
        PQsetNoticeReceiver(started, { _, _ in }, nil)
        try finishConnecting(string)
        PQsetnonblocking(started, 1)
        canceller.adopt(started)
    }

    /// The server's text encoding as it said when the session began, such as `UTF8`.
    var serverEncoding: String {
        PQparameterStatus(connection, "server_encoding").map { String(cString: $0) } ?? ""
    }

    /// Runs one statement without parameters.
    @discardableResult
    func query(_ statement: String) throws(PostgresError) -> PostgresResult {
        try beginStatement(statement)
        guard PQsendQuery(connection, statement) == 1 else { throw lost(statement) }
        return try finish(statement)
    }

    deinit {
        canceller.forget()
        PQfinish(connection)
    }

    private func finishConnecting(_ string: ConnectionString) throws(PostgresError) {
        // So that a refusal has its SQLSTATE: words may be in any language.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        defer { PQsetErrorVerbosity(connection, PQERRORS_DEFAULT) }
        let deadline = string.timeout == 0 ? nil : ContinuousClock.now + .seconds(string.timeout)
        var state = PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED else {
                let refusal = ConnectionRefusal(libraryMessage)
                throw PostgresError(
                    .cannotConnect, sqlState: refusal.sqlState, detail: string.redact(refusal.message))
            }
            guard try waitBriefly(forWriting: state == PGRES_POLLING_WRITING) || !Task.isCancelled else {
                throw PostgresError(.cancelled, detail: "The task was cancelled while connecting.")
            }
            if let deadline, ContinuousClock.now > deadline {
                throw PostgresError(
                    .cannotConnect, detail: "No answer within \(string.timeout) seconds (connect_timeout).")
            }
            state = PQconnectPoll(connection)
        }
    }

    // MARK: waiting

    /// libpq's words about the last failure.
    var libraryMessage: String { trimmed(String(cString: PQerrorMessage(connection))) }

    var isLost: Bool { PQstatus(connection) == CONNECTION_BAD }

    func lost(_ statement: String?) -> PostgresError {
        PostgresError(.connectionLost, detail: libraryMessage, statement: statement)
    }

    /// Sleeps until the socket is ready or a nap is over; says whether it is ready.
    private func waitBriefly(forWriting: Bool) throws(PostgresError) -> Bool {
        let socket = PQsocket(connection)
        guard socket >= 0 else { throw lost(nil) }
        var entry = pollfd(fd: socket, events: Int16(forWriting ? POLLIN | POLLOUT : POLLIN), revents: 0)
        return poll(&entry, 1, Self.nap) > 0
    }

    private func wait(forWriting: Bool) throws(PostgresError) {
        repeat {
            if let deadline, ContinuousClock.now > deadline {
                throw PostgresError(.cannotConnect, detail: "No answer within the time allowed (connect_timeout).")
            }
            if Task.isCancelled, shields == 0, !askedToCancel {
                askedToCancel = true
                canceller.cancel()
            }
        } while try !waitBriefly(forWriting: forWriting)
    }

    /// Throws if nothing can be sent now: the session is lost, a COPY is open, or the task is cancelled already.
    func beginStatement(_ statement: String) throws(PostgresError) {
        guard !isLost else { throw lost(statement) }
        guard !isCopying, PQtransactionStatus(connection) != PQTRANS_ACTIVE else {
            throw PostgresError(
                .outOfOrder, detail: "Another statement or a COPY is in progress.", statement: statement)
        }
        guard !statement.utf8.contains(0) else {
            throw PostgresError(.badParameter, detail: "The statement holds U+0000.")
        }
        guard !Task.isCancelled || shields > 0 else {
            throw PostgresError(.cancelled, detail: "The task was cancelled before.", statement: statement)
        }
        askedToCancel = false
        canceller.beginStatement()
    }

    /// Hands all that libpq has buffered to the socket, taking in what the server says meanwhile.
    func flush(_ statement: String?) throws(PostgresError) {
        while true {
            switch PQflush(connection) {
            case 0: return
            case 1:
                try wait(forWriting: true)
                guard !copyIsRefused, PQconsumeInput(connection) == 1 else { return }
            default: return  // The answer to come says what was wrong.
            }
        }
    }

    /// The next answer of the server, which the caller clears; nil at the end of the statement.
    func nextAnswer() throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(connection) == 1 {
            try wait(forWriting: false)
            guard PQconsumeInput(connection) == 1 else { break }
        }
        return PQgetResult(connection)
    }

    /// Whether the server has ended an open COPY with an error, or the session with it.
    ///
    /// libpq looks at what the server says only after the COPY's end, however much is still sent in vain. So look into
    /// the socket without taking anything out. Inside TLS nothing can be seen, and the error comes at the end.
    var copyIsRefused: Bool {
        guard isCopying, PQsslInUse(connection) == 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(PQsocket(connection), &bytes, bytes.count, Int32(MSG_PEEK | MSG_DONTWAIT))
        guard count > 0 else { return count == 0 || (errno != EAGAIN && errno != EINTR) }
        // Each message is a letter, four bytes of length (themselves included) and the rest; notices may come first.
        var start = 0
        while start + 5 <= count {
            if bytes[start] == UInt8(ascii: "E") { return true }
            start += 1 + bytes[start + 1...start + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        return false
    }

    // MARK: answers

    /// Reads all answers to what was sent: the last result, or the first error.
    @discardableResult
    func finish(_ statement: String, copying: Bool = false) throws(PostgresError) -> PostgresResult {
        try flush(statement)
        var last: PostgresResult?
        var failure: PostgresError?
        while let answer = try nextAnswer() {
            defer { PQclear(answer) }
            switch PQresultStatus(answer) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_SINGLE_TUPLE:
                last = PostgresResult(copying: answer)
            case PGRES_COPY_IN:
                failure =
                    failure ?? PostgresError(.outOfOrder, detail: "COPY belongs into copyIn.", statement: statement)
                PQputCopyEnd(connection, "COPY belongs into copyIn")
                try flush(statement)
            case PGRES_COPY_OUT, PGRES_COPY_BOTH:
                failure =
                    failure
                    ?? PostgresError(.outOfOrder, detail: "COPY to the client is not supported.", statement: statement)
                try skipCopy()
            default:
                failure = failure ?? error(of: answer, statement, copying: copying)
            }
            if isLost { break }
        }
        if let failure { throw failure }
        guard let last else { throw lost(statement) }
        return last
    }

    /// Sends a statement and reads up to the answer that opens a COPY from the client; anything else ends in an error.
    func openCopy(_ statement: String) throws(PostgresError) {
        try beginStatement(statement)
        guard PQsendQuery(connection, statement) == 1 else { throw lost(statement) }
        try flush(statement)
        guard let answer = try nextAnswer() else { throw lost(statement) }
        let status = PQresultStatus(answer)
        defer { PQclear(answer) }
        guard status != PGRES_COPY_IN else { return isCopying = true }
        let failure: PostgresError? = status == PGRES_FATAL_ERROR ? error(of: answer, statement, copying: true) : nil
        if status == PGRES_COPY_OUT { try skipCopy() }
        _ = try? finish(statement)
        throw failure
            ?? PostgresError(
                .outOfOrder, detail: "The statement is not a COPY from the client.", statement: statement)
    }

    /// Drops the rows of a COPY to the client, which the server sends before it ends the statement.
    private func skipCopy() throws(PostgresError) {
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(connection, &buffer, 1)
            guard length >= 0 else { return }
            if length > 0 {
                PQfreemem(buffer)
            } else {
                try wait(forWriting: false)
                guard PQconsumeInput(connection) == 1 else { return }
            }
        }
    }

    private func error(of answer: OpaquePointer, _ statement: String, copying: Bool) -> PostgresError {
        let field = { (letter: UInt8) in PQresultErrorField(answer, Int32(letter)).map { String(cString: $0) } }
        let sqlState = field(UInt8(ascii: "C"))
        var known = sqlState.map { PostgresError.Code(sqlState: $0, copying: copying) }
        if known == .statementCancelled, askedToCancel || canceller.isAsked { known = .cancelled }
        return PostgresError(
            isLost ? .connectionLost : known ?? .statementFailed, sqlState: sqlState,
            detail: field(UInt8(ascii: "M")) ?? trimmed(String(cString: PQresultErrorMessage(answer))),
            serverDetail: field(UInt8(ascii: "D")), hint: field(UInt8(ascii: "H")),
            context: field(UInt8(ascii: "W")), statement: statement, column: field(UInt8(ascii: "c")),
            position: field(UInt8(ascii: "P")).flatMap { Int($0) })
    }
}

extension PostgresResult {
    /// Copies a libpq result, which stays the caller's to clear.
    init(copying answer: OpaquePointer) {
        let rows = PQntuples(answer)
        let width = PQnfields(answer)
        var bytes: [UInt8] = []
        var cells: [Cell] = []
        cells.reserveCapacity(Int(rows) * Int(width))
        for row in 0..<rows {
            for column in 0..<width {
                let isNull = PQgetisnull(answer, row, column) == 1
                let length = Int(PQgetlength(answer, row, column))  // Zero for null.
                cells.append(Cell(start: bytes.count, length: isNull ? -1 : length))
                bytes += UnsafeRawBufferPointer(start: PQgetvalue(answer, row, column), count: length)
            }
        }
        self.init(
            columns: (0..<width).map { PQfname(answer, $0).map { String(cString: $0) } ?? "" },
            typeIDs: (0..<width).map { PQftype(answer, $0) },
            affectedRows: Int(String(cString: PQcmdTuples(answer))) ?? 0,
            commandTag: String(cString: PQcmdStatus(answer)), rowCount: Int(rows), bytes: bytes, cells: cells)
    }
}

private func trimmed(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines)
}

/// Lends an array of C strings that ends with a null pointer.
func withCStrings<T>(_ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> T) -> T {
    let copies = strings.map { $0.flatMap { strdup($0) } }
    defer { copies.forEach { free($0) } }
    let pointers = copies.map { UnsafePointer($0) } + [nil]
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
}
