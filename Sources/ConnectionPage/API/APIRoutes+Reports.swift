internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow
internal import NIOCore

/// Reports as rows.
extension APIRoutes {
    var reportRoutes: [APIRoute] {
        [
            APIRoute(
                method: .get, path: "/connections/{connection}/reports", id: "listReports",
                summary: "The reports of the connection, with the question that each answers and its columns.",
                answer: .document(APIDocuments.reports)
            ) { asked in
                try .json(APIDocuments.reports.document(try await api.reports.reports(of: try asked.named())))
            },
            APIRoute(
                method: .get, path: "/connections/{connection}/reports/{report}", id: "getReport",
                summary: "The rows of a report, all of one moment, sent as they are read.",
                question: [
                    .day("from", "The first day, of the report's date column; a month counts where any day does."),
                    .day("to", "The last day, included."),
                ],
                answer: APIAnswer(
                    status: .ok, help: "An array with an object for each row; its members are the report's columns.",
                    type: "application/json", schema: ["type": "array", "items": ["type": "object"]])
            ) { asked in
                let (report, name) = (try asked.part("report"), try asked.named())
                let (from, to) = (try asked.askedDay("from"), try asked.askedDay("to"))
                let days = [from.map { "from \($0)" }, to.map { "to \($0)" }].compactMap(\.self).joined(separator: " ")
                let rows = try await api.log.noted(
                    try await api.reports.rows(report, from: from, to: to, of: name),
                    .file(of: report, question: days), of: name, by: asked.doer)
                return .streamed(rows, [.contentType: "application/json"])
            },
        ]
    }
}
