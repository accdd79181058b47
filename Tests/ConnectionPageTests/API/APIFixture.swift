import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Inflow
import NIOCore
import Testing

@testable import ConnectionPage

/// The API over services that answer what a test says.
struct APIFixture: Sendable {
    let client: any TestClientProtocol

    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static func routes(_ services: ScriptedAPI) -> APIRoutes {
        var routes = APIRoutes(
            connections: services, runs: services, history: services, backfills: services, completeness: services,
            api: APIServices(entry: services, runs: services, reports: services, log: services.readings),
            version: "1.2.3", now: { now })
        routes.pause = .milliseconds(1)
        return routes
    }

    static func router(_ services: ScriptedAPI) throws -> Router<PageContext> {
        let routes = routes(services)
        let router = Router(context: PageContext.self)
        router.add(middleware: SecurityHeaders(isSecure: false))
        router.add(middleware: ProblemPages(pages: try Pages(version: "test")))
        router.add(middleware: APIProblems(routes: routes.table))
        let visitor = NumberFixture.visitor([.view, .operate, .administer], connections: nil)
        routes.register(router, gate: Gate(entry: ScriptedEntry(visitor: visitor), doors: .loopback))
        return router
    }

    static func run(
        _ services: ScriptedAPI = ScriptedAPI(), _ body: @escaping @Sendable (APIFixture) async throws -> Void
    ) async throws {
        try await Application(router: router(services)).test(.router) { try await body(APIFixture(client: $0)) }
    }

    /// A request with a token of the script: "inflow_read", "inflow_operate", "inflow_acme" or another.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, token: String? = "inflow_operate",
        headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        return try await client.execute(
            uri: "/api/v1" + path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
    }
}

extension TestResponse {
    var json: JSONValue {
        get throws { try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }
    }
}

extension JSONValue {
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var members: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
    var values: [JSONValue]? { if case .list(let values) = self { values } else { nil } }
    subscript(_ place: Int) -> JSONValue? { values.flatMap { $0.indices.contains(place) ? $0[place] : nil } }
}

/// What the services behind the API answer, and what it asked of them.
struct ScriptedAPI: Sendable {
    let asked = Asked()
    let readings = Scripted.Readings()
    /// What the next looks at a run give; the last one stays.
    var lives: [LiveRun] = []
    var requests: [RunRequest] = []
    var deletions: [HeldDeletion] = []
    var failure: (any Error)?
    /// How the newest backfill stands; `nil` where there is none.
    var phase: BackfillState.Phase? = .paused

    static let at = Date(timeIntervalSince1970: 1_799_999_999)

    /// What was asked for, in words.
    actor Asked {
        private(set) var words: [String] = []
        private(set) var doers: Set<Doer> = []
        private(set) var looks = 0
        private(set) var requestLooks = 0
        var revoked: Set<String> = []
        func note(_ word: String, _ doer: Doer) {
            words.append(word)
            doers.insert(doer)
        }
        func look() -> Int {
            defer { looks += 1 }
            return looks
        }
        func requestLook() -> Int {
            defer { requestLooks += 1 }
            return requestLooks
        }
        func revoke(_ token: String) { revoked.insert(token) }
    }

    static func overview(_ name: String) -> ConnectionOverview {
        var overview = ConnectionOverview(
            card: ConnectionCard(name: name, zone: .gmt, state: .ended(.green)))
        overview.card.lastRun = at
        (overview.time, overview.timeZone, overview.isOn) = ("08:00", "Pacific/Auckland", true)
        overview.counts = [
            .init(
                entity: "job", rows: 3, change: nil, readAt: at, status: .green, isDated: false, isReference: false,
                isPerParent: false)
        ]
        return overview
    }

    static func facts(_ run: Int64) -> PastRun.Facts {
        var tally = Tally()
        (tally.pulled, tally.inserted, tally.markedDeleted) = (5, 5, 1)
        return PastRun.Facts(
            run: run, trigger: .manual, scope: "everything", status: .ended(.green), startedAt: at, tally: tally,
            calls: 2, bytes: 9, holder: "a machine")
    }
}

extension ScriptedAPI: ConnectionService {
    func cards(now: Instant) async throws -> [ConnectionCard] {
        if let failure { throw failure }
        return ["acme", "other"].map { Self.overview($0).card }
    }
    func overview(of name: String, counted: RecordCounts, now: Instant) async throws -> ConnectionOverview {
        Self.overview(name)
    }
    func number(of name: String) async throws -> Int64 { 1 }
    func counts(of name: String) async throws -> RecordCounts { RecordCounts(rows: [:], countedAt: Self.at) }
    func change(_ schedule: ScheduleChange, of name: String, by doer: Doer) async throws {
        await asked.note("\(schedule) of \(name)", doer)
    }
    func refreshToken(of name: String, by: Doer) async throws {}
}

extension ScriptedAPI: RunService, APIRunService, RunHistoryService {
    func start(_ wanted: WantedRun, of connection: String, by doer: Doer) async throws -> StartedRun {
        await asked.note("start \(wanted) of \(connection)", doer)
        return .queued(7)
    }
    func cancel(of connection: String, by doer: Doer) async throws -> Bool {
        await asked.note("cancel \(connection)", doer)
        return connection == "acme"
    }
    func live(of connection: String) async throws -> LiveRun { LiveRun() }
    func live(run: Int64, of connection: String) async throws -> LiveRun {
        guard !lives.isEmpty else { throw PageProblem(.notFound, "There is no such run", "Nothing was changed.") }
        return lives[min(await asked.look(), lives.count - 1)]
    }
    func request(_ number: Int64, of connection: String) async throws -> RunRequest {
        guard !requests.isEmpty else {
            throw PageProblem(.notFound, "There is no such request", "Nothing was changed.")
        }
        return requests[min(await asked.requestLook(), requests.count - 1)]
    }
    func runs(of connection: String, before: Int64?, limit: Int) async throws -> RunHistory {
        RunHistory(zone: .gmt, runs: [Self.facts(Int64(limit))], trend: [])
    }
    func run(_ number: Int64, of connection: String) async throws -> PastRun {
        PastRun(
            zone: .gmt, facts: Self.facts(number),
            parts: [.init(entity: "job", status: .green, tally: Tally(), calls: 1, words: ["a note"])], chunks: [])
    }
}

