import Foundation
import HTTPTypes
import HummingbirdTesting
import Inflow
import TestSupport
import Testing

@testable import ConnectionPage

@Suite("The page of queries")
struct QueryPageTests {
    private static let page = "/connections/acme/query"

    @Test("A query leads to its own address, which shows the answer, escaped, also after a reload")
    func answer() async throws {
        var services = Scripted()
        services.ask = { sql in
            QueryAnswer(
                columns: [.init(name: "<b>n</b>", isNumber: true), .init(name: "job_number", isNumber: false)],
                rows: [["1", "J<1>"], [nil, nil]], isCut: true, seconds: 0.02, zone: "Pacific/Auckland")
        }
        try await NumberFixture.run(services, visitor: NumberFixture.operates) { pages in
            let begun = try await pages.post(Self.page, [("sql", "select '<i>'")])
            #expect(begun.status == .seeOther)
            let place = try #require(begun.headers[.location])
            for _ in 1...2 {
                let text = try await pages.get(place).text
                #expect(text.contains("&lt;b&gt;n&lt;/b&gt;") && text.contains("J&lt;1&gt;"), "\(text)")
                #expect(text.contains("select &#39;&lt;i&gt;&#39;</textarea>"), "\(text)")
                #expect(text.contains("The first 2 rows of more; CSV has all. It took 20 ms."))
                #expect(text.contains("/connections/acme/records/job/J%3C1%3E"))
            }
        }
    }

