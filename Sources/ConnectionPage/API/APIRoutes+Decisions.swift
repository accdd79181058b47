internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow
internal import NIOCore

/// What a person decides: rejections and held deletions.
extension APIRoutes {
    private static let mostRejections: Int64 = 1_000

    var rejectionRoutes: [APIRoute] {
        [
            APIRoute(
                method: .get, path: "/connections/{connection}/rejections", id: "listRejections",
                summary: "Records and values that are not loaded, the newest first.",
                question: [
                    .flag("all", "Also those that are closed or dismissed."),
                    .number("limit", "How many, from 1 to \(Self.mostRejections); 200 without it."),
                ],
                answer: .document(APIDocuments.rejections)
            ) { asked in
                let limit = try asked.askedNumber("limit", in: 1...Self.mostRejections) ?? 200
                let facts = try await completeness.rejections(
                    of: try asked.named(), all: try asked.askedFlag("all"), limit: Int(limit))
                return try .json(APIDocuments.rejections.document(facts))
            },
            decision(
                "rejections/retry", "retryRejections", "Reads the records of open rejections again.",
                .nothing(.accepted, "The runs that read them are in the queue.")
            ) { try await completeness.retry($0, of: $1, by: $2) },
            decision(
                "rejections/dismiss", "dismissRejections", "Hides rejections until their records have another error.",
                .nothing(.noContent, "They are dismissed.")
            ) { try await completeness.dismiss($0, of: $1, by: $2) },
            decision(
                "rejections/reopen", "reopenRejections", "Shows dismissed rejections again.",
                .nothing(.noContent, "They are open again.")
            ) { try await completeness.reopen($0, of: $1, by: $2) },
        ]
    }

    var deletionRoutes: [APIRoute] {
        [
            APIRoute(
                method: .get, path: "/connections/{connection}/deletions", id: "listDeletions",
                summary: "Rows that are missing from the platform, and how they stand.",
                answer: .document(APIDocuments.deletions)
            ) { asked in
                let rows = try await completeness.deletions(of: try asked.named())
                return try .json(APIDocuments.deletions.document(rows))
            },
            decision(
                "deletions/approve", "approveDeletions",
                "Approves held deletions: a run looks for the rows once more and marks those that are gone.",
                .nothing(.accepted, "They are approved, and the run that checks them is in the queue.")
            ) { try await completeness.decide(approving: true, $0, of: $1, by: $2) },
            decision(
                "deletions/reject", "rejectDeletions", "Rejects held deletions: the rows stay.",
                .nothing(.noContent, "They are rejected.")
            ) { try await completeness.decide(approving: false, $0, of: $1, by: $2) },
            decision(
                "deletions/reconsider", "reconsiderDeletions", "Takes decisions back: the rows wait again.",
                .nothing(.noContent, "They wait again.")
            ) {
                guard try await completeness.reconsider($0, of: $1, by: $2) > 0 else {
                    throw APIProblem(
                        .conflict, "It is too late to take that back",
                        "The rows were marked as deleted since, or the platform lists them again. Nothing was changed.")
                }
            },
        ]
    }

    /// Something that is decided about numbered things of a list.
    private func decision(
        _ path: String, _ id: String, _ summary: String, _ answer: APIAnswer,
        _ decide: @escaping @Sendable (_ ids: [Int64], _ name: String, _ by: Doer) async throws -> Void
    ) -> APIRoute {
        APIRoute(
            method: .post, path: "/connections/{connection}/\(path)", id: id, summary: summary, right: .operate,
            body: [.ids("The numbers of what is meant, one at least.")], answer: answer
        ) { asked in
            try await decide(try asked.ids(), try asked.named(), asked.doer)
            return Response(status: answer.status)
        }
    }
}
