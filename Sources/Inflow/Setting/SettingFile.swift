import Foundation

/// What cannot be used in a file of settings, by line.
public struct SettingFileFault: Sendable, Hashable {
    /// 1-based number of the line.
    public let line: Int
    /// What is wrong, and what can be written instead.
    public let message: String

    /// A fault of a line.
    public init(line: Int, _ message: String) {
        self.line = line
        self.message = message
    }
}

/// All faults of a file of settings: of one with any nothing is loaded.
public struct SettingFileFaults: Error, Sendable, Hashable {
    /// The faults, in the order of their lines; never empty.
    public let faults: [SettingFileFault]

    /// The faults of a file.
    public init(_ faults: [SettingFileFault]) {
        self.faults = faults
    }

    /// One text for each fault, with its line; of many the first twenty, and how many more there are.
    public var lines: [String] {
        let shown = faults.prefix(20).map { "line \($0.line): \($0.message)".harmless }
        let more = faults.count - shown.count
        return shown + (more > 0 ? ["and \(more) more."] : [])
    }
}

/// A file of settings whose values have the form that they must have; whether the people, jobs and states that it names
/// exist, the warehouse knows.
public struct SettingFile: Sendable, Hashable {
    /// One row of the table.
    public struct Row: Sendable, Hashable {
        /// 1-based number of its line.
        public let line: Int
        /// The values in the order of the table's columns, as PostgreSQL reads them; `nil` where nobody knows.
        public var values: [String?]
    }

    /// The table that the file is for.
    public let table: SettingTable
    /// Its rows, in their order.
    public let rows: [Row]

    /// Reads the text of a file.
    ///
    /// - Throws: every fault of the form: of the header, or of each value.
    public init(_ text: String) throws(SettingFileFaults) {
        let separated = try SettingFile.separated(text)
        guard let header = separated.rows.first else {
            throw SettingFileFaults([SettingFileFault(line: 1, "The file is empty. \(SettingFile.headers)")])
        }
        guard let table = SettingTable.named(by: header.cells) else {
            let found = header.cells.joined(separator: ",")
            throw SettingFileFaults([
                SettingFileFault(line: header.line, "The header \"\(found)\" is of no table. \(SettingFile.headers)")
            ])
        }
        self.table = table
        let headings = header.cells.map { $0.lowercased() }
        let places = table.columns.map { column in headings.firstIndex(of: column.heading) ?? 0 }
        var (rows, faults) = ([Row](), [SettingFileFault]())
        for row in separated.rows.dropFirst() {
            guard row.cells.count == headings.count else {
                let words = "has \(row.cells.count) values, the header names \(headings.count)"
                faults.append(SettingFileFault(line: row.line, "The line \(words)."))
                continue
            }
            let written = places.map { row.cells[$0] }
            do throws(SettingFileFaults) {
                rows.append(
                    Row(line: row.line, values: try table.values(written, row.line, separated.separator)))
            } catch {
                faults += error.faults
            }
        }
        guard faults.isEmpty else { throw SettingFileFaults(faults) }
        self.rows = rows
    }

    private static func separated(_ text: String) throws(SettingFileFaults) -> CommaSeparatedText {
        do throws(CommaSeparatedText.Fault) {
            return try CommaSeparatedText(text)
        } catch {
            switch error {
            case .openQuote(let line): throw SettingFileFaults([SettingFileFault(line: line, "A quote does not end.")])
            case .textAfterQuote(let line):
                throw SettingFileFaults([
                    SettingFileFault(line: line, "Something stands after the end of a quote and before the next comma.")
                ])
            }
        }
    }

    /// The first line of each kind of file.
    private static let headers =
        "The first line of a file is one of: "
        + SettingTable.allCases.map { "\"\($0.columns.map(\.heading).joined(separator: ","))\"" }
        .joined(separator: ", ") + "."
}

extension SettingTable {
    /// The values of one row, as PostgreSQL reads them.
    fileprivate func values(
        _ written: [String], _ line: Int, _ separator: Character
    ) throws(SettingFileFaults) -> [String?] {
        var (values, faults) = ([String?](), [SettingFileFault]())
        for (column, text) in zip(columns, written) {
            switch column.kind.value(text, decimalComma: separator != ",") {
            case .success(let value): values.append(value)
            case .failure(let fault): faults.append(SettingFileFault(line: line, "\(column.heading): \(fault.words)"))
            }
        }
        let isAmount = zip(columns, written).filter { $0.0.kind == .amount }
        if !isAmount.isEmpty, isAmount.allSatisfy({ $0.1.isEmpty }) {
            let names = isAmount.map(\.0.heading).joined(separator: " and ")
            faults.append(SettingFileFault(line: line, "\(names) are empty: the line says nothing."))
        }
        guard faults.isEmpty else { throw SettingFileFaults(faults) }
        return values
    }
}

extension SettingTable.Column.Kind {
    fileprivate struct Fault: Error {
        let words: String
    }

    /// A value as PostgreSQL reads it; `nil` where the text is empty and may be.
    fileprivate func value(_ text: String, decimalComma: Bool) -> Result<String?, Fault> {
        switch self {
        case .staff, .job, .state:
            if text.isEmpty { return .failure(Fault(words: "is empty.")) }
            if text.holdsControlCharacters {
                return .failure(Fault(words: "holds a line end or another character that cannot be shown."))
            }
            return .success(text)
        case .day:
            guard text.count == 10, let day = LocalDate(text) else {
                return .failure(Fault(words: "\"\(text)\" is no day. Write it as 2026-03-31."))
            }
            return .success(day.description)
        case .amount: return text.isEmpty ? .success(nil) : number(text, decimalComma, from: 0, to: 999_999_999)
        case .hours: return text.isEmpty ? .success("0") : number(text, decimalComma, from: 0, to: 24)
        case .share:
            if text.isEmpty { return .success(nil) }
            guard text.hasSuffix("%") else { return number(text, decimalComma, from: 0, to: 1) }
            let percent = number(String(text.dropLast()).trimmed, decimalComma, from: 0, to: 100)
            return percent.map { $0.flatMap { Decimal(string: $0) }.map { "\($0 / 100)" } }
        }
    }

    private func number(
        _ text: String, _ decimalComma: Bool, from least: Decimal, to most: Decimal
    ) -> Result<String?, Fault> {
        let plain = decimalComma ? text.replacing(",", with: ".") : text
        guard plain.wholeMatch(of: /[0-9]{1,12}(\.[0-9]{1,4})?/) != nil, let number = Decimal(string: plain) else {
            return .failure(
                Fault(words: "\"\(text)\" is no number. Write it as 1234.5, with at most four places after the point."))
        }
        guard number >= least, number <= most else {
            return .failure(Fault(words: "\(text) is not between \(least) and \(most)."))
        }
        return .success(plain)
    }
}
