import ArgumentParser
import Inflow
import Warehouse

struct ReportListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the reports, with the question that each answers and its days.",
        discussion: """
            --from and --to of "inflow report NAME" act on the day before the semicolon. With --connection the views \
            of the connection's own fields are listed too.
            """
                + "\n\n" + examples("inflow report list", "inflow report list --connection acme"))

    @Option(help: "Name of a connection.", completion: .connections) var connection: String?
    @Flag(help: "Print one JSON document.") var json = false

    private struct Document: Encodable {
        let name, schema, question: String
        let dateColumn: OrNull<String>
        let dateColumns, columns: [String]

        init(_ report: ShownRelation) {
            (name, schema, question) = (report.name, report.schema, report.question)
            dateColumn = OrNull(report.dateColumn)
            (dateColumns, columns) = (report.dateColumns, report.columns.map(\.name))
        }
    }

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let reports = try await ShownRelation.all(of: try await wiring.readable(connection), in: wiring.warehouse)
                .filter { $0.isReport && ($0.schema == "report" || connection != nil) }
                .sorted { ($0.schema == "report" ? 0 : 1, $0.name) < ($1.schema == "report" ? 0 : 1, $1.name) }
            if json { return try Console.json(reports.map(Document.init)) }
            Console.table(
                ["report", "question", "days"],
                reports.map { [$0.schema == "report" ? $0.name : $0.fullName, $0.question, days($0)] })
        }
    }

    /// The day that a span acts on, then the others.
    private func days(_ report: ShownRelation) -> String {
        let others = report.dateColumns.filter { $0 != report.dateColumn }.joined(separator: ", ")
        guard let leading = report.dateColumn else { return others.isEmpty ? "" : "; \(others)" }
        return others.isEmpty ? leading : "\(leading); \(others)"
    }
}
