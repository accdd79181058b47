import Foundation
import Inflow
import Warehouse

/// Prints the rows of an answer as they come, whatever their number.
struct RowPrinter {
    /// The most rows that a table on a terminal has: nobody reads more of them there.
    static let mostOnTerminal = 200

    /// The format to print in.
    let format: RowFormat
    /// Whether text in CSV is left as it is.
    var isExact = false

    /// Prints the answer to a select on standard output, and on standard error what a table leaves out.
    ///
    /// Ends early, and well, where the reader of standard output wants no more.
    func print(
        _ select: String, _ parameters: [String] = [], limit: Int? = nil, from session: ReaderSession
    ) async throws {
        var cursor = try await session.rows(select, parameters)
        let most = format == .table && isatty(STDOUT_FILENO) == 1 && limit == nil ? RowPrinter.mostOnTerminal : nil
        let (count, isCut) = try await RowPrinter.copy(
            &cursor, as: format.rows(exactly: isExact), most: most
        ) { Console.write(Array($0.utf8), to: STDOUT_FILENO) }
        guard format == .table else { return }
        if isCut {
            Console.note(
                "These are the first \(count) rows of more. \"--format csv\" prints all, also into a file or a pipe.")
        } else if count == 0 {
            Console.note("No row.")
        }
    }

    /// Hands the rows of an answer over as text until they end, `most` are reached, or `write` says that no more are
    /// wanted.
    ///
    /// - Returns: how many rows there were, and whether there are more.
    static func copy(
        _ cursor: inout ReaderCursor, as format: any RowText, most: Int? = nil, write: (String) throws -> Bool
    ) async throws -> (count: Int, isCut: Bool) {
        var (text, count) = (format, 0)
        var isWanted = try write(try text.begin(cursor.columns))
        while isWanted, let rows = try await cursor.rows() {
            if let most, count + rows.count > most {
                _ = try write(text.rows(Array(rows.prefix(most - count))))
                try await cursor.end()
                return (most, true)
            }
            isWanted = try write(text.rows(rows))
            count += rows.count
        }
        try await cursor.end()
        _ = try write(text.end())
        return (count, false)
    }
}

extension Wiring {
    /// Runs work with the session of a reader: of one connection, or without a name of all.
    func reading<T: Sendable>(
        _ name: String?, _ body: @Sendable (ReaderSession, Connection?) async throws -> T
    ) async throws -> T {
        let connection = try await readable(name)
        let session = try await ReaderSession.open(warehouse, as: connection.map { .connection($0) } ?? .all)
        do {
            let value = try await body(session, connection)
            await session.close()
            return value
        } catch {
            await session.close()
            throw error
        }
    }

    /// The connection of a name whose rows are to stay; `nil` without a name.
    func readable(_ name: String?) async throws -> Connection? {
        guard let name else { return nil }
        let connection = try await ConnectionStore(warehouse).find(name)
        try connection.checkStays()
        return connection
    }
}
