import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Standings", .warehouse)
struct StandingTests {
    /// 2026-11-21 04:00 UTC.
    private let now = Instant(timeIntervalSince1970: 1_795_233_600)

    private func standing(_ bench: Bench) async throws -> Standing {
        try #require(try await Standings(bench.warehouse).all(now: now).first { $0.id == bench.connection.id })
    }

    private func end(_ bench: Bench, _ status: String, part: String? = nil) async throws {
        let log = RunLog(bench.warehouse)
        try await log.endEntities(
            bench.run, [RunLog.EntityEnd("thing", status: part ?? status, note: nil, error: nil)])
        try await log.end(bench.run, status: status, error: status == "failed" ? "it broke" : nil)
    }

    @Test("A connection that was never read waits for its first Sync All: no last run, no next run, on")
    func never() async throws {
        let bench = try await Bench()
        try await bench.rows("delete from inflow.run where id = $1", .int64(bench.run))
        let standing = try await standing(bench)
        #expect(standing.lastRun == nil && standing.newestRun == nil && standing.isEnabled)
        #expect(standing.nextRun(after: now) == nil && standing.tokenEndsAt == nil && standing.entities.isEmpty)
        #expect(standing.stalest(among: ["thing"]) == nil && standing.failed(among: ["thing"]).isEmpty)
        #expect(standing.callsLeftToday == 5000 && standing.callsLeftThisMinute == 60)
    }

    @Test(
        "Last Run is the last full run that was successful, however it was begun; other runs and failed ones do not count"
    )
    func lastRun() async throws {
        let first = try await Bench()
        #expect(try await standing(first).newestRun?.status == "running")
        #expect(try await standing(first).lastRun == nil)
        try await end(first, "rejections")
        #expect(try await standing(first).lastRun?.run == first.run)
        let targeted = try await first.next(trigger: "targeted")
        try await end(targeted, "green")
        #expect(try await standing(first).lastRun?.run == first.run)
        let failed = try await first.next()
        try await end(failed, "failed")
        let after = try await standing(first)
        #expect(after.lastRun?.run == first.run && after.newestRun?.run == failed.run)
        #expect(after.newestRun?.error == "it broke" && after.failed(among: ["thing"]) == ["thing"])
        #expect(after.failed(among: ["other"]).isEmpty)
        for trigger in ["slot", "catch_up"] {
            let next = try await first.next(trigger: trigger)
            try await end(next, "warnings")
            #expect(try await standing(first).lastRun?.run == next.run)
            #expect(try await standing(first).lastRun?.trigger == trigger)
        }
        #expect(try await standing(first).failed(among: ["thing"]).isEmpty)
    }

    @Test("Freshness is of the entity that was read to its end longest ago; what was never read counts as oldest")
    func fresh() async throws {
        let bench = try await Bench()
        try await bench.rows(
            "insert into inflow.entity_run (run_id, entity, status) values ($1, 'other', 'failed')", .int64(bench.run))
        try await end(bench, "failed", part: "green")
        let standing = try await standing(bench)
        #expect(standing.entities.map { "\($0.entity) \($0.status)" } == ["other failed", "thing green"])
        #expect(standing.stalest(among: ["thing", "other"])?.entity == "other")
        #expect(standing.stalest(among: ["thing", "other"])?.readAt == nil)
        #expect(standing.stalest(among: ["thing"])?.readAt != nil)
    }

    @Test("Next Run is the next slot of the anchor; none while it is off or the connection is paused")
    func nextRun() async throws {
        let bench = try await Bench()
        let anchor = try Anchor("07:30 Pacific/Auckland")
        let (store, before) = (ScheduleStore(bench.warehouse), now.addingTimeInterval(-86_400))
        try await store.change(bench.connection) { $0.set(anchor, at: before) }
        // 07:30 of the 22nd in Auckland, which is 13 hours ahead of UTC.
        let next = Instant(timeIntervalSince1970: 1_795_285_800)
        var standing = try await standing(bench)
        #expect(standing.isEnabled && standing.schedule.schedule.anchor == anchor)
        #expect(standing.nextRun(after: now) == next)
        try await bench.rows("update inflow.connection set paused_at = now()")
        standing = try await self.standing(bench)
        #expect(standing.pausedAt != nil && standing.isEnabled && standing.nextRun(after: now) == nil)
        try await bench.rows("update inflow.connection set paused_at = null")
        try await store.change(bench.connection) { $0.turnOff() }
        standing = try await self.standing(bench)
        #expect(!standing.isEnabled && standing.schedule.schedule.anchor == anchor)
        #expect(standing.nextRun(after: now) == nil)
    }

