import Curl
import Foundation
import Inflow
import Logging
import TestSupport
import Testing

@testable import WorkflowMax

@Suite("Source", .timeLimit(.minutes(5)))
struct SourceTests {
    private typealias Answer = ScriptedServer.Answer

    private func expectNoSecrets(_ error: SourceError?) {
        guard let error else { return }
        for text in [String(describing: error), String(reflecting: error), error.message, error.detail, error.subject] {
            for secret in Secret.all { #expect(!text.contains(secret)) }
        }
    }

    @Test("Nothing is asked before the first batch, and a request says what and for whom")
    func request() async throws {
        let fixture = try SourceFixture { _, _ in .xml("<Invoices><Invoice><UUID>i1</UUID></Invoice></Invoices>") }
        let window = try #require(
            Window(
                first: LocalDate("2026-10-01") ?? .init(daysSinceEpoch: 0),
                last: LocalDate("2026-10-31") ?? .init(daysSinceEpoch: 1)))
        var batches = fixture.source.records(of: .invoice, in: .span(window)).makeAsyncIterator()
        #expect(fixture.server.requests.isEmpty)
        let batch = try await batches.next()
        #expect(batch?.count == 1)
        #expect(batch?.answer.traffic.calls == 1)
        #expect((batch?.answer.traffic.bytes ?? 0) > 80)
        #expect(try await batches.next() == nil)
        let asked = try #require(fixture.server.requests.first)
        #expect(fixture.server.requests.count == 1)
        #expect(asked.target == "/invoice.api/list?from=20261001&to=20261031&detailed=true")
        #expect(asked.header("Authorization") == "Bearer \(Secret.access)")
        #expect(asked.header("account_id") == "org-1")
        #expect(asked.header("account-id") == nil)
        #expect(asked.header("Accept") == "application/xml")
        await fixture.stop()
    }

