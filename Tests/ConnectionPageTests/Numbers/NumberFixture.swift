import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Inflow
import NIOCore
import Testing

@testable import ConnectionPage

/// The pages with numbers over services that answer what a test says, with a visitor's session.
struct NumberFixture: Sendable {
    let client: any TestClientProtocol

    static let formToken = "the-form-token"
    static let viewer = visitor([.view])
    static let operates = visitor([.view, .operate])

    static func visitor(_ rights: Set<PageRight>, connections: Set<String>? = ["acme"]) -> Visitor {
        Visitor(
            session: 1, actor: .user(1, name: "Vera"), name: "Vera", rights: rights, connections: connections,
            formToken: formToken,
            isUser: true)
    }

    /// Runs a test against the pages.
    static func run(
        _ services: Scripted = Scripted(), visitor: Visitor = viewer, saved: any SavedQueryService = ScriptedSaved(),
        settings: any ReportSettingService = ScriptedSettings(),
        _ body: @escaping @Sendable (NumberFixture) async throws -> Void
    ) async throws {
        let pages = try Pages(version: "test")
        let router = Router(context: PageContext.self)
        router.add(middleware: SecurityHeaders(isSecure: false))
        router.add(middleware: ProblemPages(pages: pages))
        let routes = PageRoutes(
            router: router, gate: Gate(entry: ScriptedEntry(visitor: visitor), doors: .loopback))
        let numbers = NumberServices(
            tables: services, records: services, queries: services, savedQueries: saved, log: services.readings,
            summaries: services, charts: services, settings: settings)
        numbers.register(routes, pages, now: { Date(timeIntervalSince1970: 1_800_000_000) })
        try await Application(router: router).test(.router) { try await body(NumberFixture(client: $0)) }
    }

    /// Asks for a page with the visitor's session, or without one.
    func get(_ path: String, signedIn: Bool = true) async throws -> TestResponse {
        try await client.execute(uri: path, method: .get, headers: headers(signedIn))
    }

