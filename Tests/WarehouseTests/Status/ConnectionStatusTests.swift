import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("ConnectionStatusReader", .warehouse)
struct ConnectionStatusTests {
    /// 2026-11-21 04:00 UTC.
    private let now = Instant(timeIntervalSince1970: 1_795_233_600)

    private func status(_ fixture: LoaderFixture) async throws -> ConnectionStatus {
        try #require(
            try await ConnectionStatusReader(fixture.warehouse).all(now: now).first { $0.id == fixture.connection.id })
    }

    private func end(_ fixture: LoaderFixture, _ outcome: RunOutcome, part: PartStatus) async throws {
        let log = RunLog(fixture.warehouse)
        try await log.endEntities(
            fixture.run, [RunLog.EntityEnd("thing", status: part, note: nil, error: nil)])
        try await log.end(fixture.run, outcome: outcome, error: outcome == .failed ? "it broke" : nil)
    }

    @Test("A connection that was never read waits for its first Sync All: no last run, no next run, on")
    func never() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows("delete from inflow.run where id = $1", .int64(fixture.run))
        let status = try await status(fixture)
        #expect(status.lastRun == nil && status.newestRun == nil && status.isEnabled)
        #expect(status.nextRun(after: now) == nil && status.tokenEndsAt == nil && status.entities.isEmpty)
        #expect(status.stalest(among: ["thing"]) == nil && status.failed(among: ["thing"]).isEmpty)
        #expect(status.callsLeftToday == 5000 && status.callsLeftThisMinute == 60)
    }

    @Test(
        "Last Run is the last full run that was successful, however it was begun; other runs and failed ones do not count"
    )
    func lastRun() async throws {
        let first = try await LoaderFixture()
        #expect(try await status(first).newestRun?.status == .running)
        #expect(try await status(first).lastRun == nil)
        try await end(first, .rejections, part: .rejections)
        #expect(try await status(first).lastRun?.run == first.run)
        let targeted = try await first.next(trigger: .targeted)
        try await end(targeted, .green, part: .green)
        #expect(try await status(first).lastRun?.run == first.run)
        let failed = try await first.next()
        try await end(failed, .failed, part: .failed)
        let after = try await status(first)
        #expect(after.lastRun?.run == first.run && after.newestRun?.run == failed.run)
        #expect(after.newestRun?.error == "it broke" && after.failed(among: ["thing"]) == ["thing"])
        #expect(after.failed(among: ["other"]).isEmpty)
        for trigger in [Trigger.slot, .catchUp] {
            let next = try await first.next(trigger: trigger)
            try await end(next, .warnings, part: .warnings)
            #expect(try await status(first).lastRun?.run == next.run)
            #expect(try await status(first).lastRun?.trigger == trigger)
        }
        #expect(try await status(first).failed(among: ["thing"]).isEmpty)
    }

    @Test("Freshness is of the entity that was read to its end longest ago; what was never read counts as oldest")
    func fresh() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows(
            "insert into inflow.entity_run (run_id, entity, status) values ($1, 'other', 'failed')", .int64(fixture.run)
        )
        try await end(fixture, .failed, part: .green)
        let status = try await status(fixture)
        #expect(status.entities.map { "\($0.entity) \($0.status)" } == ["other failed", "thing green"])
        #expect(status.stalest(among: ["thing", "other"])?.entity == "other")
        #expect(status.stalest(among: ["thing", "other"])?.readAt == nil)
        #expect(status.stalest(among: ["thing"])?.readAt != nil)
    }

    @Test("10.18 Where only the list is read every time, an entity is as fresh as the last reading of all its records")
    func readNowAndThen() async throws {
        let fixture = try await LoaderFixture()
        try await end(fixture, .green, part: .green)
        try await fixture.rows(
            """
            insert into inflow.coverage (connection_id, entity, month, verified_at, run_id)
            values ($1, 'thing', '0001-01-01', $2, $3)
            """, .int64(fixture.connection.id), .timestamp(now.addingTimeInterval(-86_400 * 400)), .int64(fixture.run))
        #expect(try await status(fixture).entities.map(\.isReadNowAndThen) == [false])
        try await fixture.rows(
            "insert into inflow.sweep (connection_id, entity, run_id) values ($1, 'thing', $2)",
            .int64(fixture.connection.id), .int64(fixture.run))
        let status = try await status(fixture)
        #expect(status.entities.map(\.isReadNowAndThen) == [true])
        #expect(status.stalest(among: ["thing"])?.readAt == now.addingTimeInterval(-86_400 * 400))
        let facts = ConnectionFacts(status, entities: ["thing"], wholeDays: 5, now: Date())
        #expect(facts.readings.map(\.daysBetween) == [5])
        #expect(facts.readings.first?.verifiedAt == now.addingTimeInterval(-86_400 * 400))
    }

    @Test("Next Run is the next slot of the anchor; none while it is off or the connection is paused")
    func nextRun() async throws {
        let fixture = try await LoaderFixture()
        let anchor = try Anchor("07:30 Pacific/Auckland")
        let (store, before) = (ScheduleStore(fixture.warehouse), now.addingTimeInterval(-86_400))
        try await store.change(fixture.connection) { $0.set(anchor, at: before) }
        // 07:30 of the 22nd in Auckland, which is 13 hours ahead of UTC.
        let next = Instant(timeIntervalSince1970: 1_795_285_800)
        var status = try await status(fixture)
        #expect(status.isEnabled && status.schedule.schedule.anchor == anchor)
        #expect(status.nextRun(after: now) == next)
        try await fixture.rows("update inflow.connection set paused_at = now()")
        status = try await self.status(fixture)
        #expect(status.pausedAt != nil && status.isEnabled && status.nextRun(after: now) == nil)
        try await fixture.rows("update inflow.connection set paused_at = null")
        try await store.change(fixture.connection) { $0.turnOff() }
        status = try await self.status(fixture)
        #expect(!status.isEnabled && status.schedule.schedule.anchor == anchor)
        #expect(status.nextRun(after: now) == nil)
    }

    @Test("Tokens, quota, queue, incidents, rejections and held deletions are each connection's own")
    func facts() async throws {
        let (fixture, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        try await fixture.load(Thing("a", weight: "much"), Thing("b"))
        let id = fixture.connection.id
        try await fixture.rows(
            """
            insert into inflow.token (
                connection_id, generation, access, refresh, issued_at, access_expires_at, refresh_issued_at)
            values ($1, 1, '', '', $2, $2, $2)
            """, .int64(id), .timestamp(now.addingTimeInterval(-86_400 * 1.5)))
        try await fixture.rows(
            "insert into inflow.incident (connection_id, kind, detail) values ($1, 'rejections', '1'), ($1, 'run_failed', '')",
            .int64(id))
        try await fixture.rows("update inflow.incident set closed_at = now() where kind = 'run_failed'")
        try await fixture.rows(
            """
            insert into inflow.request (connection_id, kind, asked_at, asked_by, status)
            select $1, 'targeted', now(), '', s from unnest('{queued,queued,running,done}'::text[]) s
            """, .int64(id))
        try await fixture.rows(
            "update inflow.connection set account_id = 'B', calls_per_minute = 0 where id = $1", .int64(id))
        try await fixture.rows(
            """
            insert into inflow.quota (platform, account_id, day_until, day_calls)
            values ('workflowmax', 'b', array[now() - interval '1 hour', now() + interval '1 hour'], '{100,30}')
            """)
        let status = try await status(fixture)
        #expect(status.tokenDaysLeft(at: now) == 58)
        #expect(status.tokenDaysLeft(at: now.addingTimeInterval(86_400 * 90)) == 0)
        #expect(status.incidents == ["rejections": 1] && status.rejections == 1)
        #expect(status.queued == 2 && status.running == 1)
        #expect(status.callsLeftToday == 4970 && status.callsLeftThisMinute == nil)
        let rest = try await self.status(other)
        #expect(rest.tokenDaysLeft(at: now) == nil && rest.incidents.isEmpty && rest.rejections == 0)
        #expect(rest.queued == 0 && rest.running == 0 && rest.callsLeftToday == 5000)
        let rows = try await ConnectionStatusReader(fixture.warehouse).rows([.thing()])
        #expect(rows == [id: ["thing": 1]])
    }

    @Test("Metrics are read without a look at the chunks, and sum up runs and parts by connection")
    func metrics() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"), Thing("b"))
        try await end(fixture, .green, part: .green)
        let next = try await fixture.next(trigger: .slot)
        try await next.load(Thing("a", name: "Nail"), Thing("c", weight: "never"))
        try await end(next, .rejections, part: .rejections)
        try await RunQueue(fixture.warehouse).enlist("one", version: "1")
        try await fixture.rows("alter table inflow.chunk rename to elsewhere")
        let facts = try await MetricsSnapshot.read(fixture.warehouse, now: now)
        #expect(facts.workers == 1 && facts.statuses.map(\.name) == ["Acme"])
        #expect(
            facts.runs.map { "\($0.connection) \($0.trigger) \($0.status) \($0.count)" } == [
                "Acme manual green 1", "Acme slot rejections 1",
            ])
        #expect(facts.parts.map { "\($0.connection) \($0.entity)" } == ["Acme thing"])
        #expect(facts.parts.first?.tally.words == "4 = 2 inserted + 1 updated + 1 rejected")
    }
}
