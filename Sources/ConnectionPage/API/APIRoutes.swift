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
    let backfills: any BackfillService
    let completeness: any CompletenessService
    let api: APIServices
    let version: String
    let now: Now
    /// How often events look.
    var pause: Duration = .seconds(1)

    /// The API over the services of the pages and its own.
    init(_ pages: PageServices, _ api: APIServices, version: String, now: @escaping Now) {
        self.init(
            connections: pages.connections, runs: pages.runs, history: pages.history, backfills: pages.backfills,
            completeness: pages.completeness, api: api, version: version, now: now)
    }

    init(
        connections: any ConnectionService, runs: any RunService, history: any RunHistoryService,
        backfills: any BackfillService, completeness: any CompletenessService, api: APIServices, version: String,
        now: @escaping Now
    ) {
        (self.connections, self.runs, self.history, self.backfills) = (connections, runs, history, backfills)
        (self.completeness, self.api, self.version, self.now) = (completeness, api, version, now)
    }

    /// All routes.
    var table: [APIRoute] {
        connectionRoutes + runRoutes + requestRoutes + backfillRoutes + rejectionRoutes + deletionRoutes + reportRoutes
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