extension ScriptedAPI: CompletenessService {
    func coverage(of connection: String) async throws -> CoverageFacts {
        CoverageFacts(
            zone: .gmt, catalogue: ["job", "invoice"],
            cells: [
                .init(
                    entity: "invoice", month: LocalDate("2026-05-01"), status: .fresh, verifiedAt: Self.at, sent: 1,
                    held: 1, rejected: 0, missing: nil, reason: nil),
                .init(
                    entity: "job", month: nil, status: .never, verifiedAt: nil, sent: nil, held: nil, rejected: nil,
                    missing: nil, reason: "never read"),
            ])
    }
    func deletions(of connection: String) async throws -> [HeldDeletion] { deletions }
    func decide(approving: Bool, _ ids: [Int64], of connection: String, by doer: Doer) async throws {
        await asked.note("\(approving ? "approve" : "reject") \(ids) of \(connection)", doer)
    }
    func reconsider(_ ids: [Int64], of connection: String, by doer: Doer) async throws -> Int {
        await asked.note("reconsider \(ids) of \(connection)", doer)
        return ids == [1] ? 1 : 0
    }
    func rejections(of connection: String, all: Bool, limit: Int) async throws -> RejectionFacts {
        let entry = RejectionFacts.Entry(
            id: 3, status: .open, entity: "job", key: "k", label: "<J>", column: "wfm.job.budget", raw: "x",
            words: "no number", timesSeen: 2, lastRun: 9, lastSeenAt: Self.at)
        return RejectionFacts(zone: .gmt, groups: [], open: limit, entries: all ? [entry, entry] : [entry])
    }
    func retry(_ ids: [Int64], of connection: String, by doer: Doer) async throws {
        await asked.note("retry \(ids) of \(connection)", doer)
    }
    func dismiss(_ ids: [Int64], of connection: String, by doer: Doer) async throws {
        await asked.note("dismiss \(ids) of \(connection)", doer)
    }
    func reopen(_ ids: [Int64], of connection: String, by doer: Doer) async throws {
        await asked.note("reopen \(ids) of \(connection)", doer)
    }
    func quality(of connection: String, limit: Int) async throws -> QualityFacts {
        QualityFacts(zone: .gmt, kinds: [])
    }
    func drift(of connection: String) async throws -> [UnknownElement] { [] }
}

extension ScriptedAPI: BackfillService {
    func form(of connection: String) async throws -> BackfillForm {
        BackfillForm(
            zone: .gmt, entities: ["job"], firstDay: LocalDate(daysSinceEpoch: 0), today: LocalDate(daysSinceEpoch: 1))
    }
    func preview(_ wish: BackfillWish, of connection: String) async throws -> BackfillPreview {
        BackfillPreview(
            chunks: [.init(days: "2024", entities: wish.entities.joined(separator: ", "))], skipped: 1, calls: 12,
            minutes: nil, percentOfDay: 1, left: -3, days: 2)
    }
    func state(of connection: String) async throws -> BackfillState? {
        phase.map {
            BackfillState(
                wish: BackfillWish(
                    entities: [], first: LocalDate(year: 2023, month: 1, day: 1) ?? LocalDate(daysSinceEpoch: 0),
                    last: nil, size: .month), phase: $0, held: 1, all: 4, run: nil)
        }
    }
    func start(_ wish: BackfillWish, of connection: String, by doer: Doer) async throws {
        let words = "\(wish.first) to \(wish.last.map { "\($0)" } ?? "-") of \(wish.entities.joined(separator: ", "))"
        await asked.note("backfill from \(words), \(wish.size.rawValue)", doer)
    }
    func pause(of connection: String, by doer: Doer) async throws { await asked.note("pause \(connection)", doer) }
}

extension ScriptedAPI: ReportService {
    func reports(of connection: String) async throws -> [ReportSummary] {
        [
            ReportSummary(
                name: "invoice_line", question: "What was invoiced?", dateColumn: "issued_on",
                columns: [.init(name: "amount", type: "numeric", comment: "Excluding tax.")])
        ]
    }
    func rows(_ report: String, from: LocalDate?, to: LocalDate?, of connection: String) async throws -> TextStream {
        await asked.note("\(report) from \(from.map { "\($0)" } ?? "-") to \(to.map { "\($0)" } ?? "-")", Doer(.nobody))
        var services = Scripted()
        services.pieces = ["[", "{\"amount\":1}", "]"]
        return try await services.csv(TableQuestion(report), of: connection)
    }
}

extension ScriptedAPI: APIEntryService {
    static let names = ["inflow_read": "reader", "inflow_operate": "operator", "inflow_acme": "acme's"]

    func enter(token: String, from client: Client) async throws -> APIEntry {
        if token == "inflow_locked" { return .locked(until: Date().addingTimeInterval(60)) }
        guard let name = Self.names[token], await !asked.revoked.contains(token) else { return .refused }
        let access = PageAccess(token == "inflow_read" ? .read : .operate, .all)
        return .entered(
            Visitor(
                session: 0, actor: .token(4, name: name), name: name, rights: access.rights,
                connections: token == "inflow_acme" ? ["acme"] : nil, formToken: "", isUser: false))
    }
}
