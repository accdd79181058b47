internal import Foundation

/// What the texts of all mails have in common: names that cannot break a line, commands, numbers and columns.
enum MailText {
    /// A connection's name for use in a sentence.
    static func sentence(_ name: String) -> String { oneLine(name, atMost: 60) }

    /// A text without line breaks and other control characters, cut to a length.
    static func oneLine(_ text: String, atMost length: Int) -> String {
        let line = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        return line.count > length ? line.prefix(length - 1) + "…" : line
    }

    /// A run's error, indented: ten lines at most, each of 300 characters at most.
    static func lines(_ text: String) -> String {
        let all = text.split(whereSeparator: \.isNewline)
        let shown = all.prefix(10).map { "  " + oneLine(String($0), atMost: 300) }
        return (shown + (all.count > 10 ? ["  … and \(all.count - 10) more lines: inflow runs"] : []))
            .joined(separator: "\n")
    }

    /// Commands with what each is for, one a line.
    static func commands(_ commands: [(command: String, purpose: String)]) -> String {
        let width = commands.map(\.command.count).max() ?? 0
        return commands.map { one in
            "  " + one.command.padding(toLength: width, withPad: " ", startingAt: 0) + "   " + one.purpose
        }.joined(separator: "\n")
    }

    /// A number with thousands separators: `1,234,567`.
    static func grouped(_ number: Int) -> String { grouped(String(number)) }

    /// The same of a decimal in digits: `-1234.50` becomes `-1,234.50`.
    static func grouped(_ decimal: String) -> String {
        let parts = decimal.split(separator: ".", maxSplits: 1)
        var whole = String(parts.first ?? "")
        let sign = whole.first.map { "+-".contains($0) } == true ? String(whole.removeFirst()) : ""
        var groups: [String] = []
        while whole.count > 3 {
            groups.insert(String(whole.suffix(3)), at: 0)
            whole.removeLast(3)
        }
        return sign + ([whole] + groups).joined(separator: ",") + (parts.count > 1 ? "." + parts[1] : "")
    }

    /// A number with its noun, in the plural where it must be: `1 row`, `1,200 rows`.
    static func counted(_ number: Int, _ noun: String) -> String {
        "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// Columns under headings, indented; those of `numbers` end at the right.
    static func table(_ headings: [String], _ rows: [[String]], numbers: Range<Int>) -> String {
        let widths = headings.indices.map { column in ([headings] + rows).map { $0[column].count }.max() ?? 0 }
        return ([headings] + rows).map { row in
            let cells = row.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return numbers.contains(column) ? blanks + cell : cell + blanks
            }
            let line = "  " + cells.joined(separator: "  ")
            return String(line.prefix(line.count - line.reversed().prefix { $0 == " " }.count))
        }.joined(separator: "\n")
    }
}