    /// Sends a form with a file as browsers do, its name and bytes as they are.
    func post(
        _ path: String, _ fields: [(String, String)], file: (field: String, name: String, bytes: [UInt8]),
        token: String? = formToken
    ) async throws -> TestResponse {
        var body: [UInt8] = []
        for (name, value) in fields + (token.map { [("form_token", $0)] } ?? []) {
            body += Array("--x-X\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        body += Array(
            "--x-X\r\nContent-Disposition: form-data; name=\"\(file.field)\"; filename=\"\(file.name)\"\r\n".utf8)
        body += Array("Content-Type: text/csv\r\n\r\n".utf8) + file.bytes + Array("\r\n--x-X--\r\n".utf8)
        var headers = headers(true)
        headers[.contentType] = "multipart/form-data; boundary=x-X"
        return try await client.execute(uri: path, method: .post, headers: headers, body: ByteBuffer(bytes: body))
    }

    /// Sends a form.
    func post(_ path: String, _ fields: [(String, String)], token: String? = formToken) async throws -> TestResponse {
        var fields = fields
        if let token { fields.append(("form_token", token)) }
        let text = fields.map { "\($0)=\(Address.part($1))" }.joined(separator: "&")
        return try await client.execute(
            uri: path, method: .post, headers: headers(true), body: ByteBuffer(string: text))
    }

    private func headers(_ signedIn: Bool) -> HTTPFields {
        signedIn ? [.cookie: "inflow_session=secret"] : [:]
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
}

/// A way in for one visitor.
struct ScriptedEntry: EntryService {
    let visitor: Visitor

    func enter(link: String, from client: Client) async throws -> String? { nil }
    func signIn(name: String, password: String, from client: Client, replacing secret: String?) async throws
        -> EntryOutcome
    { .refused }
    func visitor(session secret: String) async throws -> Visitor? { secret == "secret" ? visitor : nil }
    func signOut(session secret: String, from client: Client) async throws {}
    func hasUsers() async throws -> Bool { true }
}

/// What the services of the pages answer.
struct Scripted: TableService, RecordService, QueryService, SummaryService, ChartService {
    var table = TableSight(
        table: TableSummary(schema: "wfm", name: "job", isView: false, comment: "Jobs."),
        columns: [
            TableSight.Column(name: "uuid", type: "text", comment: "Key.", isNumber: false, isOrdered: true),
            TableSight.Column(name: "name", type: "text", comment: "Name.", isNumber: false, isOrdered: true),
            TableSight.Column(name: "budget", type: "numeric(19,4)", comment: "", isNumber: true, isOrdered: true),
            TableSight.Column(name: "client_uuid", type: "text", comment: "", isNumber: false, isOrdered: true),
        ], rows: [["j1", "A job", "12.5", "c1"]])
    var record: RecordFinding = .several([])
    var rawRecord: RawRecord?
    var ask: @Sendable (_ sql: String) async throws -> QueryAnswer = { _ in
        QueryAnswer(columns: [], rows: [], isCut: false, seconds: 0, zone: "UTC")
    }
    var pieces: [String] = ["a,b\r\n", "1,2\r\n"]
    /// Where the stream breaks off: after so many pieces.
    var breaksAfter: Int?
    var summary: SummarySight?
    var drawn: [ChartKind: ChartSight] = [:]
    var entries: [DictionaryEntry] = []
    let asked = Asked()
    let readings = Readings()

    /// What was noted of readings.
    actor Readings: ReadingLog {
        var noted: [Reading] = []
        var doers: Set<Doer> = []
        var failure: PageProblem?
        func note(_ reading: Reading, of connection: String, by doer: Doer) async throws {
            if let failure { throw failure }
            noted.append(reading)
            doers.insert(doer)
        }
        func fail(_ problem: PageProblem) { failure = problem }
    }

    /// What the pages asked for.
    actor Asked {
        var questions: [TableQuestion] = []
        var spans: [DaySpan?] = []
        func note(_ question: TableQuestion) { questions.append(question) }
        func note(_ span: DaySpan?) { spans.append(span) }
    }

    func relations(of connection: String) async throws -> [TableSummary] { [table.table] }
    func page(_ wanted: TableQuestion, of connection: String) async throws -> TableSight {
        await asked.note(wanted)
        return table
    }
    func dictionary(of connection: String) async throws -> [DictionaryEntry] { entries }
    func csv(_ wanted: TableQuestion, of connection: String) async throws -> TextStream {
        await asked.note(wanted)
        return stream()
    }
    func record(_ entity: String, _ key: String, of connection: String) async throws -> RecordFinding { record }
    func raw(_ entity: String, _ key: String, of connection: String) async throws -> RawRecord? { rawRecord }
    func run(_ sql: String, of connection: String, seconds: Int, rows: Int) async throws -> QueryAnswer {
        try await ask(sql)
    }
    func csv(_ sql: String, of connection: String, seconds: Int) async throws -> TextStream {
        _ = try await ask(sql)
        return stream()
    }
    func summaries(_ span: DaySpan?, of connection: String, now: Instant) async throws -> SummarySight {
        await asked.note(span)
        return try #require(summary)
    }
    func csv(_ kind: FigureKind, _ span: DaySpan?, of connection: String, now: Instant) async throws -> TextStream {
        await asked.note(span)
        return stream()
    }
    func charts(of connection: String, now: Instant) async throws -> [ChartKind: ChartSight] { drawn }
    func csv(_ kind: ChartKind, of connection: String, now: Instant) async throws -> TextStream { stream() }

    private func stream() -> TextStream {
        let left = Left(pieces, breaksAfter: breaksAfter)
        return TextStream(next: { try await left.next() }, close: {})
    }

    private actor Left {
        struct Broken: Error {}
        private var pieces: [String]
        private var untilBreak: Int?

        init(_ pieces: [String], breaksAfter: Int?) { (self.pieces, untilBreak) = (pieces, breaksAfter) }

        func next() throws -> String? {
            if untilBreak == 0 { throw Broken() }
            untilBreak = untilBreak.map { $0 - 1 }
            return pieces.isEmpty ? nil : pieces.removeFirst()
        }
    }
}
