internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow
internal import NIOCore

/// The API for programs: one table of routes, of which the router and the OpenAPI document are made.
struct APIRoutes: Sendable {
    let connections: any ConnectionService
    let runs: any RunService
    let history: any RunHistoryService
    let completeness: any CompletenessService
    let api: APIServices
    let version: String
    let now: Now
    /// How often events look.
    var pause: Duration = .seconds(1)

    private static let mostRuns: Int64 = 200
    private static let mostRejections: Int64 = 1_000

    /// The API over the services of the pages and its own.
    init(_ pages: PageServices, _ api: APIServices, version: String, now: @escaping Now) {
        self.init(
            connections: pages.connections, runs: pages.runs, history: pages.history,
            completeness: pages.completeness, api: api, version: version, now: now)
    }

    init(
        connections: any ConnectionService, runs: any RunService, history: any RunHistoryService,
        completeness: any CompletenessService, api: APIServices, version: String, now: @escaping Now
    ) {
        (self.connections, self.runs, self.history) = (connections, runs, history)
        (self.completeness, self.api, self.version, self.now) = (completeness, api, version, now)
    }

    /// All routes.
    var table: [APIRoute] {
        connectionRoutes + runRoutes + requestRoutes + rejectionRoutes + deletionRoutes + reportRoutes
            + [webhookRoute, documentRoute]
    }

    func register(_ router: Router<PageContext>, gate: Gate) {
        let gate = APIGate(entry: api.entry, gate: gate)
        for route in table {
            router.on(route.routerPath, method: route.method) { request, context in
                guard let right = route.right else { return try await route.handle(.anyone(request, context)) }
                return try await route.handle(try await gate.checked(request, context, route, right))
            }
        }
    }

    // MARK: connections

    private var connectionRoutes: [APIRoute] {
        [
            APIRoute(
                method: .get, path: "/connections", id: "listConnections",
                summary: "The connections that the token is for, and how they stand.",
                answer: .document(APIDocuments.connections)
            ) { asked in
                let cards = try await connections.cards(now: now()).filter { asked.visitor.may(.view, with: $0.name) }
                return try .json(APIDocuments.connections.document(cards))
            },
            APIRoute(
                method: .get, path: "/connections/{connection}", id: "getConnection",
                summary: "A connection, its schedule, and what is left of its calls.",
                answer: .document(APIDocuments.overview)
            ) { asked in try .json(APIDocuments.overview.document(try await overview(asked))) },
            APIRoute(
                method: .get, path: "/connections/{connection}/counts", id: "getCounts",
                summary: "The rows of each entity, and how they changed in the last full run.",
                answer: .document(APIDocuments.counts)
            ) { asked in try .json(APIDocuments.counts.document(try await overview(asked).counts)) },
            APIRoute(
                method: .get, path: "/connections/{connection}/coverage", id: "getCoverage",
                summary: "Which months of which entity are complete, and why others are not.",
                question: [.text("entity", "Only this entity, by its name.")],
                answer: .document(APIDocuments.coverage)
            ) { asked in
                let facts = try await completeness.coverage(of: try asked.named())
                let entity = asked.question["entity"]
                if let entity, !facts.catalogue.contains(entity) {
                    throw APIProblem.invalid(
                        "There is no entity \"\(entity.prefix(60))\"",
                        "The entities are \(facts.catalogue.joined(separator: ", ")). Inflow did nothing.")
                }
                return try .json(
                    APIDocuments.coverage.document(facts.cells.filter { entity == nil || $0.entity == entity }))
            },
            APIRoute(
                method: .get, path: "/connections/{connection}/schedule", id: "getSchedule",
                summary: "When the connection is read every day.", answer: .document(APIDocuments.schedule)
            ) { asked in try .json(APIDocuments.schedule.document(try await overview(asked))) },
            APIRoute(
                method: .put, path: "/connections/{connection}/schedule", id: "changeSchedule",
                summary: "Changes when the connection is read; what the body leaves out stays as it is.",
                right: .operate,
                body: [
                    .flag("is_on", "Whether scheduled runs are wanted."),
                    .text("time", "The time of day, as in 08:00."),
                    .text("time_zone", "The IANA zone of that time, such as Pacific/Auckland."),
                    .flag("is_pinned", "Whether a Sync All leaves the time alone."),
                    .flag("is_paused", "Whether the connection is paused: no scheduled run begins."),
                ],
                answer: .document(APIDocuments.schedule)
            ) { try await changeSchedule($0) },
        ]
    }

