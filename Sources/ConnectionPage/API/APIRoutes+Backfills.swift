internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow

/// History: planned, read, paused and continued.
extension APIRoutes {
    var backfillRoutes: [APIRoute] {
        [
            APIRoute(
                method: .get, path: "/connections/{connection}/backfill", id: "getBackfill",
                summary: "The newest backfill that was started on the page or by the API, and how far it is.",
                answer: .document(APIDocuments.backfill)
            ) { asked in try .json(APIDocuments.backfill.document(try await newest(try asked.named()))) },
            APIRoute(
                method: .get, path: "/connections/{connection}/backfill/plan", id: "planBackfill",
                summary: "What a backfill would read and what it costs; nothing is read.",
                question: [
                    Self.firstDay, .day("to", Self.lastDay),
                    .text("entities", "Entities with dates, with commas between them; without it, all of them."),
                    Self.chunk,
                ],
                answer: .document(APIDocuments.backfillPlan)
            ) { asked in
                let entities = asked.question["entities"]?.split(separator: ",").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                let wish = try Self.wish(
                    entities ?? [], from: try asked.askedDay("from"), to: try asked.askedDay("to"),
                    chunk: asked.question["chunk"])
                let plan = try await backfills.preview(wish, of: try asked.named())
                return try .json(APIDocuments.backfillPlan.document(plan))
            },
            APIRoute(
                method: .post, path: "/connections/{connection}/backfill", id: "startBackfill",
                summary: "Asks for history; what the tables hold already is not read again.", right: .operate,
                body: [
                    Self.firstDay, .day("to", Self.lastDay),
                    .texts("entities", "Entities with dates; without them, all of them."), Self.chunk,
                ],
                answer: .nothing(.accepted, "It is in the queue.")
            ) { asked in
                let wish = try Self.wish(
                    try asked.texts("entities"), from: try asked.day("from"), to: try asked.day("to"),
                    chunk: try asked.text("chunk"))
                try await backfills.start(wish, of: try asked.named(), by: asked.doer)
                return Response(status: .accepted)
            },
            APIRoute(
                method: .post, path: "/connections/{connection}/backfill/pause", id: "pauseBackfill",
                summary: "Stops the backfill that waits or reads, after the chunk under way; what is read stays.",
                right: .operate, answer: .nothing(.accepted, "It was asked to stop.")
            ) { asked in
                try await backfills.pause(of: try asked.named(), by: asked.doer)
                return Response(status: .accepted)
            },
            APIRoute(
                method: .post, path: "/connections/{connection}/backfill/continue", id: "continueBackfill",
                summary: "Goes on with the newest backfill, where it was paused or left something unread.",
                right: .operate, answer: .nothing(.accepted, "It is in the queue.")
            ) { asked in
                let name = try asked.named()
                let state = try await newest(name)
                guard state.phase.canGoOn else {
                    throw APIProblem(
                        .conflict, "There is nothing to continue",
                        "The newest backfill of \(name) is \(state.phase.rawValue). Nothing was changed.")
                }
                try await backfills.start(state.wish, of: name, by: asked.doer)
                return Response(status: .accepted)
            },
        ]
    }

    private static let firstDay = APIParameter(
        name: "from", schema: APISchema.day("The first day."), isRequired: true)
    private static let lastDay = "The last day, included; without it, the end of this month."
    private static let chunk = APIParameter.word(
        "chunk", "How much history is one chunk; quarter without it.",
        among: BackfillPlan.Size.allCases.map(\.rawValue))

    private func newest(_ name: String) async throws -> BackfillState {
        guard let state = try await backfills.state(of: name) else {
            throw APIProblem(
                .notFound, "\(name) has no backfill",
                "None was started on the page or by the API. Nothing was changed.")
        }
        return state
    }

    private static func wish(
        _ entities: [String], from first: LocalDate?, to last: LocalDate?, chunk: String?
    ) throws -> BackfillWish {
        guard let first else {
            throw APIProblem.invalid(
                "There is no first day", "Send \"from\", a day as in 2019-01-01. Inflow did nothing.")
        }
        guard let size = BackfillPlan.Size(rawValue: chunk ?? BackfillPlan.Size.quarter.rawValue) else {
            throw APIProblem.invalid(
                "There is no such chunk",
                "It is \(BackfillPlan.Size.allCases.map(\.rawValue).joined(separator: ", ")). Inflow did nothing.")
        }
        return BackfillWish(entities: entities, first: first, last: last, size: size)
    }
}
