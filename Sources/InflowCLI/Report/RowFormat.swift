import ArgumentParser
import Foundation
import Warehouse

/// How rows are written.
enum RowFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people: fits the terminal.
    case table
    /// RFC 4180 in UTF-8 without a byte order mark, with a header.
    case csv
    /// One array of objects.
    case json
    /// A table of GitHub's Markdown.
    case markdown
    /// A workbook for Excel.
    case xlsx

    /// What writes rows as text in this format, `nil` where the format is none; `exactly` leaves text in CSV as it is
    /// (``CSVRows``).
    func text(exactly: Bool = false) -> (any RowText)? {
        switch self {
        case .table: TableRows()
        case .csv: CSVRows(isExact: exactly)
        case .json: JSONRows()
        case .markdown: MarkdownRows()
        case .xlsx: nil
        }
    }
}

/// Rows as text of one format, piece by piece: the beginning, some rows, the end.
protocol RowText: Sendable {
    /// The text before the first row.
    ///
    /// - Throws: where the format cannot tell such columns apart.
    mutating func begin(_ columns: [ReaderColumn]) throws -> String
    /// The text of some rows; `nil` is null.
    mutating func rows(_ rows: [[String?]]) -> String
    /// The text after the last row.
    mutating func end() -> String
}

/// CSV as RFC 4180 has it: a header, lines that end with CR LF, quotes where a value needs them.
///
/// Null is nothing and an empty text is `""`. Numbers, days and instants are as PostgreSQL writes them. A text that a
/// spreadsheet would take for a formula, because it begins with = + - @, a tab or a line end, gets an apostrophe before
/// it, unless it is a negative number: the names and descriptions of records come from anyone. `isExact` leaves it as
/// it is.
struct CSVRows: RowText {
    let isExact: Bool
    private var columns: [ReaderColumn] = []

    init(isExact: Bool) { self.isExact = isExact }

    mutating func begin(_ columns: [ReaderColumn]) -> String {
        self.columns = columns
        return columns.map { CSVRows.quoted($0.name) }.joined(separator: ",") + "\r\n"
    }

    func rows(_ rows: [[String?]]) -> String {
        var text = ""
        for row in rows {
            for (place, value) in row.enumerated() {
                if place > 0 { text += "," }
                guard let value else { continue }
                text += CSVRows.quoted(columns[place].kind == .text && !isExact ? CSVRows.harmless(value) : value)
            }
            text += "\r\n"
        }
        return text
    }

    func end() -> String { "" }

    /// A text that no spreadsheet takes for a formula.
    static func harmless(_ text: String) -> String {
        guard let first = text.utf8.first, "=+-@\t\r\n".utf8.contains(first),
            text.wholeMatch(of: /-[0-9]+(\.[0-9]+)?/) == nil
        else { return text }
        return "'" + text
    }

    private static func quoted(_ text: String) -> String {
        let needs = text.isEmpty || text.utf8.contains { "\",\r\n".utf8.contains($0) }
        return needs ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }
}

/// One JSON array with an object for each row.
///
/// Numbers are numbers with all their digits, JSON documents stand as they are, instants are ISO 8601 in UTC; NaN and
/// infinite numbers, which JSON does not have, are text.
struct JSONRows: RowText {
    private var keys: [String] = []
    private var columns: [ReaderColumn] = []
    private var isFirst = true

    mutating func begin(_ columns: [ReaderColumn]) throws -> String {
        let names = columns.map(\.name)
        if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
            throw UserError(
                "Two columns of the answer are named \"\(twice)\", and a JSON object has each name once. Nothing was "
                    + "written. Name them with \"as\".", exitCode: 64)
        }
        self.columns = columns
        keys = names.map { JSONRows.quoted($0) + ":" }
        return "["
    }

    mutating func rows(_ rows: [[String?]]) -> String {
        var text = ""
        for row in rows {
            text += isFirst ? "\n{" : ",\n{"
            isFirst = false
            for (place, value) in row.enumerated() {
                if place > 0 { text += "," }
                text += keys[place]
                text += value.map { JSONRows.value($0, columns[place].kind) } ?? "null"
            }
            text += "}"
        }
        return text
    }

    func end() -> String { isFirst ? "]\n" : "\n]\n" }

    private static func value(_ text: String, _ kind: ReaderColumn.Kind) -> String {
        switch kind {
        case .number:
            // NaN, Infinity and -Infinity.
            return text.utf8.last.map { (0x30...0x39).contains($0) } == true ? text : quoted(text)
        case .boolean: return text == "t" ? "true" : "false"
        case .json: return text
        case .instant:
            guard text.hasSuffix("+00") else { return quoted(text) }
            return quoted(text.dropLast(3).replacing(" ", with: "T") + "Z")
        case .day, .text: return quoted(text)
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            case _: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// A table of Markdown: a line for each row, numbers at the right.
struct MarkdownRows: RowText {
    func begin(_ columns: [ReaderColumn]) -> String {
        let names = columns.map { $0.name.replacing("|", with: "\\|") }.joined(separator: " | ")
        let rule = columns.map { $0.kind == .number ? "--:" : "---" }.joined(separator: " | ")
        return "| \(names) |\n| \(rule) |\n"
    }

    func rows(_ rows: [[String?]]) -> String {
        rows.map { row in "| \(row.map { MarkdownRows.escaped($0 ?? "") }.joined(separator: " | ")) |\n" }.joined()
    }

    func end() -> String { "" }

    /// A text that ends neither the cell nor the line, and is no markup of a page.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\", "|", "*", "_", "`", "[", "]": escaped += "\\\(character)"
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case _ where character.isNewline: escaped += "<br>"
            case _: escaped.append(character)
            }
        }
        return escaped
    }
}

/// A table that fits the terminal; a long one is in parts, each with its headings.
struct TableRows: RowText {
    private var headings: [String] = []
    private var isEmpty = true
    private let width: Int

    init(width: Int = Console.width) { self.width = width }

    mutating func begin(_ columns: [ReaderColumn]) -> String {
        headings = columns.map(\.name)
        return ""
    }

    mutating func rows(_ rows: [[String?]]) -> String {
        let lines = Console.lines(headings, rows.map { row in row.map { $0 ?? "" } }, columns: width)
        defer { isEmpty = false }
        return (isEmpty ? "" : "\n") + lines.map { "\($0)\n" }.joined()
    }

    func end() -> String {
        isEmpty ? Console.lines(headings, [], columns: width).map { "\($0)\n" }.joined() : ""
    }
}
