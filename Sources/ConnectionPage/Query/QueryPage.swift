internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow

/// A select that a person writes, and its answer.
///
/// The form begins the query and leads to the query's own address, which shows that it runs, with a button that cancels
/// it, and then the answer. The browser asks again by itself while it runs, also without scripts.
struct QueryPage: Sendable {
    let queries: any QueryService
    let saved: any SavedQueryService
    let log: any ReadingLog
    let pages: Pages
    private let desk: QueryDesk

    /// Rows that a page shows.
    static let mostRows = 500
    private static let seconds = 30
    private static let mostSeconds = 300
    private static let mostCharacters = 100_000
    /// How long a page waits for the answer before it says that the query runs.
    private static let patience = Duration.milliseconds(1_500)

    init(queries: any QueryService, saved: any SavedQueryService, log: any ReadingLog, pages: Pages) {
        (self.queries, self.saved, self.log, self.pages) = (queries, saved, log, pages)
        desk = QueryDesk(queries, rows: Self.mostRows)
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/query", .operate) { asked in
            guard let number = asked.question["saved"].flatMap({ Int64($0) }) else {
                return try await page(asked, sql: "", seconds: Self.seconds)
            }
            return try await opened(number, asked)
        }
        routes.post("connections/:connection/query", .operate) { asked, form in
            let (sql, seconds) = try wanted(form)
            try await log.note(.query(sql), of: try asked.named(), by: asked.doer)
            let id = try await desk.begin(sql, seconds: seconds, for: owner(asked))
            await desk.settled(id, within: Self.patience)
            return .seeOther(try address(asked, "/\(id)"))
        }
        routes.post("connections/:connection/query/csv", .operate) { asked, form in
            let (sql, seconds) = try wanted(form)
            do {
                let stream = try await queries.csv(sql, of: try asked.named(), seconds: seconds)
                let rows = try await log.noted(stream, .queryFile(sql), asked)
                return .csv(rows, named: "\(try asked.named())-query")
            } catch let refusal as QueryRefusal {
                return try await page(asked, sql: sql, seconds: seconds, refusal: refusal)
            }
        }
        routes.get("connections/:connection/query/:id", .operate) { try await answer($0) }
        routes.post("connections/:connection/query/:id/cancel", .operate) { asked, _ in
            _ = await desk.cancel(try asked.part("id"), of: try owner(asked))
            return .seeOther(try address(asked, "/\(try asked.part("id"))"))
        }
        registerSaved(routes)
    }

    private func registerSaved(_ routes: PageRoutes) {
        routes.post("connections/:connection/query/save", .operate) { asked, form in
            let (sql, seconds) = try wanted(form)
            let saving = QueryView.Saving(name: form["name"] ?? "", replaces: form.isTicked("replace"))
            let number: Int64
            do {
                number = try await saved.save(
                    saving.name, sql, replacing: saving.replaces, of: try asked.named(), by: asked.doer)
            } catch let problem as PageProblem where problem.kind == .invalid || problem.kind == .conflict {
                // What the person wrote stays on the page.
                return try await page(asked, sql: sql, seconds: seconds, words: problem.words, saving: saving)
            }
            return .seeOther(try address(asked, "?saved=\(number)"), .saved)
        }
        routes.post("connections/:connection/query/saved/:number/rename", .operate) { asked, form in
            let number = try asked.number("number")
            try await saved.rename(number, to: form["name"] ?? "", of: try asked.named(), by: asked.doer)
            return .seeOther(try address(asked, "?saved=\(number)"), .saved)
        }
        routes.post("connections/:connection/query/saved/:number/remove", .operate) { asked, _ in
            try await saved.remove(try asked.number("number"), of: try asked.named(), by: asked.doer)
            return .seeOther(try address(asked, ""), .removed)
        }
    }

    // MARK: parts

    private func owner(_ asked: PageRequest) throws -> QueryDesk.Owner {
        QueryDesk.Owner(session: asked.visitor.session, connection: try asked.named())
    }

    private func address(_ asked: PageRequest, _ rest: String) throws -> String {
        Address.connection(try asked.named()) + "/query" + rest
    }

    private func wanted(_ form: Form) throws -> (sql: String, seconds: Int) {
        guard let sql = form["sql"] else {
            throw PageProblem(.invalid, "There is no query", "Inflow ran nothing. Write a select, and press \"Run\".")
        }
        guard sql.count <= Self.mostCharacters else {
            throw PageProblem(
                .invalid, "The query is too long",
                "It has more than \(NumberText.grouped(Self.mostCharacters)) characters. Inflow ran nothing.")
        }
        let seconds = form["seconds"].flatMap { Int($0) } ?? Self.seconds
        return (sql, min(Self.mostSeconds, max(1, seconds)))
    }

    /// The page with a saved query in its form; nothing runs.
    private func opened(_ number: Int64, _ asked: PageRequest) async throws -> Response {
        let name = try asked.named()
        guard let query = try await saved.all(of: name).queries.first(where: { $0.number == number }) else {
            return try await page(
                asked, sql: "", seconds: Self.seconds, words: "There is no such saved query; someone removed it.")
        }
        return try await page(
            asked, sql: query.sql, seconds: Self.seconds, saving: .init(name: query.name, replaces: true))
    }

    private func answer(_ asked: PageRequest) async throws -> Response {
        let id = try asked.part("id")
        let owner = try owner(asked)
        await desk.settled(id, within: Self.patience)
        guard let job = await desk.job(id, of: owner) else {
            return try await page(
                asked, sql: "", seconds: Self.seconds,
                words: "This answer is no longer kept, or it belongs to another session. Run the query again.")
        }
        switch job.state {
        case .running:
            var response = try await page(asked, sql: job.sql, seconds: job.seconds, running: job)
            if let refresh = HTTPField.Name("Refresh") { response.headers[refresh] = "1" }
            return response
        case .answered(let answer):
            return try await page(asked, sql: job.sql, seconds: job.seconds, answer: answer)
        case .refused(let refusal):
            return try await page(asked, sql: job.sql, seconds: job.seconds, refusal: refusal)
        case .cancelled:
            return try await page(
                asked, sql: job.sql, seconds: job.seconds, words: "The query was cancelled. It changed nothing.")
        case .failed(let problem): throw problem
        }
    }

    private func page(
        _ asked: PageRequest, sql: String, seconds: Int, answer: QueryAnswer? = nil, refusal: QueryRefusal? = nil,
        running: QueryDesk.Job? = nil, words: String? = nil, saving: QueryView.Saving = .init()
    ) async throws -> Response {
        let name = try asked.named()
        let view = QueryView(
            sql: sql, seconds: seconds, answer: answer, refusal: refusal, running: running, words: words,
            saving: saving, saved: try await saved.all(of: name), connection: name)
        return try pages.page(
            "query", title: "Query", view, for: asked, tab: .query,
            status: refusal == nil ? .ok : .unprocessableContent)
    }
}
