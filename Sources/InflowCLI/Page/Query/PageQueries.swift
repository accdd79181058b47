import ConnectionPage
import Foundation
import Inflow
import Warehouse

/// Selects that a person wrote, each on a session of its own as the connection's reader.
struct PageQueries: QueryService {
    let readers: PageReaders

    /// Characters of a text value on a page; of the whole page; and of a value in CSV.
    private static let characters = 1_000
    private static let mostOfPage = 4_000_000
    private static let exportedCharacters = 1_000_000

    func run(_ sql: String, of name: String, seconds: Int, rows most: Int) async throws -> QueryAnswer {
        let limit = ReaderLimit(seconds: seconds, isTotal: true, characters: Self.characters, batch: most + 1)
        return try await refusing(seconds) {
            let connection = try await readers.connection(name)
            let begin = ContinuousClock.now
            let session = try await ReaderSession.open(readers.wiring.vault.warehouse, of: connection)
            do {
                var cursor = try await session.answer(to: sql, limit: limit)
                let (rows, isCut) = try await Self.rows(&cursor, most: most)
                await session.close()
                let gone = begin.duration(to: .now).components
                return QueryAnswer(
                    columns: cursor.columns.map { QueryAnswer.Column(name: $0.name, isNumber: $0.kind == .number) },
                    rows: rows, isCut: isCut, seconds: Double(gone.seconds) + Double(gone.attoseconds) / 1e18,
                    zone: connection.settings.timeZone.identifier)
            } catch {
                await session.close()
                throw error
            }
        }
    }

    func csv(_ sql: String, of name: String, seconds: Int) async throws -> TextStream {
        let limit = ReaderLimit(seconds: seconds, isTotal: false, characters: Self.exportedCharacters, batch: 50)
        return try await refusing(seconds) {
            try await readers.csv(name, isPlain: true) { session, _ in try await session.answer(to: sql, limit: limit) }
        }
    }

    /// The first rows of an answer, as many as are wanted and as fit on a page.
    private static func rows(_ cursor: inout ReaderCursor, most: Int) async throws -> ([[String?]], isCut: Bool) {
        var rows: [[String?]] = []
        var size = 0
        while let more = try await cursor.rows() {
            for row in more {
                size += row.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
                guard rows.count < most, size <= mostOfPage else { return (rows, true) }
                rows.append(row)
            }
        }
        return (rows, false)
    }

    /// Runs work and turns PostgreSQL's refusal of the select into words for the person who wrote it.
    private func refusing<T: Sendable>(_ seconds: Int, _ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as WarehouseError where error.code == .statementCancelled {
            throw QueryRefusal(
                "PostgreSQL ended the query, since it took longer than \(seconds) s. It changed nothing. Ask for fewer days "
                    + "or columns, or give it more time, up to 300 s.")
        } catch let error as WarehouseError where error.subject == "a query" {
            throw QueryRefusal(error.message, position: error.position)
        } catch {
            return try await forPage { () async throws -> T in throw error }
        }
    }
}