    @Test("A refusal is shown in PostgreSQL's words with the line and the place, escaped")
    func refusal() async throws {
        var services = Scripted()
        services.ask = { _ in throw QueryRefusal("column \"<x>\" does not exist.", position: 17) }
        try await NumberFixture.run(services, visitor: NumberFixture.operates) { pages in
            let place = try #require(
                try await pages.post(Self.page, [("sql", "select 1,\n  2, <x>\nfrom t")]).headers[.location])
            let page = try await pages.get(place)
            #expect(page.status == .unprocessableContent)
            #expect(page.text.contains("column &quot;&lt;x&gt;&quot; does not exist."))
            #expect(page.text.contains("Line 2, character 7:"), "\(page.text)")
            #expect(page.text.contains("<pre>  2, &lt;x&gt;\n      ^</pre>"), "\(page.text)")
            // CSV that cannot begin is a page, and no file.
            let csv = try await pages.post(Self.page + "/csv", [("sql", "select 1,\n  2, <x>\nfrom t")])
            #expect(csv.status == .unprocessableContent && csv.headers[.contentDisposition] == nil)
            #expect(csv.text.contains("Line 2, character 7:"))
        }
    }

    @Test("A query that runs is asked for again by the browser itself, can be cancelled, and stays cancelled")
    func cancel() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        var services = Scripted()
        services.ask = { _ in
            for await _ in ends {}
            try Task.checkCancellation()
            end.finish()
            throw CancellationError()
        }
        try await NumberFixture.run(services, visitor: NumberFixture.operates) { pages in
            let place = try #require(try await pages.post(Self.page, [("sql", "select 1")]).headers[.location])
            let running = try await pages.get(place)
            #expect(running.text.contains("The query runs") && running.text.contains("\(place)/cancel"))
            #expect(HTTPField.Name("Refresh").flatMap { running.headers[$0] } == "1")
            let cancelled = try await pages.post("\(place)/cancel", [])
            #expect(cancelled.status == .seeOther && cancelled.headers[.location] == place)
            let after = try await pages.get(place)
            #expect(after.text.contains("The query was cancelled. It changed nothing."))
            #expect(HTTPField.Name("Refresh").flatMap { after.headers[$0] } == nil)
        }
    }

    @Test("Nobody sees, or cancels, a query of another session")
    func owner() async throws {
        let desk = QueryDesk(Scripted(), rows: 10)
        let owner = QueryDesk.Owner(session: 1, connection: "acme")
        let id = try await desk.begin("select 1", seconds: 30, for: owner)
        #expect(await desk.job(id, of: owner) != nil)
        for other in [
            QueryDesk.Owner(session: 2, connection: "acme"), QueryDesk.Owner(session: 1, connection: "other"),
        ] {
            #expect(await desk.job(id, of: other) == nil)
            #expect(await desk.cancel(id, of: other) == false)
        }
        try await NumberFixture.run(visitor: NumberFixture.operates) { pages in
            let text = try await pages.get("\(Self.page)/\(id)").text
            #expect(text.contains("This answer is no longer kept, or it belongs to another session."))
        }
    }

    @Test("More queries than a person may run at a time are refused, until one ends")
    func crowd() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        var services = Scripted()
        services.ask = { _ in
            for await _ in ends {}
            return QueryAnswer(columns: [], rows: [], isCut: false, seconds: 0, zone: "UTC")
        }
        let desk = QueryDesk(services, rows: 10)
        let owner = QueryDesk.Owner(session: 1, connection: "acme")
        var ids: [String] = []
        for _ in 1...QueryDesk.mostOfSession { ids.append(try await desk.begin("select 1", seconds: 30, for: owner)) }
        await #expect(throws: PageProblem.self) { try await desk.begin("select 1", seconds: 30, for: owner) }
        #expect(await desk.cancel(ids[0], of: owner))
        _ = try await desk.begin("select 1", seconds: 30, for: owner)
        end.finish()
    }

    @Test("Without the form's token nothing runs; so neither another site nor a link can run a query")
    func formToken() async throws {
        let ran = RunCount()
        var services = Scripted()
        services.ask = { _ in
            await ran.add()
            return QueryAnswer(columns: [], rows: [], isCut: false, seconds: 0, zone: "UTC")
        }
        let asked = services
        try await NumberFixture.run(asked, visitor: NumberFixture.operates) { pages in
            for token in [nil, "wrong"] {
                let page = try await pages.post(Self.page, [("sql", "select 1")], token: token)
                let csv = try await pages.post(Self.page + "/csv", [("sql", "select 1")], token: token)
                #expect(page.status == .forbidden && csv.status == .forbidden)
            }
            let link = try await pages.get(Self.page + "?sql=select%201")
            #expect(link.status == .ok)
        }
        #expect(await ran.count == 0)
    }

    @Test("A viewer sees no page of queries, and runs none")
    func viewer() async throws {
        let ran = RunCount()
        var services = Scripted()
        services.ask = { _ in
            await ran.add()
            return QueryAnswer(columns: [], rows: [], isCut: false, seconds: 0, zone: "UTC")
        }
        try await NumberFixture.run(services) { pages in
            let page = try await pages.get(Self.page)
            let run = try await pages.post(Self.page, [("sql", "select 1")])
            let csv = try await pages.post(Self.page + "/csv", [("sql", "select 1")])
            let tables = try await pages.get("/connections/acme/tables")
            #expect(page.status == .forbidden && run.status == .forbidden && csv.status == .forbidden)
            #expect(!tables.text.contains("href=\"/connections/acme/query\""))
        }
        #expect(await ran.count == 0)
    }

    @Test("The time limit is between 1 s and 5 min, 30 s where none is given")
    func limit() async throws {
        try await NumberFixture.run(visitor: NumberFixture.operates) { pages in
            let shown = { (sent: String?) in
                let fields = [("sql", "select 1")] + (sent.map { [("seconds", $0)] } ?? [])
                let place = try #require(try await pages.post(Self.page, fields).headers[.location], "no place")
                return try await pages.get(place).text
            }
            for (sent, kept) in [(nil, 30), ("0", 1), ("-5", 1), ("9999", 300), ("x", 30), ("60", 60)] {
                let text = try await shown(sent)
                #expect(text.contains("max=\"300\" value=\"\(kept)\""), "\(sent ?? "nothing")")
            }
        }
    }

    @Test("A saved query is listed with who saved it and when, opened by its number, renamed and removed")
    func saved() async throws {
        let store = ScriptedSaved()
        try await NumberFixture.run(visitor: NumberFixture.operates, saved: store) { pages in
            let saved = try await pages.post(Self.page + "/save", [("sql", "select <1>"), ("name", "My & query")])
            #expect(saved.headers[.location] == Self.page + "?saved=1&done=saved")
            let text = try await pages.get(Self.page + "?saved=1").text
            #expect(text.contains("select &lt;1&gt;</textarea>") && text.contains("value=\"My &amp; query\""))
            #expect(text.contains("by Vera, 2027-01-15 21:00 Pacific/Auckland"), "\(text)")
            let renamed = try await pages.post(Self.page + "/saved/1/rename", [("name", "Mine")])
            #expect(renamed.headers[.location] == Self.page + "?saved=1&done=saved")
            #expect(try await pages.get(Self.page).text.contains(">Mine</a>"))
            let removed = try await pages.post(Self.page + "/saved/1/remove", [])
            #expect(removed.headers[.location] == Self.page + "?done=removed")
            let gone = try await pages.get(Self.page + "?saved=1").text
            #expect(gone.contains("There is no such saved query") && !gone.contains("<h2>Saved queries</h2>"))
        }
    }

    @Test("A query is saved over another only where that was said, and what was written stays on the page")
    func savedOver() async throws {
        let store = ScriptedSaved()
        try await NumberFixture.run(visitor: NumberFixture.operates, saved: store) { pages in
            _ = try await pages.post(Self.page + "/save", [("sql", "select 1"), ("name", "Mine")])
            let refused = try await pages.post(Self.page + "/save", [("sql", "select 2"), ("name", "Mine")])
            #expect(refused.status == .ok && refused.text.contains("There is a query of that name."))
            #expect(refused.text.contains("select 2</textarea>") && refused.text.contains("value=\"Mine\""))
            #expect(try await store.all(of: "acme").queries.map(\.sql) == ["select 1"])
            let nameless = try await pages.post(Self.page + "/save", [("sql", "select 3"), ("name", " ")])
            #expect(nameless.text.contains("It needs a name.") && nameless.text.contains("select 3</textarea>"))
            // The form of a query that was opened saves over it.
            let opened = try await pages.get(Self.page + "?saved=1").text
            #expect(opened.contains("name=\"replace\" checked") && !refused.text.contains("name=\"replace\" checked"))
            _ = try await pages.post(
                Self.page + "/save", [("sql", "select 2"), ("name", "Mine"), ("replace", "on")])
            #expect(try await store.all(of: "acme").queries.map(\.sql) == ["select 2"])
        }
    }

    @Test("A viewer saves, renames and removes no query, and neither does a form without the token")
    func savedRights() async throws {
        let store = ScriptedSaved()
        _ = try await store.save("Mine", "x", replacing: false, of: "acme", by: Doer(.user(1, name: "Ann")))
        let presses = [
            ("/save", [("sql", "x"), ("name", "y")]), ("/saved/1/rename", [("name", "y")]), ("/saved/1/remove", []),
        ]
        try await NumberFixture.run(saved: store) { pages in
            for (path, fields) in presses {
                let answer = try await pages.post(Self.page + path, fields)
                #expect(answer.status == .forbidden, "\(path)")
            }
        }
        try await NumberFixture.run(visitor: NumberFixture.operates, saved: store) { pages in
            for (path, fields) in presses {
                let answer = try await pages.post(Self.page + path, fields, token: "wrong")
                #expect(answer.status == .forbidden, "\(path)")
            }
        }
        #expect(try await store.all(of: "acme").queries.map(\.name) == ["Mine"])
    }
}

