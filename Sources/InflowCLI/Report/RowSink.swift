import Foundation
import Warehouse

/// Where the rows of an answer go, piece by piece: the columns, some rows, the end.
protocol RowSink {
    /// Takes the columns; false where no rows are wanted any more.
    ///
    /// - Throws: where the format cannot hold such columns.
    mutating func begin(_ columns: [ReaderColumn]) throws -> Bool
    /// Takes some rows, where `nil` is null; false where no more are wanted.
    mutating func add(_ rows: [[String?]]) throws -> Bool
    /// Ends what was begun.
    mutating func end() throws
}

/// Rows as text, handed to a closure that says whether more is wanted.
struct TextSink: RowSink {
    private var text: any RowText
    private let write: (String) throws -> Bool

    init(_ text: any RowText, write: @escaping (String) throws -> Bool) { (self.text, self.write) = (text, write) }

    mutating func begin(_ columns: [ReaderColumn]) throws -> Bool { try write(try text.begin(columns)) }

    mutating func add(_ rows: [[String?]]) throws -> Bool { try write(text.rows(rows)) }

    mutating func end() throws { _ = try write(text.end()) }
}

/// Rows that go two ways.
struct TwoSinks<First: RowSink, Second: RowSink>: RowSink {
    var first: First
    var second: Second

    mutating func begin(_ columns: [ReaderColumn]) throws -> Bool {
        let isWanted = try first.begin(columns)
        return try second.begin(columns) && isWanted
    }

    mutating func add(_ rows: [[String?]]) throws -> Bool {
        let isWanted = try first.add(rows)
        return try second.add(rows) && isWanted
    }

    mutating func end() throws {
        try first.end()
        try second.end()
    }
}
