import Curl
import Foundation
import Inflow
import Postgres
import Sandbox
import Sync
import TestSupport
import Testing
import Warehouse

@Suite("Tokens survive everything", .database(.warehouse), .timeLimit(.minutes(4)))
struct RefreshTests {
    private struct Shown: Decodable {
        let state: String
        let generation: Int?
        let needsConsentBecause: String?
        let unfinishedRefresh: Unfinished?

        struct Unfinished: Decodable { let generation: Int }
    }

    private func shown(_ fixture: InflowFixture) async throws -> Shown {
        try await fixture.inflow("token", "show", "acme", "--json").json(Shown.self)
    }

    private func expectWorking(_ fixture: InflowFixture, generation: Int) async throws {
        let shown = try await shown(fixture)
        #expect(shown.state == "authorised" && shown.generation == generation && shown.unfinishedRefresh == nil)
        try await fixture.sandbox.control(.post, "tokens/expire")
        let sync = try await fixture.inflow("sync", "acme", "task")
        #expect(sync.code == 0, "the refresh token serves: \(sync)")
    }

    /// Refreshes at once from several processes, sixteen times from each, all past the first generation.
    private func refreshAtOnce(_ fixture: InflowFixture, processes: Int = 4) async throws {
        let started = try (0..<processes).map { _ in
            try fixture.start(["token", "refresh", "acme", "--times", "16", "--past", "1", "--json"])
        }
        for process in started {
            let ending = await process.ending()
            #expect(ending.code == 0, "\(ending)")
            #expect(try ending.json(Shown.self).generation == 2)
        }
    }

    @Test("Sixty-four refreshes at once from four processes ask for one token, and all have it")
    func atOnce() async throws {
        try await InflowFixture.run { fixture in
            let before = try await fixture.sandbox.tokenRequests()
            try await refreshAtOnce(fixture)
            #expect(try await fixture.sandbox.tokenRequests() == before + 1)
            #expect(try await fixture.number("select max(generation) from inflow.token") == 2)
            try await expectWorking(fixture, generation: 2)
        }
    }

