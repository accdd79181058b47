import Foundation
import Inflow
import Warehouse

/// One figure of a month, as `inflow period` shows it.
struct MonthFigure {
    let name: String
    /// Its value; nil where it is not known.
    let value: Decimal?
    /// Whether it counts things: whole, and never unknown.
    let isCount: Bool

    /// The value as people read it.
    var text: String { isCount ? count(value) : FigureText.text(value) }

    /// All figures of a month, in order.
    static func all(_ totals: MonthTotals) -> [MonthFigure] {
        [
            MonthFigure(name: "time entries", count: totals.entries),
            MonthFigure(name: "hours", value: totals.hours),
            MonthFigure(name: "of them billable", value: totals.billableHours),
            MonthFigure(name: "invoices", count: totals.invoices),
            MonthFigure(name: "credit notes", count: totals.creditNotes),
            MonthFigure(name: "invoiced, less credit", value: totals.amount),
            MonthFigure(name: "of it credit notes", value: totals.creditAmount),
            MonthFigure(name: "tax", value: totals.amountTax),
            MonthFigure(name: "job costs", value: totals.jobCosts),
        ]
    }

    /// Rows of a table: name, signed off, today, difference.
    static func rows(_ closed: MonthTotals, _ today: MonthTotals) -> [[String]] {
        zip(all(closed), all(today)).map { closed, today in
            [closed.name, closed.text, today.text, closed.difference(from: today)]
        }
    }

    private init(name: String, value: Decimal?) { (self.name, self.value, isCount) = (name, value, false) }
    private init(name: String, count: Int) { (self.name, value, isCount) = (name, Decimal(count), true) }

    private func difference(from today: MonthFigure) -> String {
        guard let value, let now = today.value else { return "–" }
        let difference = now - value
        if isCount { return (difference > 0 ? "+" : "") + count(difference) }
        return FigureText.difference(difference)
    }

    private func count(_ value: Decimal?) -> String {
        value.map { Console.grouped(NSDecimalNumber(decimal: $0).intValue) } ?? "–"
    }
}
