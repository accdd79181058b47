import Postgres
import Curl
import Inflow
import Sync
import TestSupport
import Testing
import Warehouse

@Suite("Leave to call: tokens and limits", .database(.warehouse))
struct AccessFaultTests {
    @Test("A call that is refused for a moment is made again and ends green, without another try of the chunk")
    func refusedForAMoment() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault("status429", at: "/task.api", times: 2, more: #""retryAfter":1"#)
            let report = try await fixture.sync(try fixture.lists("task", "staff"))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            let chunk = try await fixture.chunk(report, "task")
            #expect(try chunk["tries"].int == 1 && chunk["calls"].int == 3)
            try await fixture.expectTruth(try InflowFixture.entity("task"))
        }
    }

    @Test("A call that is refused for the day stops the run for the quota; what was loaded stays")
    func refusedForTheDay() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault("status429", at: "/task.api", times: -1, more: #""retryAfter":3600"#)
            let report = try await fixture.sync(try fixture.lists("staff", "task", "supplier"), workers: 1)
            try await expectStopped(report, .quota, exitCode: 4, words: "no more calls today", fixture)
        }
    }

    @Test("The organisation's own budget of calls stops the run likewise, before the call is made")
    func ownBudget() async throws {
        try await InflowFixture.run { fixture in
            var fixture = fixture
            fixture.connection.settings.callsPerDay = 1
            let report = try await fixture.sync(try fixture.lists("staff", "task", "supplier"), workers: 1)
            try await expectStopped(report, .quota, exitCode: 4, words: "calls for the day are spent", fixture)
            #expect(report.traffic.calls == 1)
        }
    }

    @Test("A withdrawn consent stops the run with words that name the remedy")
    func consentWithdrawn() async throws {
        try await InflowFixture.run { fixture in
            let first = try await fixture.sync(try fixture.lists("staff"), workers: 1)
            #expect(first.outcome == .green)
            try await fixture.sandbox.control(.post, "tokens/revoke")
            let report = try await fixture.sync(try fixture.lists("task", "supplier"), workers: 1)
            #expect(report.outcome == .consent && report.outcome.exitCode == 5)
            #expect(report.error?.contains("inflow connection authorise acme --refresh-token-file") == true)
            #expect(try await statuses(report, fixture) == ["task": "failed", "supplier": "skipped"])
            #expect(try await fixture.count("wfm.task") == 0)
            try await fixture.expectTruth(try InflowFixture.entity("staff"))
        }
    }

    @Test("A refused account fails every list, each after one call")
    func forbidden() async throws {
        try await InflowFixture.run { fixture in
            var fixture = fixture
            fixture.connection.settings.accountID = "another"
            try await ConnectionStore(fixture.warehouse).update(fixture.connection)
            let report = try await fixture.sync(try fixture.lists("staff", "task"), workers: 1)
            #expect(report.outcome == .failed)
            #expect(report.error?.contains("account-id") == true, "\(report.error ?? "")")
            #expect(try await statuses(report, fixture) == ["staff": "failed", "task": "failed"])
        }
    }

    /// Staff was loaded, tasks failed, suppliers were not asked for.
    private func expectStopped(
        _ report: RunReport, _ outcome: RunOutcome, exitCode: Int32, words: String, _ fixture: InflowFixture
    ) async throws {
        #expect(report.outcome == outcome && report.outcome.exitCode == exitCode)
        #expect(report.error?.contains(words) == true, "\(report.error ?? "")")
        #expect(try await statuses(report, fixture) == ["staff": "green", "task": "failed", "supplier": "skipped"])
        try await fixture.expectTruth(try InflowFixture.entity("staff"))
        #expect(try await fixture.count("wfm.supplier") == 0)
        #expect(try await fixture.count("wfm.task") == 0)
    }

    private func statuses(_ report: RunReport, _ fixture: InflowFixture) async throws -> [String: String] {
        let rows = try await fixture.query(
            "select entity, status from inflow.entity_run where run_id = $1", [.int64(report.run)])
        return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.text("entity"), try $0.text("status")) })
    }

    // MARK: tokens

    @Test("An access token that ends in mid-run is refreshed once, however many calls are under way")
    func tokenEndsInMidRun() async throws {
        try await InflowFixture.run { fixture in
            let before = try await fixture.sandbox.tokenRequests()
            let timesheet = try InflowFixture.entity("timesheet")
            try await fixture.sandbox.fault("expire_token", at: "/time.api", more: #""after":7"#)
            let report = try await fixture.sync(try await fixture.everything([timesheet]))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            #expect(try await fixture.sandbox.tokenRequests() == before + 1)
            #expect(try await fixture.number("select max(generation) from inflow.token") == 2)
            #expect(try await fixture.number("select max(tries) from inflow.chunk") == 1)
            try await fixture.expectTruth(timesheet)
        }
    }

    @Test("A token endpoint that is down for a moment is asked again with the same refresh token")
    func tokenEndpointDown() async throws {
        try await InflowFixture.run { fixture in
            let before = try await fixture.sandbox.tokenRequests()
            try await fixture.sandbox.control(.post, "tokens/expire")
            try await fixture.sandbox.fault("status503", at: "/oauth/token")
            let report = try await fixture.sync(try fixture.lists("task"))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            #expect(try await fixture.sandbox.tokenRequests() == before + 2)
        }
    }

    @Test("A refresh whose answer is lost needs a person, and says so")
    func answerLost() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.control(.post, "tokens/expire")
            try await fixture.sandbox.fault("answer_lost", at: "/oauth/token")
            let report = try await fixture.sync(try fixture.lists("task"))
            #expect(report.outcome == .consent)
            #expect(report.error?.contains("inflow connection authorise acme") == true, "\(report.error ?? "")")
        }
    }
}
