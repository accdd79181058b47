import Foundation
import Inflow
import TestSupport
import Testing
import Warehouse

@testable import Sync

@Suite("The scheduler", .database(.warehouse), .timeLimit(.minutes(5)))
struct SchedulerTests {
    private func scheduler(_ fixture: SyncFixture, at moment: String) throws -> Scheduler {
        let now = try Date(moment, strategy: .iso8601)
        return Scheduler(fixture.warehouse, logger: SyncFixture.quiet, now: { now })
    }

    private func anchored() async throws -> SyncFixture {
        let fixture = try await SyncFixture()
        let start = try Date("2027-03-01T00:00:00Z", strategy: .iso8601)
        let anchor = try Anchor(time: "06:00", zone: .gmt)
        try await ScheduleStore(fixture.warehouse).change(fixture.connection) { $0.set(anchor, at: start) }
        return fixture
    }

    @Test("Nothing is queued before the anchor, one run after it, and none again on the same day")
    func onceADay() async throws {
        let fixture = try await anchored()
        #expect(try await scheduler(fixture, at: "2027-03-01T05:59:59Z").round() == [])
        #expect(try await scheduler(fixture, at: "2027-03-01T08:00:00Z").round().count == 1)
        #expect(try await scheduler(fixture, at: "2027-03-01T08:00:30Z").round() == [])
        let slots = try await fixture.column("select slot::text from inflow.slot")
        #expect(slots == ["2027-03-01"])
    }

    @Test("Of several schedulers at the same moment one claims the slot")
    func oneOfMany() async throws {
        let fixture = try await anchored()
        let scheduler = try scheduler(fixture, at: "2027-03-01T08:00:00Z")
        async let first = scheduler.round()
        async let second = scheduler.round()
        async let third = scheduler.round()
        #expect(try await (first + second + third).count == 1)
        #expect(try await fixture.column("select id from inflow.request").count == 1)
    }

    @Test("A connection without an anchor is not scheduled")
    func noAnchor() async throws {
        let fixture = try await SyncFixture()
        #expect(try await scheduler(fixture, at: "2027-03-01T08:00:00Z").round() == [])
    }
}
