import Foundation
import Inflow
import Warehouse

extension CoverageMap {
    /// The map as lines of text, with the lists below it and the legend last; by quarter or year where months would be
    /// wider than `columns`.
    ///
    /// - Throws: `UserError` for a month that is no date.
    static func lines(
        _ coverage: [RowCounts.Coverage], catalogue: [String], zone: TimeZone, columns: Int = Console.width
    ) throws -> [String] {
        let entries = try coverage.map { (entry: try Entry($0), row: $0) }
        let width = (Set(catalogue).union(coverage.map(\.entity)).map(\.count).max() ?? 0) + 2
        func padded(_ text: String) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
        let maps = Period.allCases.map { CoverageMap(entries.map(\.entry), catalogue: catalogue, by: $0) }
        let map = maps.first { width + $0.periods.count <= columns } ?? maps[maps.count - 1]
        var lines: [String] = []
        if !map.periods.isEmpty {
            lines += [padded("") + map.years, padded("") + map.initials]
            lines += map.rows.map { padded($0.entity) + $0.marks } + [""]
        }
        for (entry, row) in entries where entry.month == nil {
            let when = row.verifiedAt.map { at in
                "read completely \(at.text(in: zone)), \(Console.grouped(row.rowsHeld)) rows"
            }
            lines.append("\(padded(row.entity))\(entry.status.mark) \(when ?? "never read completely")")
        }
        if map.period != .month, !map.periods.isEmpty {
            lines.append("By \(map.period), because months do not fit \(columns) columns; --json has each month.")
        }
        return lines + ["# fresh   o old   ~ not complete   x last reading failed   . never read completely"]
    }
}

extension CoverageMap.Entry {
    fileprivate init(_ row: RowCounts.Coverage) throws {
        let month = row.monthOn.flatMap { LocalDate($0) }
        guard (month == nil) == (row.monthOn == nil) else {
            throw UserError(
                "The view report.coverage has \"\(row.monthOn ?? "")\" as a month of \(row.entity), which is no date. "
                    + "Nothing was changed. Use the version of Inflow that migrated the warehouse.")
        }
        self.init(entity: row.entity, month: month, status: row.status)
    }
}
