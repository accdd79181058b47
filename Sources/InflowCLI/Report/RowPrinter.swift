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
    /// Ends early, and well, where the reader of standard output wants no more. `name` is that of a workbook's sheet.
    func print(
        _ select: String, _ parameters: [String] = [], limit: Int? = nil, named name: String = "answer",
        from session: ReaderSession
    ) async throws {
        guard let text = format.text(exactly: isExact) else {
            return try await printWorkbook(select, parameters, name, session)
        }
        var cursor = try await session.rows(select, parameters)
        let most = format == .table && isatty(STDOUT_FILENO) == 1 && limit == nil ? RowPrinter.mostOnTerminal : nil
        var sink = TextSink(text) { Console.write(Array($0.utf8), to: STDOUT_FILENO) }
        let (count, isCut) = try await RowPrinter.copy(&cursor, into: &sink, most: most)
        guard format == .table else { return }
        if isCut {
            Console.note(
                "These are the first \(count) rows of more. \"--format csv\" prints all, also into a file or a pipe.")
        } else if count == 0 {
            Console.note("No row.")
        }
    }

    /// Makes the workbook in a temporary file and prints its bytes: a workbook is there only as a whole.
    private func printWorkbook(
        _ select: String, _ parameters: [String], _ name: String, _ session: ReaderSession
    ) async throws {
        guard isatty(STDOUT_FILENO) == 0 else {
            throw UserError(
                "A workbook is no text for a terminal. Nothing was read. Send it into a file: put > \(name).xlsx at the "
                    + "end of the command.", exitCode: 64)
        }
        var cursor = try await session.rows(select, parameters)
        try await TemporaryFile.withPath(ending: "xlsx") { path in
            try await RowPrinter.writeWorkbook(&cursor, named: name, to: path)
            try Console.copyFile(path, to: STDOUT_FILENO)
        }
    }

    /// Writes the rows of an answer as a workbook, and says on standard error what of them Excel cannot hold.
    ///
    /// - Returns: how many rows there were.
    @discardableResult
    static func writeWorkbook(_ cursor: inout ReaderCursor, named name: String, to path: String) async throws -> Int {
        var sink = SpreadsheetSink(path: path, name: name)
        let count = try await copy(&cursor, into: &sink).count
        if let remark = sink.remark { Console.note(remark) }
        return count
    }

    /// Hands all rows of an answer to two sinks, and returns how many there were.
    static func copy(
        _ cursor: inout ReaderCursor, into sink: inout some RowSink, and other: inout some RowSink
    ) async throws -> Int {
        var both = TwoSinks(first: sink, second: other)
        let count = try await copy(&cursor, into: &both).count
        (sink, other) = (both.first, both.second)
        return count
    }

    /// Hands the rows of an answer over until they end, `most` are reached, or the sink wants no more.
    ///
    /// - Returns: how many rows there were, and whether there are more.
    static func copy(
        _ cursor: inout ReaderCursor, into sink: inout some RowSink, most: Int? = nil
    ) async throws -> (count: Int, isCut: Bool) {
        var count = 0
        var isWanted = try sink.begin(cursor.columns)
        while isWanted, let rows = try await cursor.rows() {
            if let most, count + rows.count > most {
                _ = try sink.add(Array(rows.prefix(most - count)))
                try await cursor.end()
                return (most, true)
            }
            isWanted = try sink.add(rows)
            count += rows.count
        }
        try await cursor.end()
        try sink.end()
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