    private func overview(_ asked: APIRequest) async throws -> ConnectionOverview {
        try await connections.overview(of: try asked.named(), now: now())
    }

    private func changeSchedule(_ asked: APIRequest) async throws -> Response {
        let name = try asked.named()
        let before = try await overview(asked)
        // Everything is read before anything is changed.
        let (isOn, isPinned, isPaused) = (
            try asked.flag("is_on"), try asked.flag("is_pinned"), try asked.flag("is_paused")
        )
        let (time, zone) = (try asked.text("time"), try asked.text("time_zone"))
        if zone != nil, time ?? before.time == nil {
            throw APIProblem.invalid(
                "\"time_zone\" needs a time", "There is no time of day yet: send \"time\" too. Nothing was changed.")
        }
        if isOn != nil || time != nil || zone != nil || isPinned != nil {
            let set = ScheduleChange.set(
                isOn: isOn ?? before.isOn, time: time ?? (zone == nil ? nil : before.time),
                zone: zone ?? before.timeZone, isPinned: isPinned ?? before.isPinned)
            try await connections.change(set, of: name, by: asked.doer)
        }
        if let isPaused, isPaused != (before.pausedAt != nil) {
            try await connections.change(isPaused ? .pause : .resume, of: name, by: asked.doer)
        }
        return try .json(APIDocuments.schedule.document(try await overview(asked)))
    }

    // MARK: runs

    private var runRoutes: [APIRoute] {
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

    private var requestRoutes: [APIRoute] {
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
    private var webhookRoute: APIRoute {
        APIRoute(
            method: .post, path: "/connections/{connection}/webhooks/sync", id: "syncByWebhook",
            summary: "Asks for a Sync All; the body is not read, and the token may come as the password of Basic "
                + "authentication.",
            right: .operate, takesPassword: true, answer: .started
        ) { try await start(.syncAll, $0) }
    }

    // MARK: decisions

    private var rejectionRoutes: [APIRoute] {
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

    private var deletionRoutes: [APIRoute] {
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

    // MARK: reports and the document

    private var reportRoutes: [APIRoute] {
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
                let rows = try await api.reports.rows(
                    try asked.part("report"), from: try asked.askedDay("from"), to: try asked.askedDay("to"),
                    of: try asked.named())
                return .streamed(rows, [.contentType: "application/json"])
            },
        ]
    }

    private var documentRoute: APIRoute {
        APIRoute(
            method: .get, path: "/openapi.json", id: "getDocument", summary: "This document.", right: nil,
            answer: APIAnswer(
                status: .ok, help: "An OpenAPI 3.1 document.", type: "application/json", schema: ["type": "object"])
        ) { _ in try .json(OpenAPIDocument(routes: table, version: version).json) }
    }
}

extension APIRequest {
    /// A request of a route that needs no token.
    static func anyone(_ request: Request, _ context: PageContext) -> APIRequest {
        let nobody = Visitor(
            session: 0, actor: .nobody, name: "", rights: [], connections: [], formToken: "", isUser: false)
        return APIRequest(
            visitor: nobody, client: Client(address: "", browser: ""), token: "", parameters: context.parameters,
            question: Form(""), body: [:])
    }
}

extension Response {
    /// A document.
    static func json(_ value: JSONValue, _ status: HTTPResponse.Status = .ok) throws -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: try value.encoded())))
    }
}
