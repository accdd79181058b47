internal import Foundation
internal import Inflow
internal import Postgres

/// How much a query that a person wrote may take: of time, and of memory of this process.
public struct ReaderLimit: Sendable, Hashable {
    /// How many seconds a statement may take, and where ``isTotal`` all of the answer.
    public let seconds: Int
    /// Whether the seconds are for the whole answer, and not for each step of it.
    public let isTotal: Bool
    /// The most characters of a text value; the server cuts longer ones.
    public let characters: Int
    let batch: Int
    private let begin = ContinuousClock.now

    /// A limit; `batch` rows are in memory at a time.
    public init(seconds: Int, isTotal: Bool, characters: Int, batch: Int) {
        (self.seconds, self.isTotal, self.characters, self.batch) = (seconds, isTotal, characters, batch)
    }

    /// What is left for the next step; at least 1, since 0 is no limit.
    fileprivate var milliseconds: Int {
        let whole = seconds * 1_000
        guard isTotal else { return whole }
        let (gone, rest) = begin.duration(to: .now).components
        return max(1, whole - Int(gone) * 1_000 - Int(rest / 1_000_000_000_000_000))
    }

    /// How long a browser may take to fetch one batch before its answer ends.
    fileprivate static let patience = "2min"
}

extension ReaderSession {
    /// Begins to read the answer to a select that a person wrote, within a limit.
    ///
    /// The time limit is set anew before each step: the query itself can change the session's own settings, but not
    /// that of the statement that runs. Texts come cut to the limit's characters, so that no value fills the memory of
    /// this process. A session that ran such a query must be closed and not used for anything else, since the query may
    /// have changed its settings.
    /// - Throws: as ``rows(_:_:)``; where the SQL is wrong, with its position.
    public func answer(to select: String, limit: ReaderLimit) async throws(WarehouseError) -> ReaderCursor {
        let select = ReaderSession.withoutEnd(select)
        try await set(limit)
        // Once as it is, for PostgreSQL's words and places, and for the columns; nothing is computed yet.
        try await declare(select)
        let columns = ReaderColumn.all(try await fetch(0))
        try await endCursor()
        guard !columns.isEmpty else {
            throw WarehouseError(
                .statementFailed, subject: "a query",
                message: "The answer would have no columns. Inflow ran nothing. Name what to select.")
        }
        let names = columns.indices.map { "c\($0 + 1)" }
        let values = zip(columns, names).map { column, name in
            switch column.kind {
            case .text, .json: "left(q.\(name)::text, \(limit.characters))"
            case .number, .boolean, .day, .instant: "q.\(name)"
            }
        }
        try await declare(
            "select \(values.joined(separator: ", ")) from (\n\(select)\n) as q (\(names.joined(separator: ", ")))")
        return try await ReaderCursor(
            self, try await fetch(limit.batch), columns: columns, batch: limit.batch, limit: limit)
    }

    /// Sets how long the next statement may take.
    func set(_ limit: ReaderLimit) async throws(WarehouseError) {
        try await lifting("setting a time limit") { () async throws(PostgresError) in
            try await session.execute(
                "set local statement_timeout = \(limit.milliseconds); "
                    + "set local idle_in_transaction_session_timeout = '\(ReaderLimit.patience)'")
        }
    }

    /// A select without the blanks and semicolons at its end.
    static func withoutEnd(_ select: String) -> String {
        var select = Substring(select)
        while let last = select.last, last == ";" || last.isWhitespace { select.removeLast() }
        return String(select)
    }
}