/// How many queries ran.
private actor RunCount {
    private(set) var count = 0
    func add() { count += 1 }
}

/// Saved queries in memory.
actor ScriptedSaved: SavedQueryService {
    private var queries: [SavedQueryFacts] = []

    func all(of connection: String) async throws -> SavedQueryList {
        SavedQueryList(queries, zone: TimeZone(identifier: "Pacific/Auckland") ?? .gmt)
    }
    func save(
        _ name: String, _ sql: String, replacing: Bool, of connection: String, by doer: Doer
    ) async throws -> Int64 {
        guard !name.isEmpty else { throw PageProblem(.invalid, "No", "It needs a name.") }
        guard replacing || !queries.contains(where: { $0.name == name }) else {
            throw PageProblem(.conflict, "No", "There is a query of that name.")
        }
        let number = queries.first { $0.name == name }?.number ?? Int64(queries.count + 1)
        queries.removeAll { $0.name == name }
        queries.append(
            SavedQueryFacts(
                number: number, name: name, sql: sql, savedBy: doer.actor.name,
                savedAt: Date(timeIntervalSince1970: 1_800_000_000)))
        return number
    }
    func rename(_ number: Int64, to name: String, of connection: String, by: Doer) async throws {
        queries = queries.map {
            $0.number != number
                ? $0
                : SavedQueryFacts(
                    number: number, name: name, sql: $0.sql, savedBy: $0.savedBy, savedAt: $0.savedAt)
        }
    }
    func remove(_ number: Int64, of connection: String, by: Doer) async throws {
        queries.removeAll { $0.number == number }
    }
}
