import Curl
import Foundation
import Inflow
import Postgres
import Sandbox
import Sync
import Synchronization
import TestSupport
import Testing
import Warehouse
import WorkflowMax

@Suite("The organisation's calls as one budget", .database(.warehouse), .timeLimit(.minutes(5)))
struct QuotaTests {
    private struct QuotaUsage: Decodable {
        let usedThisMinute: Int, usedToday: Int, inFlight: Int, reserve: Int
        let holders: [String]
        let resumeAt: String?
    }

    private func calls(_ fixture: InflowFixture, _ path: String) async throws -> [LoggedCall] {
        try await fixture.sandbox.log().filter { $0.target.hasPrefix(path) }
    }

    private func set(_ fixture: InflowFixture, _ name: String, _ settings: String...) async throws {
        let ending = try await fixture.start(["connection", "set", name] + settings).ending()
        try #require(ending.code == 0, "\(ending)")
    }

    // How much of each minute they use is tested with a simulated clock, by SharedQuotaTests.
    @Test("Three processes that read one organisation share its minute: none is refused, and each reads everything")
    func threeProcesses() async throws {
        let configuration = RunningSandbox.small {
            $0.limits = SandboxLimits(atOnce: 5, perMinute: 30, perDay: 0, windowSeconds: 6)
            $0.acceptsUnknownRefreshTokens = true
        }
        try await InflowFixture.run(configuration) { fixture in
            let names = ["one", "two", "three"]
            for name in names {
                let token = try fixture.file("\(name).txt", "a token of \(name)")
                let more = ["--refresh-token-file", token, "--calls-per-day", "0"]
                let add = try await fixture.start(try fixture.addArguments(name, withToken: false) + more).ending()
                try #require(add.code == 0, "\(add)")
                try await set(fixture, name, "calls-per-minute=30", "minute-seconds=6", "calls-at-once=5")
            }
            // 57 months each: more than five minutes allow.
            let span = [
                "--from", "\(InflowFixture.today.startOfMonth.adding(months: -56))", "--to", "\(InflowFixture.today)",
            ]
            let processes = try names.map { try fixture.start(["sync", $0, "timesheet"] + span) }
            for process in processes {
                let ending = await process.ending()
                #expect(ending.code == 0, "\(ending)")
            }
            let calls = try await calls(fixture, "/time.api")
            #expect(calls.count == 3 * 57 && calls.allSatisfy { $0.status == 200 })
            try await fixture.expectTruth(try InflowFixture.entity("timesheet"), times: 3)
            let usage = try await fixture.inflow("quota", "one", "--json").json(QuotaUsage.self)
            #expect(usage.inFlight == 0 && usage.holders.isEmpty, "what was left was given back")
        }
    }

    /// Who limits the calls of a day.
    enum Limiter: CaseIterable { case connection, platform }

    @Test(
        "A day that is spent in mid-run parks it with its time; the next day it goes on, and all is read once",
        arguments: Limiter.allCases)
    func nextDay(limiter: Limiter) async throws {
        let shift = Shift()
        let configuration = RunningSandbox.small {
            $0.limits = SandboxLimits(atOnce: 0, perMinute: 0, perDay: 24)
            $0.now = { shift.now }
        }
        try await InflowFixture.run(configuration) { fixture in
            try await set(
                fixture, "acme", "calls-per-day=\(limiter == .connection ? 24 : 1000)", "calls-at-once=5")
            let first = InflowFixture.today.startOfMonth.adding(months: -36)
            let arguments = [
                "sync", "acme", "invoice", "--from", "\(first)", "--to", "\(InflowFixture.today.adding(days: 40))",
            ]
            try await expectParked(fixture, arguments)
            try await expectStillParked(fixture, arguments)
            shift.pass(days: 2)
            try await passTwoDays(fixture)
            let next = try await fixture.start(arguments).ending()
            #expect(next.code == 0, "\(next)")
            let good = try await calls(fixture, "/invoice.api").filter { $0.status == 200 }
            #expect(good.count == Set(good.map(\.target)).count, "nothing was read twice")
            try await fixture.expectTruth(try InflowFixture.entity("invoice"))
            #expect(try await fixture.number("select count(*) from inflow.run where continues_run_id = 1") == 2)
            let anew = try await fixture.start(arguments + ["--anew"]).ending()
            #expect(anew.code == 4, "\(anew)")
        }
    }

