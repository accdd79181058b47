internal import Foundation
internal import Hummingbird
internal import Inflow

/// Charts that the server draws, each with the table behind it.
struct ChartsPage: Sendable {
    let charts: any ChartService
    let log: any ReadingLog
    let pages: Pages
    let now: Now

    private struct Content {
        let charts: [ChartView]
    }

    private struct ChartView {
        let title: String
        let hint: String
        let csvAddress: String
        let remarks: [RemarkView]
        let completeness: [CompletenessView]
        let isDrawn: Bool
        let isEmpty: Bool
        let trouble: String?
        let drawing: BarChart
        let columns: [Heading]
        let rows: String
    }

    private struct RemarkView {
        let remark: String
    }

    private struct Heading {
        let name: String
        let isNumber: Bool
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/charts") { asked in
            let name = try asked.named()
            let sights = try await charts.charts(of: name, now: now())
            let views = ChartKind.allCases.compactMap { kind in sights[kind].map { view(kind, $0, name) } }
            return try pages.page("charts", title: "Charts", Content(charts: views), for: asked, tab: .charts)
        }
        routes.get("connections/:connection/charts/:kind/csv") { asked in
            let name = try asked.named()
            guard let kind = ChartKind(rawValue: try asked.part("kind")) else { throw PageProblem.noSuchPage }
            let rows = try await log.noted(
                try await charts.csv(kind, of: name, now: now()), .file(of: "chart \(kind.rawValue)", asked), asked)
            return .csv(rows, named: "\(name)-\(kind.rawValue)")
        }
    }

    private func view(_ kind: ChartKind, _ sight: ChartSight, _ connection: String) -> ChartView {
        let words = ChartsPage.words(kind)
        let addresses = TableAddress(connection: connection)
        return ChartView(
            title: words.title, hint: words.hint,
            csvAddress: "\(Address.connection(connection))/charts/\(kind.rawValue)/csv",
            remarks: sight.remarks.map { RemarkView(remark: $0) },
            completeness: CompletenessLine.views(sight.completeness), isDrawn: !sight.groups.isEmpty,
            isEmpty: sight.groups.isEmpty && sight.problem == nil, trouble: sight.problem,
            drawing: BarChart(kind, title: words.title, sight),
            columns: sight.columns.map { Heading(name: $0.name, isNumber: $0.isNumber) },
            rows: DataRows(
                sight.rows.map { row in
                    zip(sight.columns, row).map { ($1, $0.isNumber, addresses.named(by: $0.name, $1)) }
                }
            ).html)
    }

    private static func words(_ kind: ChartKind) -> (title: String, hint: String) {
        switch kind {
        case .invoiced:
            (
                "Invoiced per month",
                "Approved and paid invoices less credit notes, excluding tax, by the invoice's date."
            )
        case .hours: ("Billable and other hours per month", "By the day worked.")
        case .workInProgress:
            (
                "Work in progress by age",
                "What billable time is worth that is not invoiced, by the day worked, as of today."
            )
        case .winRate:
            (
                "Quotes won per month",
                "Won quotes and estimates of those that are decided, by the day of the quote. The rate of a young month moves."
            )
        case .utilisation:
            ("Utilisation by staff", "The billable part of each person's time in the last twelve months.")
        }
    }
}
