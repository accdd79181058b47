public import Foundation

// Reading a column as a type. `text`, `int` and so on are for columns that are never null, `optionalText` and so on for
// those that may be. Both throw where the statement did not select the column or its text is of another type: a
// misspelt name or a changed table is an error at the place that reads it, and never an empty string, a zero or "no".

extension PostgresResult.Row {
    /// Reads a text column that is not null.
    public func text(_ name: String) throws(PostgresError) -> String { try require(name) { $0.string } }
    /// Reads a text column; `nil` is SQL null.
    public func optionalText(_ name: String) throws(PostgresError) -> String? { try read(name) { $0.string } }

    /// Reads a column of whole numbers that is not null.
    public func int(_ name: String) throws(PostgresError) -> Int { try require(name) { $0.int } }
    /// Reads a column of whole numbers; `nil` is SQL null.
    public func optionalInt(_ name: String) throws(PostgresError) -> Int? { try read(name) { $0.int } }

    /// Reads a `bigint` column that is not null.
    public func int64(_ name: String) throws(PostgresError) -> Int64 { try require(name) { $0.int64 } }
    /// Reads a `bigint` column; `nil` is SQL null.
    public func optionalInt64(_ name: String) throws(PostgresError) -> Int64? { try read(name) { $0.int64 } }

    /// Reads a numeric or floating-point column that is not null.
    public func double(_ name: String) throws(PostgresError) -> Double { try require(name) { $0.double } }
    /// Reads a numeric or floating-point column; `nil` is SQL null.
    public func optionalDouble(_ name: String) throws(PostgresError) -> Double? { try read(name) { $0.double } }

    /// Reads a boolean column that is not null.
    public func bool(_ name: String) throws(PostgresError) -> Bool { try require(name) { $0.bool } }
    /// Reads a boolean column; `nil` is SQL null.
    public func optionalBool(_ name: String) throws(PostgresError) -> Bool? { try read(name) { $0.bool } }

    /// Reads a `timestamptz` column that is neither null nor infinite.
    public func date(_ name: String) throws(PostgresError) -> Date { try require(name) { $0.date } }
    /// Reads a `timestamptz` column; `nil` is SQL null and both infinities, which no `Date` can hold.
    public func optionalDate(_ name: String) throws(PostgresError) -> Date? {
        let value = try self[name]
        if let text = value.string, text == "infinity" || text == "-infinity" { return nil }
        return try read(name) { $0.date }
    }

    /// Reads a `bytea` column that is not null.
    public func bytes(_ name: String) throws(PostgresError) -> [UInt8] { try require(name) { $0.rawBytes } }
    /// Reads a `bytea` column; `nil` is SQL null.
    public func optionalBytes(_ name: String) throws(PostgresError) -> [UInt8]? { try read(name) { $0.rawBytes } }

    /// Reads a column that holds one of a closed set of words, such as a status.
    ///
    /// `place` names where the words are kept (`inflow.run.status`): the column here may have another name.
    /// - Throws: `unknown_word`, naming the place, the word and the words known, if the word is none of them;
    ///   `bad_result` if the column is missing or null.
    public func word<Word>(
        _ name: String, of place: String, as type: Word.Type = Word.self
    ) throws(PostgresError) -> Word where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
        let text = try text(name)
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw PostgresError(.unknownWord, detail: "\(place) holds \"\(text)\"; the words known are \(known)")
        }
        return word
    }

    /// Reads a column whose text must name something that this machine knows, such as a time zone.
    ///
    /// `place` names where the text is kept, `kind` what it names: "inflow.connection.time_zone", "time zone".
    /// - Throws: `unknown_word`, naming the place and the text, if `read` does not know it; `bad_result` if the column
    ///   is missing or null.
    public func known<T>(
        _ name: String, of place: String, as kind: String, _ read: (String) -> T?
    ) throws(PostgresError) -> T {
        let text = try text(name)
        guard let value = read(text) else {
            throw PostgresError(
                .unknownWord, detail: "\(place) holds \"\(text)\", which is no \(kind) that this machine knows")
        }
        return value
    }

    /// Reads a column that holds one of a closed set of words; `nil` is SQL null.
    public func optionalWord<Word>(
        _ name: String, of place: String, as type: Word.Type = Word.self
    ) throws(PostgresError) -> Word? where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
        try self[name].isNull ? nil : try word(name, of: place)
    }

    /// Reads a column that is not null as a type of the caller's: `try row.require("month") { LocalDate($0.string) }`.
    ///
    /// - Throws: `bad_result`, naming the column, if it is missing, null or does not read as that type.
    public func require<T>(_ name: String, _ read: (PostgresValue) -> T?) throws(PostgresError) -> T {
        guard let typed = try self.read(name, read) else {
            throw PostgresError(.badResult, detail: "The column \"\(name)\" is null.")
        }
        return typed
    }

    /// Reads a column as a type of the caller's; `nil` is SQL null.
    ///
    /// - Throws: `bad_result`, naming the column, if it is missing or does not read as that type.
    public func read<T>(_ name: String, _ read: (PostgresValue) -> T?) throws(PostgresError) -> T? {
        let value = try self[name]
        if value.isNull { return nil }
        guard let typed = read(value) else {
            throw PostgresError(.badResult, detail: "The column \"\(name)\" does not read as \(T.self).")
        }
        return typed
    }
}

extension PostgresResult {
    /// Reads each row as a value; the first row that does not read ends it.
    public func read<T>(_ body: (Row) throws(PostgresError) -> T) throws(PostgresError) -> [T] {
        var values: [T] = []
        values.reserveCapacity(count)
        for row in self { values.append(try body(row)) }
        return values
    }

    /// Reads the texts of a column that is never null, in the order of the rows.
    public func texts(_ name: String) throws(PostgresError) -> [String] {
        try read { row throws(PostgresError) in try row.text(name) }
    }

    /// Reads the numbers of a column that is never null, in the order of the rows.
    public func int64s(_ name: String) throws(PostgresError) -> [Int64] {
        try read { row throws(PostgresError) in try row.int64(name) }
    }
}
