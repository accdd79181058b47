/// The rows a statement answered with, copied out of the connection: a plain value, free to go anywhere.
///
/// A collection of ``Row``s. Values are text as the server wrote them; ``PostgresValue`` reads them as a type.
public struct PostgresResult: Sendable, RandomAccessCollection {
    /// The columns' names in order.
    public let columns: [String]
    /// The columns' types in order, as `pg_type.oid`.
    public let typeIDs: [UInt32]
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

    /// The value of a row in the column of a name.
    ///
    /// - Throws: `bad_result` if the statement did not select such a column: a misspelt name is never read as null.
    public subscript(row: Int, name: String) -> PostgresValue {
        get throws(PostgresError) {
            guard let column = columns.firstIndex(of: name) else {
                throw PostgresError(
                    .badResult,
                    detail: "The answer has no column \"\(name)\"; it has \(columns.joined(separator: ", ")).")
            }
            return self[row, column]
        }
    }

    /// The value of a row in the column at an index, from 0; null if there is no such row or column.
    public subscript(row: Int, column: Int) -> PostgresValue {
        guard indices.contains(row), columns.indices.contains(column) else { return PostgresValue(bytes: nil) }
        let cell = cells[row * columns.count + column]
        return PostgresValue(bytes: cell.length < 0 ? nil : bytes[cell.start..<cell.start + cell.length])
    }

    /// One row of a result; `PostgresResult+Reading.swift` reads its columns as types.
    public struct Row: Sendable {
        let result: PostgresResult
        let index: Int

        /// The value in the column of a name.
        ///
        /// - Throws: `bad_result` if the statement did not select such a column.
        public subscript(name: String) -> PostgresValue {
            get throws(PostgresError) { try result[index, name] }
        }

        /// The value in the column at an index, from 0; null if there is no such column.
        public subscript(column: Int) -> PostgresValue { result[index, column] }
    }
}
