/// Why a workbook was not written.
public struct SpreadsheetError: Error, Sendable, Hashable {
    /// What went wrong; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// More columns than a sheet has.
        case tooManyColumns = "too_many_columns"
        /// The file could not be written.
        case notWritten = "not_written"
        /// The library refused a cell, or had no memory left.
        case failed
    }

    /// What went wrong; stable.
    public let code: Code
    /// The library's own words.
    public let detail: String

    init(_ code: Code, detail: String = "") { (self.code, self.detail) = (code, detail) }
}

extension SpreadsheetError: CustomStringConvertible {
    /// What happened, in words.
    public var description: String {
        let words =
            switch code {
            case .tooManyColumns: "A sheet of a workbook has at most \(Spreadsheet.mostColumns) columns"
            case .notWritten: "The workbook could not be written"
            case .failed: "The workbook could not take a cell"
            }
        return detail.isEmpty ? "\(words)." : "\(words): \(detail)"
    }
}