    @Test("A token that is not accepted is refreshed once, stored, and the call made again")
    func refreshOn401() async throws {
        let fixture = try SourceFixture { request, _ in
            if request.path == "/oauth/token" { return Answer(body: Body.tokens) }
            guard request.header("Authorization") == "Bearer \(Secret.fresh)" else { return Answer(status: 401) }
            return .xml(Body.categories("a", "b"))
        }
        let pulled = try await fixture.read(.jobCategory, .whole)
        #expect(pulled.keys == ["a", "b"])
        #expect(pulled.traffic.calls == 2)
        let paths = fixture.server.requests.map(\.path)
        #expect(paths == ["/category.api/list", "/oauth/token", "/category.api/list"])
        let form = fixture.server.requests[1]
        #expect(form.header("Authorization") == nil)
        #expect(
            form.body == "grant_type=refresh_token&refresh_token=\(Secret.refresh)&client_id=client-1"
                + "&client_secret=\(Secret.client)&scope=openid%20profile%20email%20workflowmax%20offline_access")
        let stored = await fixture.vault.stored
        #expect(stored?.generation == 8)
        #expect(stored?.pair.refresh == Secret.freshRefresh)
        #expect(stored?.pair.accessExpiresAt == SourceFixture.noon.addingTimeInterval(1_800))
        await fixture.stop()
    }

    @Test("A fresh token that is not accepted either ends the reading")
    func second401() async throws {
        let fixture = try SourceFixture { request, _ in
            request.path == "/oauth/token" ? Answer(body: Body.tokens) : Answer(status: 401, body: request.head)
        }
        let error = await fixture.failure(.jobCategory, .whole)
        #expect(error?.code == .unauthorised)
        #expect(fixture.server.requests.count == 3)
        expectNoSecrets(error)
        await fixture.stop()
    }

    @Test("A token that is due is refreshed before it is used, once for all who wait")
    func refreshWhenDue() async throws {
        let fixture = try SourceFixture(accessEndsIn: 60) { request, _ in
            request.path == "/oauth/token" ? Answer(body: Body.tokens) : .xml(Body.categories("a"))
        }
        try await withThrowingTaskGroup { group in
            for _ in 0..<5 { group.addTask { _ = try await fixture.read(.jobCategory, .whole) } }
            try await group.waitForAll()
        }
        let requests = fixture.server.requests
        #expect(requests.count { $0.path == "/oauth/token" } == 1)
        #expect(requests.count == 6)
        #expect(requests.filter { $0.path != "/oauth/token" }.allSatisfy { $0.head.contains(Secret.fresh) })
        await fixture.stop()
    }

    @Test("A reader that is cancelled while a token is refreshed does not lose the new token")
    func cancelledRefresh() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        let fixture = try SourceFixture(accessEndsIn: 0) { request, _ in
            guard request.path == "/oauth/token" else { return .xml(Body.categories("a")) }
            arrived.yield()
            gate.wait()
            return Answer(body: Body.tokens)
        }
        let reading = Task { await fixture.failure(.jobCategory, .whole) }
        for await _ in arrivals { break }
        reading.cancel()
        gate.signal()
        #expect(await reading.value?.code == .cancelled)
        #expect(await fixture.vault.stored?.pair.refresh == Secret.freshRefresh)
        await fixture.stop()
    }

    @Test(
        "The token endpoint's refusals have names of their own",
        arguments: [
            (400, #"{"error":"invalid_grant","error_description":"reuse detected"}"#, SourceError.Code.consentNeeded),
            (200, #"{"error":"invalid_grant"}"#, .consentNeeded),
            (200, #"{"error":"invalid_client"}"#, .credentialsRefused),
            (401, #"{"error":"invalid_client"}"#, .credentialsRefused), (401, "", .credentialsRefused),
            (400, #"{"error":"invalid_client"}"#, .credentialsRefused),
            (400, #"{"error":"invalid_scope"}"#, .badConfiguration),
            (503, "<html>down</html>", .platformDown), (200, "{}", .malformedAnswer), (200, "<html/>", .platformDown),
            (404, "", .badConfiguration), (429, "", .rateLimited),
        ])
    func tokenRefusals(status: Int, body: String, code: SourceError.Code) async throws {
        let fixture = try SourceFixture(accessEndsIn: 0) { request, _ in
            Answer(status: status, body: body.isEmpty ? request.body : body)
        }
        let error = await fixture.failure(.jobCategory, .whole)
        #expect(error?.code == code)
        #expect(fixture.server.requests.count == 1)
        #expect(await fixture.vault.stored?.generation == 7)
        expectNoSecrets(error)
        await fixture.stop()
    }

    @Test("11.6 Every status of success brings the tokens; with no other one are they shown, whatever the body's form")
    func everyStatus() async throws {
        let pair = #"{"access_token":"\#(Secret.fresh)","refresh_token":"\#(Secret.freshRefresh)"}"#
        let bodies = [
            pair, "access_token=\(Secret.fresh)&refresh_token=\(Secret.freshRefresh)",
            #"{"error":"odd","error_description":"not \#(Secret.fresh)","access_token":"\#(Secret.fresh)"}"#,
        ]
        for (index, body) in bodies.enumerated() {
            for status in [200, 201, 202, 203, 206, 300, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503, 599] {
                let fixture = try SourceFixture { _, _ in Answer(status: status, body: body) }
                let authorisation = Authorisation(
                    connection: fixture.connection,
                    credentials: ClientCredentials(id: "client-1", secret: Secret.client),
                    transfer: fixture.transfer, now: { SourceFixture.noon })
                do throws(SourceError) {
                    let got = try await authorisation.exchange(refreshToken: Secret.refresh)
                    #expect(
                        (200..<300).contains(status) && index != 1 && got.access == Secret.fresh, "\(status) \(body)")
                } catch {
                    #expect(!(200..<300).contains(status) || index == 1, "\(status) \(body)")
                    for secret in [Secret.fresh, Secret.freshRefresh, Secret.refresh, Secret.client] {
                        #expect(!error.debugDescription.contains(secret), "\(status) \(body)")
                    }
                }
                await fixture.stop()
            }
        }
    }

    @Test("An answer without a new refresh token keeps the old one")
    func keptRefreshToken() async throws {
        let fixture = try SourceFixture { _, _ in
            Answer(body: #"{"access_token":"\#(Secret.fresh)","expires_in":"600"}"#)
        }
        let authorisation = Authorisation(
            connection: fixture.connection, credentials: ClientCredentials(id: "client-1", secret: Secret.client),
            transfer: fixture.transfer, now: { SourceFixture.noon })
        let pair = try await authorisation.exchange(refreshToken: Secret.refresh)
        #expect(pair.refresh == Secret.refresh)
        #expect(pair.access == Secret.fresh)
        #expect(pair.accessExpiresAt == SourceFixture.noon.addingTimeInterval(600))
        await fixture.stop()
    }

    @Test("A short refusal is sat out and the call made again")
    func shortRefusal() async throws {
        let fixture = try SourceFixture { _, before in
            before < 2 ? Answer(status: 429, headers: ["Retry-After: 7"]) : .xml(Body.categories("a"))
        }
        let pulled = try await fixture.read(.jobCategory, .whole)
        #expect(pulled.keys == ["a"])
        #expect(pulled.traffic.calls == 3)
        #expect(fixture.clock.slept.reduce(.zero, +) == .seconds(14))
        await fixture.stop()
    }

    @Test("Refusals without end are given up after five more tries")
    func endlessRefusals() async throws {
        let fixture = try SourceFixture { _, _ in Answer(status: 429, headers: ["Retry-After: 3"]) }
        let error = await fixture.failure(.jobCategory, .whole)
        #expect(error?.code == .rateLimited)
        #expect(error?.traffic.calls == 6)
        #expect(error?.retryAfter == 3)
        #expect(fixture.server.requests.count == 6)
        await fixture.stop()
    }

    @Test(
        "A refusal for the day is an error at once, and nothing more is sent",
        arguments: [["Retry-After: 66975"], ["Retry-After: 500", "X-Rate-Limit-Problem: day"]])
    func dayRefusal(headers: [String]) async throws {
        let fixture = try SourceFixture { _, _ in Answer(status: 429, headers: headers) }
        let error = await fixture.failure(.jobCategory, .whole)
        #expect(error?.code == .dayLimitReached)
        #expect((error?.retryAfter ?? 0) >= 500)
        #expect(await fixture.failure(.staff, .whole)?.code == .dayLimitReached)
        #expect(fixture.server.requests.count == 1)
        #expect(fixture.clock.slept.isEmpty)
        await fixture.stop()
    }

    @Test(
        "Bad answers have names, and their texts hold no secret",
        arguments: [
            (Answer(status: 400, body: "missing from"), SourceError.Code.badRequest, "missing from"),
            (Answer(status: 403, body: #"{"message":"no"}"#), .forbidden, "no"),
            (Answer(status: 404), .notFound, ""),
            (Answer(status: 502, body: "<html><body>Bad\n gateway</body></html>"), .platformDown, "Bad gateway"),
            (Answer(status: 408), .platformDown, ""),
            (Answer(status: 302, headers: ["Location: http://127.0.0.1:1/"]), .badConfiguration, ""),
            (
                Answer(
                    status: 500,
                    body: "<Response><Status>ERROR</Status><ErrorDescription>Oh</ErrorDescription></Response>"),
                .platformError, "Oh"
            ),
            (
                Answer(
                    body: "<Response><Status>error</Status><ErrorDescription>No such view</ErrorDescription></Response>"
                ),
                .platformError, "No such view"
            ),
            (Answer(body: "<!DOCTYPE html><html><body>Login</body></html>"), .platformDown, "Login"),
            (Answer(body: ""), .malformedAnswer, ""), (Answer(body: "{}"), .malformedAnswer, ""),
            (Answer(body: "<Response><Status>OK</Status>"), .malformedAnswer, ""),
            (Answer(body: "<Response><Status>OK</Status></Response>", cutAt: 20), .cutOff, ""),
        ] as [(ScriptedServer.Answer, SourceError.Code, String)])
    func badAnswers(answer: ScriptedServer.Answer, code: SourceError.Code, words: String) async throws {
        let fixture = try SourceFixture { _, _ in answer }
        let error = await fixture.failure(.jobCategory, .whole)
        #expect(error?.code == code)
        #expect(words.isEmpty || error?.detail.contains(words) == true)
        #expect(error?.subject.contains("job_category, whole") == true)
        #expect(fixture.server.requests.count == 1)
        expectNoSecrets(error)
        await fixture.stop()
    }

    @Test("What an error body repeats of the request is not shown")
    func echoedToken() async throws {
        let fixture = try SourceFixture { request, _ in Answer(status: 400, body: request.head) }
        let error = await fixture.failure(.jobCategory, .whole)
        #expect(error?.detail.contains("Bearer …") == true)
        expectNoSecrets(error)
        await fixture.stop()
    }

    @Test("A server that does not listen and a bad address have different codes")
    func unreachable() async throws {
        let fixture = try SourceFixture { _, _ in Answer() }
        await fixture.stop()
        let other = Transfer(configuration: CurlConfiguration())
        for (url, code) in [
            (fixture.server.url, SourceError.Code.unreachable), ("http://example.invalid", .badConfiguration),
            ("nonsense://", .badConfiguration), ("https://h?x", .badConfiguration),
        ] {
            var connection = fixture.connection
            connection.settings.apiURL = url
            let source = WorkflowMax(
                connection: connection, credentials: .init(id: "", secret: ""), vault: fixture.vault,
                quota: fixture.budget, transfer: other, now: { SourceFixture.noon }, logger: .init(label: "test"))
            let error = await #expect(throws: SourceError.self) { try await source.organisation() }
            #expect(error?.code == code)
        }
        await other.shutdown()
    }

    @Test("A connection that was never authorised needs consent")
    func neverAuthorised() async throws {
        let fixture = try SourceFixture { _, _ in Answer() }
        let source = WorkflowMax(
            connection: fixture.connection, credentials: .init(id: "", secret: ""), vault: MemoryVault(nil),
            quota: fixture.budget, transfer: fixture.transfer, now: { SourceFixture.noon }, logger: .init(label: "test")
        )
        let error = await #expect(throws: SourceError.self) { try await source.organisation() }
        #expect(error?.code == .consentNeeded)
        #expect(error?.message.contains("inflow connection authorise acme --refresh-token-file FILE") == true)
        #expect(fixture.server.requests.isEmpty)
        await fixture.stop()
    }

    @Test("A small read proves the authorisation")
    func organisation() async throws {
        let fixture = try SourceFixture { _, _ in .xml(Body.categories("a")) }
        #expect(try await fixture.source.organisation() == Organisation(id: "org-1"))
        await fixture.stop()
    }

    @Test("After an error the same error comes again, and a reader that stops gives its place back")
    func afterTheEnd() async throws {
        let fixture = try SourceFixture { _, _ in Answer(status: 403) }
        var batches = fixture.source.records(of: .jobCategory, in: .whole).makeAsyncIterator()
        for _ in 0..<2 {
            let error = await #expect(throws: SourceError.self) { _ = try await batches.next() }
            #expect(error?.code == .forbidden)
        }
        #expect(fixture.server.requests.count == 1)
        await fixture.stop()
    }

    @Test("Readers that stop in mid-answer do not use up the places in flight", .database(.warehouse))
    func droppedReaders() async throws {
        let rows = (0..<3_000).map { "<Category><UUID>\($0)</UUID></Category>" }.joined()
        let limits = SharedQuota.Limits(atOnce: 5, perMinute: 0, perDay: 0)
        let fixture = try SourceFixture(limits: limits) { _, _ in .xml("<Categories>\(rows)</Categories>") }
        for _ in 0..<12 {
            for try await batch in fixture.source.records(of: .jobCategory, in: .whole) {
                #expect(batch.count == 300)
                break
            }
        }
        #expect(fixture.server.requests.count == 12)
        await fixture.stop()
    }
}
