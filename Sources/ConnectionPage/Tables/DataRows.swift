internal import Foundation

/// The rows of a table of data as HTML.
///
/// Made here and not by a template, since a page has thousands of cells, of which a template takes its time for each.
/// It escapes each value itself; the texts between them are its own.
struct DataRows {
    /// The rows, each in `<tr>`.
    let html: String

    private static let mostCharacters = 200

    /// A value of a row: what a person reads, whether it is a number, and where it leads.
    typealias Cell = (text: String?, isNumber: Bool, link: String?)

    /// Rows of cells.
    init(_ rows: some Sequence<[Cell]>) {
        var html = ""
        for row in rows {
            html += "<tr>"
            for cell in row { DataRows.append(cell, to: &html) }
            html += "</tr>\n"
        }
        self.html = html
    }

    /// Adds a value: cut to a length that a page can show, an identifier to its beginning.
    private static func append(_ cell: Cell, to html: inout String) {
        guard let value = cell.text else {
            html += cell.isNumber ? "<td class=\"number\">" : "<td>"
            html += "<span class=\"null\">–<span class=\"visually-hidden\"> empty</span></span></td>"
            return
        }
        let isLong = value.utf8.count > 30 && !isIdentifier(value)
        html += cell.isNumber ? "<td class=\"number\">" : isLong ? "<td class=\"text\">" : "<td>"
        var (shown, whole) = (Substring(value), String?.none)
        if isIdentifier(value) {
            (shown, whole) = (value.prefix(8) + "…", value)
        } else if value.utf8.count > mostCharacters, value.count > mostCharacters {
            shown = value.prefix(mostCharacters) + "…"
        }
        let title = whole.map { " title=\"\(escaped($0[...]))\"" } ?? ""
        if let link = cell.link {
            html += "<a href=\"\(escaped(link[...]))\"\(title)>\(escaped(shown))</a>"
        } else if whole != nil {
            html += "<span\(title)>\(escaped(shown))</span>"
        } else {
            html += escaped(shown)
        }
        html += "</td>"
    }

    /// A text that is neither markup nor the end of an attribute.
    static func escaped(_ text: Substring) -> String {
        guard text.utf8.contains(where: { "&<>\"'".utf8.contains($0) }) else { return String(text) }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Whether it is one of the platform's identifiers, `0b7e6c1a-6f0e-4b3c-9a57-0c1f0e7f2a11`.
    private static func isIdentifier(_ text: String) -> Bool {
        guard text.utf8.count == 36 else { return false }
        for (place, byte) in text.utf8.enumerated() {
            let isDash = byte == UInt8(ascii: "-")
            let isDigit = (48...57).contains(byte) || (97...102).contains(byte) || (65...70).contains(byte)
            guard [8, 13, 18, 23].contains(place) ? isDash : isDigit else { return false }
        }
        return true
    }
}
