import ConnectionPage
import Inflow
import Warehouse

/// Reports as rows of JSON, by the same selects as `inflow report`.
struct PageReports: ReportService {
    let readers: PageReaders

    func reports(of name: String) async throws -> [ReportSummary] {
        try await readers.reading(name) { session, _ in
            try await session.relations().filter(\.isReport).map { report in
                ReportSummary(
                    name: Self.name(report), question: report.question, dateColumn: report.dateColumn,
                    columns: report.columns.map {
                        ReportSummary.Column(name: $0.name, type: $0.type, comment: $0.comment ?? "")
                    })
            }.sorted { $0.name < $1.name }
        }
    }

    func rows(
        _ report: String, from: LocalDate?, to: LocalDate?, of name: String
    ) async throws -> TextStream {
        try await readers.csv(name, as: JSONRows()) { session, _ in
            guard let relation = try await session.relations().first(where: { $0.isReport && Self.name($0) == report })
            else {
                throw PageProblem(
                    .notFound, "There is no report \"\(report.prefix(100))\"",
                    "Nothing was read. The list of reports has all that the connection's reader may read.")
            }
            if from != nil || to != nil, relation.dateColumn == nil {
                throw PageProblem(
                    .invalid, "\(report) has no day that from and to could act on", "Nothing was read. Leave them out.")
            }
            var query = ReportQuery(relation)
            (query.from, query.to) = (from, to)
            let statement = try query.statement()
            return try await session.rows(statement.sql, statement.parameters)
        }
    }

    /// Its name; with its schema where that is not `report`.
    private static func name(_ report: ShownRelation) -> String {
        report.schema == "report" ? report.name : report.fullName
    }
}
