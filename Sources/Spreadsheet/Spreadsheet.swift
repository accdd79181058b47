internal import CXLSXWriter

/// A workbook of Office Open XML (`.xlsx`), written row by row in constant memory.
///
/// Each sheet begins with the headings, which stay in sight. A sheet holds ``mostRows`` rows with its heading; further
/// rows go to further sheets with the same headings: `job`, `job 2` and so on. The file is there when ``close()`` has returned,
/// and not before.
///
/// - Note: Not for use by several tasks at once.
public final class Spreadsheet {
    /// One heading, and with it the width of its column in characters.
    public struct Heading: Sendable, Hashable {
        /// The words of the heading.
        public let name: String
        /// About how many characters the column shows.
        public let width: Int

        /// A heading over a column of some width.
        public init(_ name: String, width: Int) { (self.name, self.width) = (name, width) }
    }

    /// What one cell holds.
    public enum Cell: Sendable, Hashable {
        case empty
        /// A text, never taken for a formula; what is longer than ``mostCharacters`` is cut.
        case text(String)
        /// A number; Excel keeps 15 digits of it.
        case number(Double)
        case boolean(Bool)
        /// A day of the calendar, from 1 January 1901 to 31 December 9999.
        case day(year: Int, month: Int, day: Int)
        /// A point in time on the clock of UTC, shown with these letters: Excel knows no zones.
        case instant(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Double)
    }

    /// The most rows of a sheet, its heading included: a limit of Excel's.
    public static let mostRows = 1_048_576
    /// The most characters of a cell, in units of UTF-16: a limit of Excel's.
    public static let mostCharacters = 32_767
    /// The most columns of a sheet: a limit of Excel's.
    public static let mostColumns = 16_384

    /// How many texts were cut, since they are longer than a cell holds.
    public private(set) var cut = 0

    private let name: String
    private let headings: [Heading]
    private let limit: Int
    private var workbook: UnsafeMutablePointer<lxw_workbook>?
    private var sheet: UnsafeMutablePointer<lxw_worksheet>?
    private var sheets = 0
    private var row: UInt32 = 0
    private let bold, day, instant: UnsafeMutablePointer<lxw_format>?

    /// Begins a workbook at `path`, which is replaced; its working files lie in `folder` and have no name there.
    ///
    /// `limit` is the rows of a sheet, its heading included.
    /// - Throws: `too_many_columns`; `failed` where the library has no memory left.
    public init(
        at path: String, named name: String, _ headings: [Heading], workingIn folder: String, limit: Int = mostRows
    ) throws(SpreadsheetError) {
        guard headings.count <= Spreadsheet.mostColumns else { throw SpreadsheetError(.tooManyColumns) }
        self.name = Spreadsheet.sheetName(name)
        self.headings = headings
        self.limit = max(2, limit)
        workbook = folder.withCString { folder in
            var options = lxw_workbook_options(
                constant_memory: 1, tmpdir: UnsafeMutablePointer(mutating: folder), use_zip64: 1)
            return workbook_new_opt(path, &options)
        }
        bold = workbook_add_format(workbook)
        format_set_bold(bold)
        day = workbook_add_format(workbook)
        format_set_num_format(day, "yyyy-mm-dd")
        instant = workbook_add_format(workbook)
        format_set_num_format(instant, "yyyy-mm-dd hh:mm:ss \"UTC\"")
        guard workbook != nil, bold != nil, day != nil, instant != nil else { throw SpreadsheetError(.failed) }
        try addSheet()
    }

    deinit {
        if let workbook { lxw_workbook_free(workbook) }
    }

    /// Adds a row; a row with fewer cells than headings ends early.
    public func add(_ cells: [Cell]) throws(SpreadsheetError) {
        if Int(row) >= limit { try addSheet() }
        for (column, cell) in cells.enumerated() {
            try write(cell, UInt16(column))
        }
        row += 1
    }

    /// Writes the file; nothing can be added any more.
    ///
    /// - Throws: `not_written`, with what the library says of it.
    public func close() throws(SpreadsheetError) {
        guard let workbook else { return }
        self.workbook = nil
        let result = workbook_close(workbook)
        guard result == LXW_NO_ERROR else { throw SpreadsheetError(.notWritten, detail: Spreadsheet.words(result)) }
    }

    private func addSheet() throws(SpreadsheetError) {
        sheets += 1
        let suffix = sheets == 1 ? "" : " \(sheets)"
        let title = String(name.prefix(31 - suffix.count)) + suffix
        guard let workbook, let sheet = workbook_add_worksheet(workbook, title) else {
            throw SpreadsheetError(.failed)
        }
        self.sheet = sheet
        for (column, heading) in headings.enumerated() {
            let place = UInt16(column)
            try check(worksheet_set_column(sheet, place, place, Double(min(80, max(4, heading.width))), nil))
            try check(worksheet_write_string(sheet, 0, place, fitting(heading.name), bold))
        }
        worksheet_freeze_panes(sheet, 1, 0)
        row = 1
    }

    private func write(_ cell: Cell, _ column: UInt16) throws(SpreadsheetError) {
        switch cell {
        case .empty: break
        case .text(let text): try check(worksheet_write_string(sheet, row, column, fitting(text), nil))
        case .number(let number): try check(worksheet_write_number(sheet, row, column, number, nil))
        case .boolean(let isTrue): try check(worksheet_write_boolean(sheet, row, column, isTrue ? 1 : 0, nil))
        case .day(let year, let month, let dayOfMonth):
            var time = lxw_datetime()
            (time.year, time.month, time.day) = (Int32(year), Int32(month), Int32(dayOfMonth))
            try check(worksheet_write_datetime(sheet, row, column, &time, day))
        case .instant(let year, let month, let dayOfMonth, let hour, let minute, let second):
            var time = lxw_datetime(
                year: Int32(year), month: Int32(month), day: Int32(dayOfMonth), hour: Int32(hour), min: Int32(minute),
                sec: second)
            try check(worksheet_write_datetime(sheet, row, column, &time, instant))
        }
    }

    /// The text, or as much of it as a cell holds.
    private func fitting(_ text: String) -> String {
        guard text.utf8.count > Spreadsheet.mostCharacters, text.utf16.count > Spreadsheet.mostCharacters else {
            return text
        }
        cut += 1
        var units = 0
        let end = text.unicodeScalars.prefix { scalar in
            units += UTF16.width(scalar)
            return units <= Spreadsheet.mostCharacters
        }
        return String(String.UnicodeScalarView(end))
    }

    private func check(_ result: lxw_error) throws(SpreadsheetError) {
        guard result == LXW_NO_ERROR else { throw SpreadsheetError(.failed, detail: Spreadsheet.words(result)) }
    }

    private static func words(_ result: lxw_error) -> String { String(cString: lxw_strerror(result)) }

    /// A name that Excel takes for a sheet: at most 31 units of UTF-16, none of `[]:*?/\`, no apostrophe at its ends.
    private static func sheetName(_ name: String) -> String {
        let plain = name.map { character in
            "[]:*?/\\'".contains(character) || character.isNewline ? "_" : character
        }
        var fitting = ""
        for character in plain where (fitting + String(character)).utf16.count <= 31 { fitting.append(character) }
        if fitting.isEmpty { return "rows" }
        // Excel keeps this name for itself.
        return fitting.lowercased() == "history" ? "\(fitting)_" : fitting
    }
}
