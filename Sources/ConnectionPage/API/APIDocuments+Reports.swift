internal import Foundation
internal import Inflow

/// Reports and their columns.
extension APIDocuments {
    static let reports = APIShape<[ReportSummary]>(
        "Reports", "The reports of a connection.",
        [
            .list(
                "reports", "The reports, by name.",
                of: APIShape<ReportSummary>(
                    "Report", "A report and its columns.",
                    [
                        .text("name", "Its name in the address of its rows.") { $0.name },
                        .text("question", "The question that it answers.") { $0.question },
                        .maybeText("date_column", "The day that from and to act on; null where it has none.") {
                            $0.dateColumn
                        },
                        .list(
                            "columns", "Its columns, in order: the members of each row.",
                            of: APIShape<ReportSummary.Column>(
                                "ReportColumn", "A column of a report.",
                                [
                                    .text("name", "Its name.") { $0.name },
                                    .text("type", "Its type in PostgreSQL.") { $0.type },
                                    .text("comment", "What it means.") { $0.comment },
                                ])
                        ) { $0.columns },
                    ])
            ) { $0 }
        ])
}
