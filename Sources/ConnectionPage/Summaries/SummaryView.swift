internal import Foundation
internal import Inflow

/// Summaries as their template sees them.
struct SummaryView {
    private let summariesAddress: String
    private let from: String
    private let to: String
    private let span: String
    private let tables: [Table]

    private static let mostAtOnce = 25

    private struct Table {
        let title: String
        let hint: String
        let heading: String
        let csvAddress: String
        let completeness: [CompletenessView]
        let rows: [Row]
        let restWords: String?
        let rest: [Row]
        let isEmpty: Bool
        let hours: String
        let billable: String
        let amount: String
        let amountHeading: String
    }

    private struct Row {
        let label: String
        let labelAddress: String?
        let hours: String
        let hoursAddress: String?
        let billable: String
        let amount: String
        let amountAddress: String?
    }

    init(_ sight: SummarySight, connection: String) {
        let address = Address.connection(connection) + "/summaries"
        summariesAddress = address
        (from, to) = (sight.span.from.description, sight.span.to.description)
        span = "\(DayWords.short(sight.span.from)) to \(DayWords.short(sight.span.to))"
        let completeness = CompletenessLine.views(sight.completeness)
        let links = SummaryLinks(addresses: TableAddress(connection: connection), span: sight.span)
        tables = FigureKind.allCases.map { kind in
            let rows = sight.tables[kind] ?? []
            let views = rows.map { SummaryView.row($0, kind, links) }
            let isLong = rows.count > SummaryView.mostAtOnce + 5
            let first = isLong ? SummaryView.mostAtOnce : rows.count
            let amounts = rows.map(\.amount)
            let words = SummaryView.words(kind)
            return Table(
                title: words.title, hint: words.hint, heading: words.heading,
                csvAddress: "\(address)/\(kind.rawValue)/csv?from=\(sight.span.from)&to=\(sight.span.to)",
                completeness: completeness, rows: Array(views.prefix(first)),
                restWords: isLong ? "The other \(NumberText.grouped(rows.count - first))" : nil,
                rest: Array(views.dropFirst(first)), isEmpty: rows.isEmpty,
                hours: DecimalText.hours(rows.reduce(0) { $0 + $1.minutes }),
                billable: DecimalText.hours(rows.reduce(0) { $0 + $1.billableMinutes }),
                amount: amounts.contains(nil)
                    ? "–" : DecimalText.grouped(amounts.compactMap(\.self).reduce(0, +)),
                amountHeading: kind == .staff ? "Invoiced for this time" : "Invoiced")
        }
    }

    private static func words(_ kind: FigureKind) -> (title: String, heading: String, hint: String) {
        switch kind {
        case .month:
            ("By month", "Month", "Hours by the day worked, amounts by the invoice's date.")
        case .client:
            ("By client", "Client", "Hours go to the client of the job today, amounts to the client on the invoice.")
        case .staff:
            (
                "By staff", "Person",
                "Leave is not billable. The amount is what invoice lines charge for these entries by the hour; – where a "
                    + "line says no minutes."
            )
        case .jobState:
            ("By job status", "Status", "The status of the job today. Lines of invoices that name no job have none.")
        }
    }

    private static func row(_ row: SummarySight.Row, _ kind: FigureKind, _ links: SummaryLinks) -> Row {
        let none: String =
            switch kind {
            case .month: "No month"
            case .client: "No client, or one that is not loaded"
            case .staff: "Nobody"
            case .jobState: "No job, or one without a status"
            }
        return Row(
            label: row.label ?? none, labelAddress: links.label(kind, row.key), hours: DecimalText.hours(row.minutes),
            hoursAddress: row.minutes == 0 ? nil : links.hours(kind, row.key),
            billable: DecimalText.hours(row.billableMinutes),
            amount: row.amount.map { DecimalText.grouped($0) } ?? "–",
            amountAddress: row.amount == 0 ? nil : links.amount(kind, row.key))
    }
}

/// Where the figures of a row lead: to the records that they were added up from, or the nearest to that.
struct SummaryLinks {
    let addresses: TableAddress
    let span: DaySpan

    /// The page of what a row is about.
    func label(_ kind: FigureKind, _ key: String?) -> String? {
        guard let key else { return nil }
        return switch kind {
        case .month: nil
        case .client: addresses.record("client", key)
        case .staff: addresses.record("staff", key)
        case .jobState: addresses.table("wfm.job", [TableFilter("state", .equal, key), Self.listed])
        }
    }

    /// The time entries under a row's hours; of a client and a state, which time entries do not name, the report that has
    /// them by month.
    func hours(_ kind: FigureKind, _ key: String?) -> String? {
        switch kind {
        case .month:
            guard let days = days(of: key) else { return nil }
            return addresses.table("wfm.timesheet", days("worked_on") + [Self.listed])
        case .staff:
            return addresses.table("wfm.timesheet", [same("staff_uuid", key)] + days("worked_on", span) + [Self.listed])
        case .client:
            let months = DaySpan(from: span.from.startOfMonth, to: span.to) ?? span
            return addresses.table("report.timesheet_by_month", [same("client_uuid", key)] + days("month_on", months))
        case .jobState: return nil
        }
    }

    /// The lines of invoices under a row's amount.
    func amount(_ kind: FigureKind, _ key: String?) -> String? {
        switch kind {
        case .month:
            guard let days = days(of: key) else { return nil }
            return addresses.table("report.invoice_line", days("issued_on"))
        case .client:
            return addresses.table("report.invoice_line", [same("client_uuid", key)] + days("issued_on", span))
        case .staff, .jobState: return nil
        }
    }

    private static let listed = TableFilter("deleted_at", .empty, "")

    private func same(_ column: String, _ key: String?) -> TableFilter {
        key.map { TableFilter(column, .equal, $0) } ?? TableFilter(column, .empty, "")
    }

    private func days(_ column: String, _ span: DaySpan) -> [TableFilter] {
        [
            TableFilter(column, .atLeast, span.from.description), TableFilter(column, .atMost, span.to.description),
        ]
    }

    /// The days of a month that are in the span.
    private func days(of month: String?) -> ((String) -> [TableFilter])? {
        guard let first = month.flatMap({ LocalDate($0) }) else { return nil }
        let last = first.adding(months: 1).adding(days: -1)
        guard let part = DaySpan(from: max(first, span.from), to: min(last, span.to)) else { return nil }
        return { days($0, part) }
    }
}
