import Foundation
import Inflow
import Warehouse

/// Entities by months, a character each.
struct CoverageMap {
    let lines: [String]

    init(_ coverage: [RowCounts.Coverage], entities: [String]) {
        let dated = coverage.compactMap { row in row.monthOn.flatMap { LocalDate($0) }.map { ($0, row) } }
        let width = (entities.map(\.count).max() ?? 0) + 2
        func padded(_ text: String) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
        var lines: [String] = []
        if let first = dated.map(\.0).min(), let last = dated.map(\.0).max() {
            var months: [LocalDate] = []
            var month = first
            while month <= last {
                months.append(month)
                month = month.adding(months: 1)
            }
            // The year stands above its first month shown; months are read off by their place.
            var years = ""
            for (place, month) in months.enumerated() where place == 0 || month.components.month == 1 {
                guard years.count <= place else { continue }
                years += String(repeating: " ", count: place - years.count) + "\(month.components.year) "
            }
            lines.append(padded("") + years)
            lines.append(
                padded("") + months.map { String("JFMAMJJASOND".dropFirst($0.components.month - 1).prefix(1)) }.joined()
            )
            for entity in entities {
                let own = Dictionary(
                    dated.filter { $0.1.entity == entity }.map { ($0.0, $0.1.status) },
                    uniquingKeysWith: { first, _ in first })
                guard !own.isEmpty else { continue }
                lines.append(padded(entity) + months.map { CoverageMap.mark(own[$0]) }.joined())
            }
            lines.append("")
        }
        for row in coverage where row.monthOn == nil {
            let when = row.verifiedAt.map { "read whole \($0.formatted(.iso8601))" } ?? "never read whole"
            lines.append(
                padded(row.entity) + CoverageMap.mark(row.status) + " " + when
                    + (row.verifiedAt == nil ? "" : ", \(Console.grouped(row.rowsHeld)) rows"))
        }
        lines.append("# fresh   o old   x last reading failed   . never read whole")
        self.lines = lines
    }

    private static func mark(_ status: String?) -> String {
        switch status {
        case "fresh": "#"
        case "old": "o"
        case "failed": "x"
        default: "."
        }
    }
}
