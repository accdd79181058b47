import Foundation
import HTTPTypes
import HummingbirdTesting
import Inflow
import NIOCore
import Testing

@testable import ConnectionPage

@Suite("API", .timeLimit(.minutes(1)))
struct APITests {
    /// Addresses that change something, with bodies that they take.
    private static let changes: [(HTTPRequest.Method, String, String)] = [
        (.put, "/connections/acme/schedule", "{\"is_on\":false}"),
        (.post, "/connections/acme/runs", ""), (.post, "/connections/acme/runs/cancel", ""),
        (.post, "/connections/acme/webhooks/sync", ""),
        (.post, "/connections/acme/backfill", "{\"from\":\"2024-01-01\"}"),
        (.post, "/connections/acme/backfill/pause", ""), (.post, "/connections/acme/backfill/continue", ""),
        (.post, "/connections/acme/rejections/retry", "{\"ids\":[1]}"),
        (.post, "/connections/acme/rejections/dismiss", "{\"ids\":[1]}"),
        (.post, "/connections/acme/rejections/reopen", "{\"ids\":[1]}"),
        (.post, "/connections/acme/deletions/approve", "{\"ids\":[1]}"),
        (.post, "/connections/acme/deletions/reject", "{\"ids\":[1]}"),
        (.post, "/connections/acme/deletions/reconsider", "{\"ids\":[1]}"),
    ]

    private func expect(
        _ answer: TestResponse, _ status: HTTPResponse.Status, _ location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(answer.status == status, "\(answer.text)", sourceLocation: location)
        #expect(answer.headers[.contentType] == "application/problem+json", sourceLocation: location)
        let problem = try #require(try answer.json.members)
        #expect(Set(problem.keys) == ["title", "status", "detail"], sourceLocation: location)
        #expect(problem["status"] == .whole(Int64(status.code)), sourceLocation: location)
    }

    @Test("Without a good token nothing is answered but the document; a session's cookie opens nothing")
    func noToken() async throws {
        let services = ScriptedAPI()
        try await APIFixture.run(services) { api in
            let cookie: HTTPFields = [.cookie: "inflow_session=secret"]
            for route in APIFixture.routes(services).table where route.right != nil {
                let path = route.path.replacing("{connection}", with: "acme").replacing("{run}", with: "1")
                    .replacing("{request}", with: "1").replacing("{report}", with: "x")
                let none = try await api.send(route.method, path, token: nil, headers: cookie)
                try expect(none, .unauthorized)
                #expect(none.headers[.wwwAuthenticate] == "Bearer realm=\"Inflow\"")
                let bad = try await api.send(route.method, path, token: "inflow_revoked", headers: cookie)
                try expect(bad, .unauthorized)
                #expect(bad.headers[.wwwAuthenticate]?.contains("invalid_token") == true)
            }
            #expect(await services.asked.words.isEmpty)
            #expect(try await api.send(.get, "/openapi.json", token: nil).status == .ok)
            let locked = try await api.send(.get, "/connections", token: "inflow_locked")
            try expect(locked, .tooManyRequests)
            #expect(Int(locked.headers[.retryAfter] ?? "").map { (1...60).contains($0) } == true)
        }
    }

    @Test("A token that may only read starts, decides and changes nothing; one that operates does, by its name")
    func scope() async throws {
        let services = ScriptedAPI()
        try await APIFixture.run(services) { api in
            let table = APIFixture.routes(services).table
            #expect(table.filter { $0.method != .get }.count == Self.changes.count)
            #expect(table.allSatisfy { $0.method == .get || $0.right == .operate })
            for (method, path, body) in Self.changes {
                try expect(try await api.send(method, path, body, token: "inflow_read"), .forbidden)
            }
            #expect(await services.asked.words.isEmpty)
            for (method, path, body) in Self.changes {
                let answer = try await api.send(method, path, body)
                #expect((200...204).contains(answer.status.code), "\(path): \(answer.text)")
            }
            #expect(await services.asked.words.count == Self.changes.count)
            #expect(await services.asked.doers.map(\.actor) == [.token(4, name: "operator")])
        }
    }

