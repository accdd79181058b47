internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow
internal import NIOCore

/// Runs and the requests of the queue: listed, asked for, followed and stopped.
extension APIRoutes {
    private static let mostRuns: Int64 = 200

    var runRoutes: [APIRoute] {
        [
            APIRoute(
                method: .get, path: "/connections/{connection}/runs", id: "listRuns",
                summary: "Runs of a connection, the newest first.",
                question: [
                    .number("before", "Only runs before this number, to go on after the last one listed."),
                    .number("limit", "How many runs, from 1 to \(Self.mostRuns); 50 without it."),
                ],
                answer: .document(APIDocuments.runs)
            ) { asked in
                let limit = try asked.askedNumber("limit", in: 1...Self.mostRuns) ?? 50
                let before = try asked.askedNumber("before", in: 1...Int64.max)
                let past = try await history.runs(of: try asked.named(), before: before, limit: Int(limit))
                return try .json(APIDocuments.runs.document(past.runs))
            },
            APIRoute(
                method: .post, path: "/connections/{connection}/runs", id: "startRun",
                summary: "Asks for a Sync All, or for some entities and days; the queue has it at once.",
                right: .operate,
                body: [
                    .texts("entities", "Entities by their names; without them, all."),
                    .day("from", "The first day, for entities with dates."), .day("to", "The last day, included."),
                ],
                answer: .started
            ) { asked in
                let entities = try asked.texts("entities")
                let (first, last) = (try asked.day("from"), try asked.day("to"))
                let isWhole = entities.isEmpty && first == nil && last == nil
                return try await start(
                    isWhole ? .syncAll : .targeted(entities: entities, first: first, last: last), asked)
            },
            APIRoute(
                method: .post, path: "/connections/{connection}/runs/cancel", id: "cancelRun",
                summary: "Asks the run that goes on to stop; what is committed stays.", right: .operate,
                answer: .nothing(.accepted, "The run was asked to stop.")
            ) { asked in
                guard try await runs.cancel(of: try asked.named(), by: asked.doer) else {
                    throw APIProblem(.conflict, "No run goes on", "Nothing was changed.")
                }
                return Response(status: .accepted)
            },
            APIRoute(
                method: .get, path: "/connections/{connection}/runs/{run}", id: "getRun",
                summary: "A run with its part for each entity.", answer: .document(APIDocuments.run)
            ) { asked in
                let run = try await history.run(try asked.number("run"), of: try asked.named())
                return try .json(APIDocuments.run.document(run))
            },
            APIRoute(
                method: .get, path: "/connections/{connection}/runs/{run}/events", id: "followRun",
                summary: "Follows a run until it has ended.",
                answer: .events(
                    "Events \"run\" with a LiveRun as data whenever something changes, and \"end\" with the last.",
                    APIDocuments.live.schemas)
            ) { asked in
                let (name, run) = (try asked.named(), try asked.number("run"))
                // A run that there is none of is an answer of its own, and no stream.
                _ = try await api.runs.live(run: run, of: name)
                return events(asked) {
                    let live = try await api.runs.live(run: run, of: name)
                    return APIEvents.Look(
                        name: "run", document: APIDocuments.live.document(live), isLast: !live.isRunning)
                }
            },
        ]
    }

    private func start(_ wanted: WantedRun, _ asked: APIRequest) async throws -> Response {
        let name = try asked.named()
        let started = try await runs.start(wanted, of: name, by: asked.doer)
        var response = try Response.json(APIDocuments.started.document(started), .accepted)
        response.headers[.location] =
            "\(APIRoute.base)\(Address.connection(name))/requests/\(started.request)"
        return response
    }

    private func events(
        _ asked: APIRequest, _ look: @escaping @Sendable () async throws -> APIEvents.Look
    ) -> Response {
        APIEvents.response(
            every: pause,
            isGood: {
                guard case .entered(let visitor) = try await api.entry.enter(token: asked.token, from: asked.client)
                else { return false }
                return visitor.may(.view, with: try asked.named())
            }, look)
    }

    var requestRoutes: [APIRoute] {
        [
            APIRoute(
                method: .get, path: "/connections/{connection}/requests/{request}", id: "getRequest",
                summary: "A request of the queue, and the run that it has begun.",
                answer: .document(APIDocuments.request)
            ) { asked in
                let request = try await api.runs.request(try asked.number("request"), of: try asked.named())
                return try .json(APIDocuments.request.document(request))
            },
            APIRoute(
                method: .get, path: "/connections/{connection}/requests/{request}/events", id: "followRequest",
                summary: "Follows a request and its run until the request has ended, also when it waits or is resumed.",
                answer: .events(
                    "Events \"request\" with a RunRequest as data while it waits, \"run\" with a LiveRun, and \"end\" "
                        + "with the RunRequest.",
                    APIDocuments.live.schemas.merging(APIDocuments.request.schemas) { $1 })
            ) { asked in
                let (name, number) = (try asked.named(), try asked.number("request"))
                _ = try await api.runs.request(number, of: name)
                return events(asked) {
                    let request = try await api.runs.request(number, of: name)
                    guard request.state != .done, let run = request.run else {
                        return APIEvents.Look(
                            name: "request", document: APIDocuments.request.document(request),
                            isLast: request.state == .done)
                    }
                    let live = try await api.runs.live(run: run, of: name)
                    return APIEvents.Look(name: "run", document: APIDocuments.live.document(live), isLast: false)
                }
            },
        ]
    }

    /// A Sync All by a plain POST, for programs that can send nothing but an address, a user and a password.
    var webhookRoute: APIRoute {
        APIRoute(
            method: .post, path: "/connections/{connection}/webhooks/sync", id: "syncByWebhook",
            summary: "Asks for a Sync All; the body is not read, and the token may come as the password of Basic "
                + "authentication.",
            right: .operate, takesPassword: true, answer: .started
        ) { try await start(.syncAll, $0) }
    }
}
