internal import Foundation
internal import Hummingbird
internal import Inflow

/// Hours and amounts by month, client, person and job status, each with the way to the records under it.
struct SummariesPage: Sendable {
    let summaries: any SummaryService
    let log: any ReadingLog
    let pages: Pages
    let now: Now

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/summaries") { asked in
            let name = try asked.named()
            let sight = try await summaries.summaries(try Self.span(asked, back: "summaries"), of: name, now: now())
            return try pages.page(
                "summaries", title: "Summaries", SummaryView(sight, connection: name), for: asked, tab: .summaries)
        }
        routes.get("connections/:connection/summaries/:kind/csv") { asked in
            let name = try asked.named()
            guard let kind = FigureKind(rawValue: try asked.part("kind")) else { throw PageProblem.noSuchPage }
            let span = try Self.span(asked, back: "summaries")
            let rows = try await log.noted(
                try await summaries.csv(kind, span, of: name, now: now()),
                .file(of: "summary by \(kind.rawValue)", asked), asked)
            return .csv(rows, named: "\(name)-by-\(kind.rawValue)")
        }
    }

    /// The span that an address names; `nil` where it names none.
    static func span(_ asked: PageRequest, back: String) throws -> DaySpan? {
        let (from, to) = (asked.question["from"], asked.question["to"])
        guard from != nil || to != nil else { return nil }
        let remedy = PageProblem.Remedy("Back", Address.connection(try asked.named()) + "/" + back)
        func day(_ text: String?) throws -> LocalDate {
            guard let text, let day = LocalDate(text) else {
                throw PageProblem(
                    .invalid, "\"\(text ?? "")\" is not a day",
                    "Give both days, written as in 2026-11-30. Inflow read nothing.", remedy: remedy)
            }
            return day
        }
        guard let span = DaySpan(from: try day(from), to: try day(to)) else {
            throw PageProblem(
                .invalid, "The first day is after the last", "Inflow read nothing.", remedy: remedy)
        }
        return span
    }
}