    @Test("A token of one connection sees no other, whether it exists or not")
    func oneConnection() async throws {
        let services = ScriptedAPI()
        try await APIFixture.run(services) { api in
            let list = try await api.send(.get, "/connections", token: "inflow_acme").json["connections"]
            #expect(list?.values?.map { $0["name"] } == ["acme"])
            #expect(try await api.send(.get, "/connections").json["connections"]?.values?.count == 2)
            var texts: Set<String> = []
            for route in APIFixture.routes(services).table where route.path.contains("{connection}") {
                for name in ["other", "nothing", "ACME", "acme%2F"] {
                    let path = route.path.replacing("{connection}", with: name).replacing("{run}", with: "1")
                        .replacing("{request}", with: "1").replacing("{report}", with: "x")
                    let answer = try await api.send(route.method, path, "{\"ids\":[1]}", token: "inflow_acme")
                    try expect(answer, .notFound)
                    texts.insert(answer.text)
                }
            }
            #expect(texts.count == 1)
            #expect(await services.asked.words.isEmpty)
        }
    }

    @Test("A run is asked for with entities and days, or as a Sync All; the answer says where it is watched")
    func start() async throws {
        let services = ScriptedAPI()
        try await APIFixture.run(services) { api in
            let all = try await api.send(.post, "/connections/acme/runs")
            #expect(all.status == .accepted && all.headers[.location] == "/api/v1/connections/acme/requests/7")
            #expect(try all.json == ["request": .whole(7), "result": "queued"])
            _ = try await api.send(.post, "/connections/acme/runs", "{}")
            _ = try await api.send(
                .post, "/connections/acme/runs", "{\"entities\":[\"job\"],\"from\":\"2026-05-01\",\"to\":null}")
            #expect(
                await services.asked.words == [
                    "start syncAll of acme", "start syncAll of acme",
                    "start \(WantedRun.targeted(entities: ["job"], first: LocalDate("2026-05-01"), last: nil)) of acme",
                ])
            let faults: [(String, HTTPResponse.Status)] = [
                ("{\"entitys\":[\"job\"]}", .unprocessableContent), ("{\"entities\":\"job\"}", .unprocessableContent),
                ("{\"from\":\"1.5.2026\"}", .unprocessableContent), ("{\"entities\":[1]}", .unprocessableContent),
                ("entities=job", .badRequest), ("[]", .badRequest), ("{", .badRequest),
            ]
            for (body, status) in faults {
                try expect(try await api.send(.post, "/connections/acme/runs", body), status)
            }
            let long = String(repeating: " ", count: 2 << 20)
            try expect(try await api.send(.post, "/connections/acme/runs", long), .contentTooLarge)
            #expect(await services.asked.words.count == 3)
        }
    }

    @Test("The webhook takes the token as password too, and reads no body; no other address does")
    func webhook() async throws {
        let services = ScriptedAPI()
        try await APIFixture.run(services) { api in
            func basic(_ text: String) -> HTTPFields {
                [.authorization: "Basic \(Data(text.utf8).base64EncodedString())"]
            }
            let hook = "/connections/acme/webhooks/sync"
            let good = try await api.send(.post, hook, "a=b", token: nil, headers: basic("zapier:inflow_operate"))
            #expect(good.status == .accepted)
            #expect(await services.asked.words == ["start syncAll of acme"])
            for text in ["inflow_operate:", "x:inflow_no", "", ":"] {
                try expect(try await api.send(.post, hook, token: nil, headers: basic(text)), .unauthorized)
            }
            try expect(try await api.send(.post, hook, token: nil, headers: basic("x:inflow_read")), .forbidden)
            try expect(
                try await api.send(.get, "/connections", token: nil, headers: basic("x:inflow_operate")), .unauthorized)
            #expect(await services.asked.words.count == 1)
        }
    }

    @Test("What the body of a schedule leaves out stays")
    func schedule() async throws {
        let services = ScriptedAPI()
        try await APIFixture.run(services) { api in
            let path = "/connections/acme/schedule"
            #expect(try await api.send(.put, path, "{\"time\":\"09:30\"}").json["time"] == "08:00")
            _ = try await api.send(.put, path, "{\"time_zone\":\"UTC\"}")
            _ = try await api.send(.put, path, "{\"is_paused\":true}")
            _ = try await api.send(.put, path, "{\"is_paused\":false}")
            func set(_ time: String?, _ zone: String) -> String {
                "\(ScheduleChange.set(isOn: true, time: time, zone: zone, isPinned: false)) of acme"
            }
            #expect(
                await services.asked.words == [
                    set("09:30", "Pacific/Auckland"), set("08:00", "UTC"), "\(ScheduleChange.pause) of acme",
                ])
            try expect(try await api.send(.put, path, "{\"is_on\":1}"), .unprocessableContent)
            #expect(await services.asked.words.count == 3)
        }
    }

    @Test("A backfill is planned, started, paused and continued as it was asked for; without a first day nothing is")
    func backfill() async throws {
        let services = ScriptedAPI()
        try await APIFixture.run(services) { api in
            let path = "/connections/acme/backfill"
            let plan = try await api.send(
                .get, path + "/plan?from=2024-01-01&entities=invoice,%20job&chunk=year", token: "inflow_read")
            let planned = try plan.json
            #expect(planned["calls"] == .whole(12) && planned["minutes"] == .null, "\(plan.text)")
            #expect(planned["chunks"]?[0]?["entities"] == "invoice, job")
            let started = try await api.send(
                .post, path, "{\"from\":\"2024-01-01\",\"to\":\"2024-12-31\",\"entities\":[\"job\"]}")
            #expect(started.status == .accepted && started.text.isEmpty)
            let state = try await api.send(.get, path, token: "inflow_read").json
            #expect(state["phase"] == "paused" && state["from"] == "2023-01-01" && state["chunks"] == .whole(4))
            #expect(try await api.send(.post, path + "/continue").status == .accepted)
            #expect(try await api.send(.post, path + "/pause").status == .accepted)
            #expect(
                await services.asked.words == [
                    "backfill from 2024-01-01 to 2024-12-31 of job, quarter",
                    "backfill from 2023-01-01 to - of , month",
                    "pause acme",
                ])
            for body in ["", "{}", "{\"from\":null}", "{\"from\":\"2024-01-01\",\"chunk\":\"week\"}"] {
                try expect(try await api.send(.post, path, body), .unprocessableContent)
            }
            for question in ["", "?to=2024-01-01", "?from=2024", "?from=2024-01-01&chunk=week"] {
                try expect(try await api.send(.get, path + "/plan" + question), .unprocessableContent)
            }
            #expect(await services.asked.words.count == 3)
        }
    }

    @Test("A backfill that reads or has read everything is not continued, and neither is one that never was")
    func nothingToContinue() async throws {
        for phase in BackfillState.Phase.allCases {
            var services = ScriptedAPI()
            services.phase = phase
            let script = services
            try await APIFixture.run(script) { api in
                let answer = try await api.send(.post, "/connections/acme/backfill/continue")
                let canGoOn = phase == .paused || phase == .ended
                #expect(answer.status == (canGoOn ? .accepted : .conflict), "\(phase)")
                #expect(await script.asked.words.count == (canGoOn ? 1 : 0))
            }
        }
        var services = ScriptedAPI()
        services.phase = nil
        let script = services
        try await APIFixture.run(script) { api in
            try expect(try await api.send(.post, "/connections/acme/backfill/continue"), .notFound)
            try expect(try await api.send(.get, "/connections/acme/backfill"), .notFound)
        }
    }

    @Test("Decisions need numbers: none never means all")
    func decisions() async throws {
        let services = ScriptedAPI()
        try await APIFixture.run(services) { api in
            for path in ["rejections/retry", "rejections/dismiss", "deletions/approve", "deletions/reject"] {
                for body in ["", "{}", "{\"ids\":[]}", "{\"ids\":null}", "{\"ids\":[\"1\"]}", "{\"ids\":[1.5]}"] {
                    try expect(
                        try await api.send(.post, "/connections/acme/\(path)", body), .unprocessableContent)
                }
            }
            #expect(await services.asked.words.isEmpty)
            #expect(
                try await api.send(.post, "/connections/acme/deletions/reconsider", "{\"ids\":[1]}").status
                    == .noContent)
            try expect(try await api.send(.post, "/connections/acme/deletions/reconsider", "{\"ids\":[2]}"), .conflict)
            try expect(try await api.send(.post, "/connections/other/runs/cancel"), .conflict)
        }
    }

    @Test("Addresses, methods, numbers and words that are none are problems in JSON")
    func problems() async throws {
        let services = ScriptedAPI()
        try await APIFixture.run(services) { api in
            for path in ["", "/", "/nothing", "/connections/acme/nothing", "/connections/acme/runs/x"] {
                try expect(try await api.send(.get, path), .notFound)
            }
            try expect(try await api.client.execute(uri: "/api", method: .get), .notFound)
            #expect(
                try await api.client.execute(uri: "/apix", method: .get).headers[.contentType]
                    != "application/problem+json")
            let wrong = try await api.send(.delete, "/connections/acme/runs")
            try expect(wrong, .methodNotAllowed)
            #expect(wrong.headers[.allow] == "GET, POST")
            for question in ["form=2026-01-01", "from=yesterday"] {
                try expect(try await api.send(.get, "/connections/acme/reports/x?\(question)"), .unprocessableContent)
            }
            for question in ["limit=0", "limit=201", "limit=x", "before=0", "page=2"] {
                try expect(try await api.send(.get, "/connections/acme/runs?\(question)"), .unprocessableContent)
            }
            try expect(try await api.send(.get, "/connections/acme/rejections?all=1"), .unprocessableContent)
            try expect(try await api.send(.get, "/connections/acme/coverage?entity=jobs"), .unprocessableContent)
            #expect(await services.asked.words.isEmpty)
        }
        struct Odd: Error {}
        var broken = ScriptedAPI()
        broken.failure = Odd()
        try await APIFixture.run(broken) { try expect(try await $0.send(.get, "/connections"), .internalServerError) }
        broken.failure = PageProblem(.unavailable, "The warehouse does not answer", "Nothing was changed.")
        try await APIFixture.run(broken) { try expect(try await $0.send(.get, "/connections"), .serviceUnavailable) }
    }

    @Test("A report's rows are an array, for the days asked for")
    func report() async throws {
        let services = ScriptedAPI()
        try await APIFixture.run(services) { api in
            let rows = try await api.send(.get, "/connections/acme/reports/invoice_line?from=2026-05-01&to=2026-05-31")
            #expect(try rows.json == [["amount": .whole(1)]])
            #expect(await services.asked.words == ["invoice_line from 2026-05-01 to 2026-05-31"])
            #expect(
                await services.readings.noted == [
                    .file(of: "invoice_line", question: "from 2026-05-01 to 2026-05-31")
                ])
            #expect(await services.readings.doers.map(\.actor) == [.token(4, name: "operator")])
            // Rows that cannot be noted are not sent.
            await services.readings.fail(PageProblem(.unavailable, "The warehouse does not answer", "Nothing."))
            try expect(
                try await api.send(.get, "/connections/acme/reports/invoice_line"), .serviceUnavailable)
        }
    }

    @Test("A run is followed as it changes until its end; a request until it is done, however long it waits")
    func follow() async throws {
        func live(_ status: RunStatus, calls: Int) -> LiveRun {
            var live = LiveRun()
            (live.run, live.status, live.calls) = (5, status, calls)
            return live
        }
        var services = ScriptedAPI()
        services.lives = [
            live(.running, calls: 1), live(.running, calls: 1), live(.running, calls: 1), live(.running, calls: 2),
            live(.ended(.green), calls: 3),
        ]
        try await APIFixture.run(services) { api in
            let text = try await api.send(.get, "/connections/acme/runs/5/events").text
            let events = text.split(separator: "\n\n").map { $0.prefix { $0 != "\n" } }
            #expect(events == ["event: run", "event: run", "event: end"], "\(text)")
            #expect(text.contains("\"status\":\"green\"") && text.hasSuffix("\n\n"))
        }
        services = ScriptedAPI()
        func request(_ state: RequestState, run: Int64? = nil) -> RunRequest {
            RunRequest(number: 7, state: state, run: run, outcome: state == .done ? .green : nil, error: nil)
        }
        services.requests = [
            request(.queued), request(.queued), request(.running), request(.running, run: 5), request(.queued, run: 5),
            request(.done, run: 5),
        ]
        // The run was interrupted, and its request waits to go on: that is no end.
        services.lives = [live(.running, calls: 1), live(.ended(.interrupted), calls: 2)]
        try await APIFixture.run(services) { api in
            let text = try await api.send(.get, "/connections/acme/requests/7/events").text
            let events = text.split(separator: "\n\n").map { $0.prefix { $0 != "\n" } }
            #expect(
                events == ["event: request", "event: request", "event: run", "event: run", "event: end"], "\(text)")
        }
        try await APIFixture.run { api in
            for path in ["/connections/acme/runs/5/events", "/connections/acme/requests/5/events"] {
                try expect(try await api.send(.get, path), .notFound)
            }
        }
    }

    @Test("Following ends when the token is revoked")
    func revoked() async throws {
        var services = ScriptedAPI()
        var live = LiveRun()
        (live.run, live.status) = (5, .running)
        services.lives = [live]
        let script = services
        try await APIFixture.run(script) { api in
            async let text = api.send(.get, "/connections/acme/runs/5/events", token: "inflow_acme").text
            while await script.asked.looks < 5 { await Task.yield() }
            await script.asked.revoke("inflow_acme")
            let whole = try await text
            #expect(whole.contains("event: run") && !whole.contains("event: end"))
        }
    }
}