    @Test("Tokens, quota, queue, incidents, rejections and held deletions are each connection's own")
    func facts() async throws {
        let (bench, other) = (try await Bench(), try await Bench("Other"))
        try await bench.load(Thing("a", amount: "much"), Thing("b"))
        let id = bench.connection.id
        try await bench.rows(
            """
            insert into inflow.token (
                connection_id, generation, access, refresh, issued_at, access_expires_at, refresh_issued_at)
            values ($1, 1, '', '', $2, $2, $2)
            """, .int64(id), .timestamp(now.addingTimeInterval(-86_400 * 1.5)))
        try await bench.rows(
            "insert into inflow.incident (connection_id, kind, detail) values ($1, 'rejections', '1'), ($1, 'run_failed', '')",
            .int64(id))
        try await bench.rows("update inflow.incident set closed_at = now() where kind = 'run_failed'")
        try await bench.rows(
            """
            insert into inflow.request (connection_id, kind, asked_at, asked_by, status)
            select $1, 'targeted', now(), '', s from unnest('{queued,queued,running,done}'::text[]) s
            """, .int64(id))
        try await bench.rows(
            "update inflow.connection set account_id = 'B', calls_per_minute = 0 where id = $1", .int64(id))
        try await bench.rows(
            """
            insert into inflow.quota (platform, account_id, day_until, day_calls)
            values ('workflowmax', 'b', array[now() - interval '1 hour', now() + interval '1 hour'], '{100,30}')
            """)
        let standing = try await standing(bench)
        #expect(standing.tokenDaysLeft(at: now) == 58)
        #expect(standing.tokenDaysLeft(at: now.addingTimeInterval(86_400 * 90)) == 0)
        #expect(standing.incidents == ["rejections": 1] && standing.rejections == 1)
        #expect(standing.queued == 2 && standing.running == 1)
        #expect(standing.callsLeftToday == 4970 && standing.callsLeftThisMinute == nil)
        let rest = try await self.standing(other)
        #expect(rest.tokenDaysLeft(at: now) == nil && rest.incidents.isEmpty && rest.rejections == 0)
        #expect(rest.queued == 0 && rest.running == 0 && rest.callsLeftToday == 5000)
        let rows = try await Standings(bench.warehouse).rows([.thing()])
        #expect(rows == [id: ["thing": 1]])
    }

    @Test("Metrics are read without a look at the chunks, and sum up runs and parts by connection")
    func metrics() async throws {
        let bench = try await Bench()
        try await bench.load(Thing("a"), Thing("b"))
        try await end(bench, "green")
        let next = try await bench.next(trigger: "slot")
        try await next.load(Thing("a", name: "Nail"), Thing("c", day: "never"))
        try await end(next, "rejections")
        try await RunQueue(bench.warehouse).enlist("one", version: "1")
        try await bench.rows("alter table inflow.chunk rename to elsewhere")
        let facts = try await MetricsFacts.read(bench.warehouse, now: now)
        #expect(facts.workers == 1 && facts.standings.map(\.name) == ["Acme"])
        #expect(
            facts.runs.map { "\($0.connection) \($0.trigger) \($0.status) \($0.count)" } == [
                "Acme manual green 1", "Acme slot rejections 1",
            ])
        #expect(facts.parts.map { "\($0.connection) \($0.entity)" } == ["Acme thing"])
        #expect(facts.parts.first?.tally.words == "4 = 2 inserted + 1 updated + 1 rejected")
    }
}
