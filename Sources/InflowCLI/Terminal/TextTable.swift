import Foundation
import Inflow

/// A table as text that fits a number of columns.
///
/// A table that is too wide gets narrower in this order: columns that hold nothing but zeros and blanks are left out;
/// columns of words wrap at blanks, and names after an underscore; and where that is not enough, each row becomes a block with a line for each column,
/// as `psql` does in its expanded form. Nothing is cut off.
struct TextTable {
    private let headings: [String]
    private let rows: [[String]]
    private let isNumber: [Bool]
    private static let narrowest = 6

    init(_ headings: [String], _ rows: [[String]]) {
        self.headings = headings
        self.rows = rows.map { $0.map(\.harmless) }
        isNumber = headings.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { $0[column].allSatisfy { "0123456789,.+-– ".contains($0) } }
        }
    }

    /// The lines of the table, with a rule below the headings.
    func lines(fitting columns: Int) -> [String] {
        let own = widths
        if TextTable.total(own) <= columns { return lines(own) }
        let kept = headings.indices.filter { column in
            column == 0 || !rows.allSatisfy { ["", "0", "–"].contains($0[column]) }
        }
        if kept.count < headings.count, !rows.isEmpty {
            let table = TextTable(kept.map { headings[$0] }, rows.map { row in kept.map { row[$0] } })
            return table.lines(fitting: columns)
        }
        guard let wrapped = wrapped(own, columns) else { return blocks }
        return lines(wrapped)
    }

    private var widths: [Int] {
        headings.indices.map { column in max(headings[column].count, rows.map { $0[column].count }.max() ?? 0) }
    }

    private static func total(_ widths: [Int]) -> Int { widths.reduce(0, +) + 2 * max(0, widths.count - 1) }

    /// Narrower widths, taken from the widest columns of words; `nil` where a word would not fit.
    private func wrapped(_ widths: [Int], _ columns: Int) -> [Int]? {
        var widths = widths
        let least = headings.indices.map { column in
            let words = ([headings[column]] + rows.map { $0[column] }).flatMap(TextTable.parts)
            let longest = words.map(\.text.count).max() ?? 0
            return isNumber[column] ? widths[column] : min(widths[column], max(longest, TextTable.narrowest))
        }
        while TextTable.total(widths) > columns {
            let able = widths.indices.filter { widths[$0] > least[$0] }
            guard let widest = able.max(by: { widths[$0] < widths[$1] }) else { return nil }
            widths[widest] -= 1
        }
        return widths
    }

    // MARK: text

    private func lines(_ widths: [Int]) -> [String] {
        let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
        return line(headings, widths) + [rule] + rows.flatMap { line($0, widths) }
    }

    /// The lines of one row: as many as its longest cell needs.
    private func line(_ cells: [String], _ widths: [Int]) -> [String] {
        let parts = zip(cells, widths).map { $0.count <= $1 ? [$0] : TextTable.wrapped($0, $1) }
        return (0..<(parts.map(\.count).max() ?? 0)).map { place in
            let padded = widths.indices.map { column in
                let text = place < parts[column].count ? parts[column][place] : ""
                let blanks = String(repeating: " ", count: max(0, widths[column] - text.count))
                return isNumber[column] ? blanks + text : text + blanks
            }
            return TextTable.withoutBlanksAtEnd(padded.joined(separator: "  "))
        }
    }

    /// A text in lines of at most as many characters, as far as its words allow.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for part in parts(text) {
            let blank = part.isWord ? " " : ""
            if let last = lines.last, last.count + blank.count + part.text.count <= width {
                lines[lines.count - 1] = last + blank + part.text
            } else {
                lines.append(part.text)
            }
        }
        return lines
    }

    /// The parts of a text between which a line may end: words, and names after each underscore.
    private static func parts(_ text: String) -> [(text: String, isWord: Bool)] {
        text.split(separator: " ").flatMap { word in
            let pieces = word.split(separator: "_", omittingEmptySubsequences: false)
            return pieces.enumerated().map { place, piece in
                (text: String(piece) + (place < pieces.count - 1 ? "_" : ""), isWord: place == 0)
            }
        }
    }

    /// Each row as a block, with a blank line between two.
    private var blocks: [String] {
        let width = headings.map(\.count).max() ?? 0
        let texts = rows.map { row in
            zip(headings, row).filter { !$1.isEmpty }.map { heading, cell in
                heading.padding(toLength: width, withPad: " ", startingAt: 0) + "  " + cell
            }
        }
        return Array(texts.joined(separator: [""]))
    }

    private static func withoutBlanksAtEnd(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}
