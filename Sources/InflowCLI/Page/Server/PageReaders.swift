import ConnectionPage
import Foundation
import Inflow
import Logging
import Warehouse

/// How pages read an organisation's records: always as the connection's reader, so that row-level security decides what
/// a page can show, whatever it asks.
struct PageReaders: Sendable {
    let wiring: Wiring
    let pool: ReaderPool
    /// How many long answers are sent at a time.
    let downloads = PlaceCounter(most: 6)

    private static let mostPages = 6

    init(wiring: Wiring) {
        self.wiring = wiring
        pool = ReaderPool(wiring.vault.warehouse, most: Self.mostPages)
    }

    /// Makes the readers of connections that have none, before a load goes on that would wait for it.
    ///
    /// What fails here is made up for by the first page that needs the reader, and said there.
    func prepare() async {
        do {
            try await ReaderRoles(wiring.vault.warehouse).makeMissing()
        } catch {
            wiring.logger.debug("Readers are made when a page needs them", metadata: ["why": "\(error.message)"])
        }
    }

    /// Runs the work of a page with a session that sees one connection's rows, all of one moment.
    func reading<T: Sendable>(
        _ name: String, _ body: @escaping @Sendable (ReaderSession, Connection) async throws -> T
    ) async throws -> T {
        try await forNumbers {
            let connection = try await connection(name)
            return try await pool.reading(connection) { try await body($0, connection) }
        }
    }

    /// The connection of a name, whose rows are to stay.
    func connection(_ name: String) async throws -> Connection {
        let connection: Connection
        do {
            connection = try await wiring.connection(name)
        } catch let error as WarehouseError where error.code == .unknownConnection {
            throw PageProblem.noConnection(name)
        }
        try connection.checkStays()
        return connection
    }

    /// Begins a long answer with a session of its own, and hands its rows over while they come, as CSV or another text.
    func csv(
        _ name: String, isPlain: Bool = false, as text: any RowText = CSVRows(isExact: false),
        _ begin: @escaping @Sendable (ReaderSession, Connection) async throws -> ReaderCursor
    ) async throws -> TextStream {
        try await forNumbers(isPlain: isPlain) {
            guard downloads.take() else {
                throw PageProblem(
                    .conflict, "Other files are being sent",
                    "Inflow read nothing. It sends up to \(downloads.most) files at a time. Try again when one is whole."
                )
            }
            do {
                let connection = try await connection(name)
                let session = try await ReaderSession.open(wiring.vault.warehouse, of: connection)
                do {
                    let cursor = try await begin(session, connection)
                    let reading = RowReading(session, cursor, as: text, place: downloads)
                    return TextStream(next: { try await reading.next() }, close: { await reading.close() })
                } catch {
                    await session.close()
                    throw error
                }
            } catch {
                downloads.giveBack()
                throw error
            }
        }
    }
}

/// Runs the work of a page that reads records, and turns each error into what a person sees.
///
/// What PostgreSQL says of a question is about this connection's rows only, so the person sees it. With `isPlain` errors
/// of the warehouse are thrown as they are, for who has words of its own for them.
func forNumbers<T: Sendable>(isPlain: Bool = false, _ body: () async throws -> T) async throws -> T {
    if isPlain { return try await body() }
    return try await forPage {
        do {
            return try await body()
        } catch let refusal as ReportQuery.Refusal {
            throw PageProblem(.invalid, "That cannot be answered", refusal.description)
        } catch let error as WarehouseError where error.code == .statementCancelled {
            throw PageProblem(
                .unavailable, "That takes too long for a page",
                "PostgreSQL ended it after \(ReaderPool.seconds) s or less (the setting reader-seconds). Nothing was changed. "
                    + "Ask for fewer rows by a filter, or take the CSV, which may take longer.")
        } catch let error as WarehouseError where error.subject == "a query" {
            throw PageProblem(.invalid, "That cannot be answered", error.message)
        }
    }
}

/// The rows of one answer as text, taken piece by piece.
actor RowReading {
    private enum Place { case beginning, rows, end }

    private let session: ReaderSession
    private let place: PlaceCounter
    private var cursor: ReaderCursor
    private var text: any RowText
    private var comesNext = Place.beginning
    private var isClosed = false

    init(_ session: ReaderSession, _ cursor: ReaderCursor, as text: any RowText, place: PlaceCounter) {
        (self.session, self.cursor, self.text, self.place) = (session, cursor, text, place)
    }

    deinit {
        // An answer whose body was never asked for: the session closes with its last reference.
        if !isClosed { place.giveBack() }
    }

    /// What comes before the first row, then rows, then what comes after the last; `nil` at the end.
    func next() async throws -> String? {
        switch comesNext {
        case .beginning:
            comesNext = .rows
            return try text.begin(cursor.columns)
        case .rows:
            // The cursor is a value: it is taken out while the server answers.
            var cursor = cursor
            let rows = try await cursor.rows()
            self.cursor = cursor
            if let rows { return text.rows(rows) }
            comesNext = .end
            let end = text.end()
            return end.isEmpty ? nil : end
        case .end: return nil
        }
    }

    /// Closes the session and gives the place back.
    func close() async {
        guard !isClosed else { return }
        isClosed = true
        await session.close()
        place.giveBack()
    }
}
