import ConnectionPage
import Foundation
import Inflow
import Warehouse

/// What a chart draws of the rows of its figures.
struct ChartDrawing {
    private let answer: ReaderAnswer
    private let fiscalYearStart: Int

    private static let mostStaff = 40
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The rows of a chart; fiscal years begin with a month, from 1.
    init(_ answer: ReaderAnswer, fiscalYearStart: Int) {
        (self.answer, self.fiscalYearStart) = (answer, fiscalYearStart)
    }

    /// What a chart of some days draws.
    func sight(_ kind: ChartKind, _ days: (from: LocalDate, to: LocalDate)) -> ChartSight {
        guard !answer.rows.isEmpty else { return ChartSight(groups: [], series: [], unit: "") }
        switch kind {
        case .invoiced: return invoiced()
        case .hours:
            return byMonth(
                days, unit: "hours", [("Billable", "billable_hours"), ("Other", "other_hours")], isZero: true)
        case .winRate: return byMonth(days, unit: "%", [("Won", "won_percent")], isZero: false)
        case .workInProgress: return workInProgress()
        case .utilisation: return utilisation()
        }
    }

    private func text(_ name: String, _ row: [String?]) -> String? { answer.value(name, in: row) }

    private func number(_ name: String, _ row: [String?]) -> Decimal? {
        text(name, row).flatMap { Decimal(string: $0, locale: Locale(identifier: "en_US_POSIX")) }
    }

    /// Months of the fiscal year beside each other, a series for each year.
    private func invoiced() -> ChartSight {
        let order = (0..<12).map { (fiscalYearStart - 1 + $0) % 12 + 1 }
        var values: [String: [Int: Decimal]] = [:]
        for row in answer.rows {
            guard let year = text("fiscal_year", row), let month = text("month_on", row).flatMap({ LocalDate($0) }),
                let amount = number("amount", row)
            else { continue }
            values[year, default: [:]][month.components.month] = amount
        }
        return ChartSight(
            groups: order.map { Self.months[$0 - 1] },
            series: values.sorted { $0.key < $1.key }.map { year, amounts in
                ChartSight.Series("Fiscal year \(year)", order.map { amounts[$0] })
            }, unit: "invoiced")
    }

    /// Every month of a span, whether it has a row or not.
    private func byMonth(
        _ days: (from: LocalDate, to: LocalDate), unit: String, _ series: [(words: String, column: String)],
        isZero: Bool
    ) -> ChartSight {
        var months: [LocalDate] = []
        var month = days.from.startOfMonth
        while month <= days.to {
            months.append(month)
            month = month.adding(months: 1)
        }
        let rows = Dictionary(answer.rows.map { (text("month_on", $0) ?? "", $0) }) { first, _ in first }
        return ChartSight(
            groups: months.map { "\(Self.months[$0.components.month - 1]) \($0.components.year % 100)" },
            series: series.map { words, column in
                ChartSight.Series(
                    words, months.map { month in rows[month.description].flatMap { number(column, $0) } })
            }, unit: unit)
    }

    private func workInProgress() -> ChartSight {
        let values = answer.rows.map { number("amount", $0) }
        let unknown = answer.rows.first.flatMap { text("jobs_without_value", $0) }.flatMap { Int($0) } ?? 0
        let isNothing = unknown == 0 && values.allSatisfy { $0 ?? 0 == 0 }
        var sight = ChartSight(
            groups: isNothing ? [] : answer.rows.map { text("age", $0) ?? "" },
            series: [ChartSight.Series("Worth", values)], unit: "worth")
        if unknown > 0 {
            sight.remarks = [
                "\(Console.grouped(unknown)) jobs have time without a rate: what that is worth is not known and not in it. "
                    + "Rates are set in setting.staff_rate."
            ]
        }
        return sight
    }

    private func utilisation() -> ChartSight {
        let hasCapacity = answer.rows.contains { text("utilisation_percent", $0) != nil }
        let column = hasCapacity ? "utilisation_percent" : "billable_percent"
        let known = answer.rows.filter { number(column, $0) != nil }
        let shown = known.sorted { (number(column, $0) ?? 0) > (number(column, $1) ?? 0) }.prefix(Self.mostStaff)
        var sight = ChartSight(
            groups: shown.map { text("staff_name", $0) ?? "Nobody" },
            series: [
                ChartSight.Series(
                    hasCapacity ? "Billable of capacity" : "Billable of hours entered", shown.map { number(column, $0) }
                )
            ], unit: "%")
        sight.remarks = [
            hasCapacity
                ? "It is of capacity less leave; people without a set capacity are in the table only."
                : "It is of the hours entered less leave, since no capacity is set (setting.staff_capacity)."
        ]
        if known.count > shown.count {
            sight.remarks.append("The first \(shown.count) of \(known.count) people are drawn.")
        }
        return sight
    }
}
