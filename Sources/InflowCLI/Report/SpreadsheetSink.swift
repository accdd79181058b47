import Foundation
import Spreadsheet
import Warehouse

/// Rows as a workbook for Excel, which is there when ``end()`` has returned.
///
/// Numbers are numbers, days and instants are Excel's own (instants in UTC, which the cell says), and everything else
/// is text, which Excel takes for no formula. A number of more than 15 digits before the point is text, since Excel
/// would change it; so is a day before 1901.
struct SpreadsheetSink: RowSink {
    private let path, name: String
    private var kinds: [ReaderColumn.Kind] = []
    private var workbook: Spreadsheet?

    /// A sink into a new file at `path`, with a sheet of some name.
    init(path: String, name: String) { (self.path, self.name) = (path, name) }

    /// That texts were cut, since they are longer than a cell of Excel's; `nil` where none was.
    var remark: String? {
        guard let cut = workbook?.cut, cut > 0 else { return nil }
        return
            "\(cut) texts of \(name) are longer than a cell of Excel's, \(Spreadsheet.mostCharacters) characters, and "
            + "were cut in the workbook. CSV has them whole."
    }

    mutating func begin(_ columns: [ReaderColumn]) throws -> Bool {
        kinds = columns.map(\.kind)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        workbook = try Spreadsheet(
            at: path, named: name, columns.map { Spreadsheet.Heading($0.name, width: SpreadsheetSink.width($0)) },
            workingIn: folder)
        return true
    }

    mutating func add(_ rows: [[String?]]) throws -> Bool {
        for row in rows {
            try workbook?.add(
                zip(row, kinds).map { value, kind in value.map { SpreadsheetSink.cell($0, kind) } ?? .empty })
        }
        return true
    }

    mutating func end() throws { try workbook?.close() }

    private static func width(_ column: ReaderColumn) -> Int {
        let least =
            switch column.kind {
            case .number, .day: 12
            case .boolean: 6
            case .instant: 24
            case .json, .text: 20
            }
        return max(least, column.name.count + 2)
    }

    /// The cell of a value as PostgreSQL writes it.
    static func cell(_ value: String, _ kind: ReaderColumn.Kind) -> Spreadsheet.Cell {
        switch kind {
        case .number:
            let digits = value.prefix { $0 != "." && $0 != "e" }.count(where: \.isNumber)
            guard digits <= 15, let number = Double(value), number.isFinite else { return .text(value) }
            return .number(number)
        case .boolean: return .boolean(value == "t")
        case .day: return day(value).map { .day(year: $0.year, month: $0.month, day: $0.day) } ?? .text(value)
        case .instant: return instant(value) ?? .text(value)
        case .json, .text: return .text(value)
        }
    }

    /// The parts of `2026-11-29`; `nil` where Excel has no such day.
    private static func day(_ text: Substring) -> (year: Int, month: Int, day: Int)? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), 1901...9999 ~= year
        else { return nil }
        return (year, month, day)
    }

    private static func day(_ text: String) -> (year: Int, month: Int, day: Int)? { day(text[...]) }

    /// The cell of `2026-11-29 08:00:00.25+00`; `nil` where it is in another zone or Excel has no such day.
    private static func instant(_ text: String) -> Spreadsheet.Cell? {
        guard text.hasSuffix("+00") else { return nil }
        let parts = text.dropLast(3).split(separator: " ")
        guard parts.count == 2, let day = day(parts[0]) else { return nil }
        let clock = parts[1].split(separator: ":")
        guard clock.count == 3, let hour = Int(clock[0]), let minute = Int(clock[1]), let second = Double(clock[2])
        else { return nil }
        return .instant(
            year: day.year, month: day.month, day: day.day, hour: hour, minute: minute, second: second)
    }
}