    /// Runs a sync that a day of 24 calls stops: its log says when it may continue.
    private func expectParked(_ fixture: InflowFixture, _ arguments: [String]) async throws {
        let parked = try await fixture.start(arguments).ending()
        #expect(parked.code == 4 && parked.error.contains("The same command continues from"), "\(parked)")
        let answered = try await calls(fixture, "/invoice.api").count { $0.status == 200 }
        #expect(answered == 24)
        let run = try await fixture.query(
            "select status, resume_at - finished_at > '23 h' as far from inflow.run")[0]
        #expect(try run.text("status") == "quota" && run.bool("far"))
    }

    /// Runs the same sync on the same day: it makes no call.
    private func expectStillParked(_ fixture: InflowFixture, _ arguments: [String]) async throws {
        let made = try await calls(fixture, "/invoice.api").count
        let early = try await fixture.start(arguments).ending()
        #expect(early.code == 4 && early.error.contains("Continuing with run 1"), "\(early)")
        #expect(try await calls(fixture, "/invoice.api").count == made, "nothing is asked before the day is over")
        let usage = try await fixture.inflow("quota", "acme", "--json").json(QuotaUsage.self)
        #expect(usage.resumeAt != nil)
    }

    /// Moves the warehouse's record of the calls two days into the past.
    private func passTwoDays(_ fixture: InflowFixture) async throws {
        _ = try await fixture.query(
            """
            update inflow.quota set refused_until = refused_until - interval '2 days',
                minute_until = array(select u - interval '2 days' from unnest(minute_until) u),
                day_until = array(select u - interval '2 days' from unnest(day_until) u)
            """)
    }

    @Test("Background work leaves the reserve, and a run that may use it does")
    func reserve() async throws {
        try await InflowFixture.run { fixture in
            try await set(fixture, "acme", "calls-per-day=20", "quota-reserve=8")
            let span = [
                "--from", "\(InflowFixture.today.startOfMonth.adding(months: -17))", "--to", "\(InflowFixture.today)",
            ]
            let backfill = try await fixture.start(["sync", "acme", "timesheet", "--background"] + span).ending()
            #expect(backfill.code == 4 && backfill.error.contains("for scheduled runs"), "\(backfill)")
            #expect(try await calls(fixture, "/time.api").count == 12)
            let lists = try await fixture.inflow("sync", "acme", "task", "staff", "supplier")
            #expect(lists.code == 0, "\(lists)")
            let usage = try await fixture.inflow("quota", "acme", "--json").json(QuotaUsage.self)
            #expect(usage.usedToday == 15 && usage.reserve == 8 && usage.resumeAt == nil)
            let words = try await fixture.inflow("quota", "acme")
            #expect(words.code == 0 && words.output.contains("15 of 20"), "\(words)")
        }
    }

    @Test("A refusal that says when by an HTTP date is sat out")
    func retryAfterDate() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault(
                "status429", at: "/task.api", times: 2, more: #""retryAfter":3,"asDate":true,"problem":"minute""#)
            let report = try await fixture.sync(try fixture.lists("task"))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            #expect(try await fixture.chunk(report, "task")["calls"].int == 3)
            try await fixture.sandbox.fault(
                "status429", at: "/task.api", more: #""retryAfter":50000,"asDate":true,"problem":"day""#)
            let parked = try await fixture.sync(try fixture.lists("task"))
            #expect(parked.outcome == .quota)
            let seconds = try #require(parked.resumeAt?.timeIntervalSinceNow)
            #expect(seconds > 49_000 && seconds < 50_010)
        }
    }
}

/// A clock of the platform's that days can pass on.
final class Shift: Sendable {
    private let days = Mutex(0)

    var now: Date { Date().addingTimeInterval(Double(days.withLock { $0 }) * 86_400) }

    func pass(days more: Int) { days.withLock { $0 += more } }
}

extension InflowFixture {
    /// Expects that an entity's table holds each of the sandbox's rows `times` times.
    func expectTruth(_ entity: EntityDefinition, times: Int) async throws {
        let truth = try await sandbox.truth(entity.name)
        let rows = try await count(entity.table)
        #expect(truth.count > 0 && rows == truth.count * times)
    }
}
