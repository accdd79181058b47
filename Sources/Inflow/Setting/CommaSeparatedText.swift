/// Rows of cells as a spreadsheet saves them: comma-separated values after RFC 4180, also with semicolons or tabs.
///
/// The first line tells the separator: a tab or a semicolon where it holds one and no comma, else the comma. A cell in
/// quotes may hold separators, line ends and doubled quotes. Rows without any text are left out.
public struct CommaSeparatedText: Sendable {
    /// One row, with the number of the line that it begins on.
    public struct Row: Sendable, Hashable {
        /// 1-based number of the line.
        public let line: Int
        /// The cells, without the quotes and the blanks around them.
        public let cells: [String]
    }

    /// Why a text has no rows.
    public enum Fault: Error, Hashable, Sendable {
        /// A quote that begins on this line does not end.
        case openQuote(line: Int)
        /// On this line something stands between the end of a quote and the next separator.
        case textAfterQuote(line: Int)
    }

    /// What stands between two cells.
    public let separator: Character
    /// The rows that hold any text.
    public let rows: [Row]

    /// Reads a text; a byte order mark at its beginning is passed over.
    public init(_ text: String) throws(Fault) {
        let body = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        let first = body.prefix { !$0.isNewline }
        separator = first.contains(",") ? "," : first.contains("\t") ? "\t" : first.contains(";") ? ";" : ","
        var reader = Reader(separator: separator)
        for character in body { try reader.read(character) }
        rows = try reader.end()
    }

    /// The text of rows, with commas and the line ends of the standard; cells are quoted where they must be.
    public static func text(of rows: [[String]]) -> String {
        rows.map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func quoted(_ cell: String) -> String {
        guard cell.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) || cell != cell.trimmed else {
            return cell
        }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}

extension CommaSeparatedText {
    private enum Place {
        case plain, quoted, quoteInQuoted, afterQuote
    }

    private struct Reader {
        let separator: Character
        var rows: [Row] = []
        var line = 1
        var startLine = 1
        var quoteLine = 1
        var cells: [String] = []
        var cell = ""
        var place = Place.plain

        mutating func read(_ character: Character) throws(Fault) {
            if place == .quoteInQuoted, character != "\"" { place = .afterQuote }
            switch place {
            case .quoted where character == "\"": place = .quoteInQuoted
            case .quoted: cell.append(character)
            case .quoteInQuoted:
                cell.append("\"")
                place = .quoted
            case .plain, .afterQuote: try readOutside(character)
            }
            if character.isNewline { line += 1 }
            if cells.isEmpty, cell.isEmpty, place == .plain { startLine = line }
        }

        private mutating func readOutside(_ character: Character) throws(Fault) {
            if character == separator {
                endCell()
            } else if character.isNewline {
                endRow()
            } else if place == .afterQuote {
                guard character.isWhitespace else { throw .textAfterQuote(line: line) }
            } else if character == "\"", cell.allSatisfy(\.isWhitespace) {
                (cell, place, quoteLine) = ("", .quoted, line)
            } else {
                cell.append(character)
            }
        }

        private mutating func endCell() {
            cells.append(cell.trimmed)
            (cell, place) = ("", .plain)
        }

        private mutating func endRow() {
            endCell()
            if cells.contains(where: { !$0.isEmpty }) { rows.append(Row(line: startLine, cells: cells)) }
            cells = []
        }

        mutating func end() throws(Fault) -> [Row] {
            if place == .quoted { throw .openQuote(line: quoteLine) }
            endRow()
            return rows
        }
    }
}
