/// The rows a statement answered with, copied out of the connection: a plain value, free to go anywhere.
///
/// A collection of ``Row``s. Values are text as the server wrote them; ``PostgresValue`` reads them as a type.
public struct PostgresResult: Sendable, RandomAccessCollection {
    /// The columns' names in order.
    public let columns: [String]
    /// How many rows the statement inserted, updated, deleted, copied or selected.
    public let affectedRows: Int
    /// The server's word for what it did, such as `INSERT 0 3`.
    public let commandTag: String

    let rowCount: Int
    /// The values of all rows end to end.
    let bytes: [UInt8]
    /// Where each value lies in `bytes`; a negative length is null.
    let cells: [Cell]

    struct Cell {
        let start: Int
        let length: Int
    }

    /// Zero: rows are counted from here.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { rowCount }

    /// The row at an index; a row that is not there has only nulls.
    public subscript(row: Int) -> Row { Row(result: self, index: row) }

    /// The value of a row in the column of a name; null if there is no such row or column (see ``Row/require(_:_:)``).
    public subscript(row: Int, name: String) -> PostgresValue {
        columns.firstIndex(of: name).map { self[row, $0] } ?? PostgresValue(bytes: nil)
    }

    /// The value of a row in the column at an index, from 0; null if there is no such row or column.
    public subscript(row: Int, column: Int) -> PostgresValue {
        guard indices.contains(row), columns.indices.contains(column) else { return PostgresValue(bytes: nil) }
        let cell = cells[row * columns.count + column]
        return PostgresValue(bytes: cell.length < 0 ? nil : bytes[cell.start..<cell.start + cell.length])
    }

    /// One row of a result.
    public struct Row: Sendable {
        let result: PostgresResult
        let index: Int

        /// The value in the column of a name; null if there is no such column.
        public subscript(name: String) -> PostgresValue { result[index, name] }

        /// The value in the column at an index, from 0; null if there is no such column.
        public subscript(column: Int) -> PostgresValue { result[index, column] }

        /// The value of a column read as a type: `try row.require("id", \.int)`.
        ///
        /// - Throws: `bad_result`, naming the column, if it is missing, null or does not read as that type.
        public func require<T>(_ name: String, _ read: (PostgresValue) -> T?) throws(PostgresError) -> T {
            guard result.columns.contains(name) else {
                throw PostgresError(.badResult, detail: "The answer has no column \"\(name)\".")
            }
            let value = self[name]
            guard !value.isNull else {
                throw PostgresError(.badResult, detail: "The column \"\(name)\" is null.")
            }
            guard let typed = read(value) else {
                throw PostgresError(.badResult, detail: "The column \"\(name)\" does not read as \(T.self).")
            }
            return typed
        }

        /// The value of a column that holds one of a closed set of words, such as a status.
        ///
        /// `place` names where the words are kept (`inflow.run.status`): the column here may have another name. Throws
        /// `unknown_word`, naming the place, the word and the words known, if the word is none of them; `bad_result` if the
        /// column is missing or null.
        public func word<Word>(
            _ name: String, of place: String, as type: Word.Type = Word.self
        ) throws(PostgresError) -> Word where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
            let text = try require(name) { $0.string }
            guard let word = Word(rawValue: text) else {
                let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
                throw PostgresError(.unknownWord, detail: "\(place) holds \"\(text)\"; the words known are \(known)")
            }
            return word
        }

        /// The same for a column that may be null.
        public func wordIfPresent<Word>(
            _ name: String, of place: String, as type: Word.Type = Word.self
        ) throws(PostgresError) -> Word? where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
            self[name].isNull && result.columns.contains(name) ? nil : try word(name, of: place)
        }
    }
}