    @Test("Sixty-four at once after a process died with the answer: where the platform has a grace, all live on")
    func atOnceAfterDeath() async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.graceSeconds = 1800 }) { fixture in
            let before = try await fixture.sandbox.tokenRequests()
            let dead = try await fixture.inflow(
                "token", "refresh", "acme", environment: ["INFLOW_FAILPOINT": "token_before_store"])
            #expect(dead.wasKilled, "\(dead)")
            try await refreshAtOnce(fixture)
            #expect(try await fixture.sandbox.tokenRequests() == before + 2)
            try await expectWorking(fixture, generation: 2)
        }
    }

    @Test(
        "A process that dies at any point of a refresh costs nothing that could be saved, and the next one says what it was",
        arguments: Failpoint.ofRefresh, [0, 1800])
    func killed(point: Failpoint, grace: Int) async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.graceSeconds = grace }) { fixture in
            let before = try await fixture.sandbox.tokenRequests()
            let dead = try await fixture.inflow(
                "token", "refresh", "acme", environment: ["INFLOW_FAILPOINT": point.rawValue])
            #expect(dead.wasKilled && dead.code == 9, "\(dead)")
            let isAsked = ![.tokenLeased, .tokenBeforeExchange].contains(point)
            #expect(try await fixture.sandbox.tokenRequests() == before + (isAsked ? 1 : 0))
            let isUnfinished = ![.tokenLeased, .tokenStored].contains(point)
            #expect((try await shown(fixture).unfinishedRefresh?.generation == 1) == isUnfinished)

            let next = try await fixture.inflow("token", "refresh", "acme", "--past", "1")
            let isLost = [.tokenBeforeStore, .tokenBeforeCommit].contains(point) && grace == 0
            guard isLost else {
                #expect(next.code == 0, "\(next)")
                return try await expectWorking(fixture, generation: 2)
            }
            #expect(next.code == 5 && next.error.contains("ended before it stored the tokens"), "\(next)")
            #expect(next.error.contains("inflow authorise acme"), "\(next)")
            try await expectPaused(fixture)
        }
    }

    /// Nothing is asked any more, and no run begins; a consent ends it.
    private func expectPaused(_ fixture: InflowFixture) async throws {
        let requests = try await fixture.sandbox.tokenRequests()
        let runs = try await fixture.count("inflow.run")
        for command in [["sync", "acme", "task"], ["token", "refresh", "acme"], ["connection", "test", "acme"]] {
            let refused = try await fixture.start(command).ending()
            #expect(refused.code == 5 && refused.error.contains("inflow authorise acme"), "\(refused)")
        }
        #expect(try await fixture.sandbox.tokenRequests() == requests, "no storm of retries")
        #expect(try await fixture.count("inflow.run") == runs)
        #expect(try await shown(fixture).state == "needs consent")

        let browser = ConsentBrowser()
        let consent = try fixture.start(["authorise", "acme", "--no-browser", "--port", "0"])
        let address = try await browser.consent(to: try await browser.address(printedBy: consent))
        #expect(try await browser.get(address).status == 200)
        #expect(await consent.ending().code == 0)
        try await expectWorking(fixture, generation: 2)
    }

    @Test(
        "An answer that is lost is asked for again: with a grace period the connection lives on",
        arguments: [true, false])
    func lostWithGrace(repeats: Bool) async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.control(.post, "tokens/grace?seconds=1800&repeats=\(repeats)")
            try await fixture.sandbox.fault("answer_lost", at: "/oauth/token")
            let before = try await fixture.sandbox.tokenRequests()
            let refresh = try await fixture.inflow("token", "refresh", "acme")
            #expect(refresh.code == 0, "\(refresh)")
            #expect(try await fixture.sandbox.tokenRequests() == before + 2)
            try await expectWorking(fixture, generation: 2)
        }
    }

    @Test("Without a grace period a lost answer needs a person: asked for again, then the pair before, then paused")
    func lostWithoutGrace() async throws {
        try await InflowFixture.run { fixture in
            #expect(try await fixture.inflow("token", "refresh", "acme").code == 0)
            try await fixture.sandbox.fault("answer_lost", at: "/oauth/token")
            let before = try await fixture.sandbox.tokenRequests()
            let refresh = try await fixture.inflow("token", "refresh", "acme")
            #expect(refresh.code == 5 && refresh.error.contains("The answer to a refresh was lost"), "\(refresh)")
            #expect(try await fixture.sandbox.tokenRequests() == before + 3)
            #expect(try await shown(fixture).needsConsentBecause?.contains("inflow authorise acme") == true)
            let sync = try await fixture.inflow("sync", "acme", "task")
            #expect(sync.code == 5 && sync.error.contains("inflow authorise acme"), "\(sync)")
            #expect(try await fixture.sandbox.tokenRequests() == before + 3)
        }
    }

    @Test("A platform that forgot its last rotation still takes the pair before, and the connection lives on")
    func pairBefore() async throws {
        try await InflowFixture.run { fixture in
            #expect(try await fixture.inflow("token", "refresh", "acme").code == 0)
            try await fixture.sandbox.control(.post, "tokens/rollback")
            let before = try await fixture.sandbox.tokenRequests()
            let refresh = try await fixture.inflow("token", "refresh", "acme")
            #expect(refresh.code == 0, "\(refresh)")
            #expect(try await fixture.sandbox.tokenRequests() == before + 2)
            try await expectWorking(fixture, generation: 3)
        }
    }

    @Test("A token that ends between two pages of a list is refreshed there, and no record is lost or doubled")
    func midPage() async throws {
        try await InflowFixture.run { fixture in
            let before = try await fixture.sandbox.tokenRequests()
            try await fixture.sandbox.fault("expire_token", at: "/cost.api", more: #""contains":"page=2""#)
            let report = try await fixture.sync(try fixture.lists("cost"))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            #expect(try await fixture.sandbox.tokenRequests() == before + 1)
            #expect(try await fixture.chunk(report, "cost")["tries"].int == 1)
            try await fixture.expectTruth(try InflowFixture.entity("cost"))
        }
    }

    @Test("A sync refreshes the idle tokens of other connections, and warns of those it cannot keep")
    func idle() async throws {
        try await InflowFixture.run { fixture in
            _ = try await fixture.query("update inflow.token set refresh_issued_at = now() - interval '31 days'")
            let sync = try await fixture.inflow("sync", "acme", "task")
            #expect(sync.code == 0, "\(sync)")
            #expect(try await shown(fixture).generation == 2)
            _ = try await fixture.query("update inflow.token set refresh_issued_at = now() - interval '54 days'")
            let list = try await fixture.inflow("connection", "list")
            #expect(list.error.contains("expires at"), "\(list)")
            try await fixture.sandbox.fault("status503", at: "/oauth/token", times: -1)
            let warned = try await fixture.inflow("sync", "acme", "task")
            #expect(warned.code == 0 && warned.error.contains("inflow token refresh acme"), "\(warned)")
        }
    }
}
