import Foundation
import Inflow
import TestSupport
import Testing

@testable import Warehouse

@Suite("Scheduled runs that nobody begins", .warehouse)
struct OverdueRunTests {
    private func overdue(_ fixture: LoaderFixture) async throws -> ConnectionFacts.Overdue? {
        let now = Date()
        let statuses = try await ConnectionStatusReader(fixture.warehouse).all(now: now)
        let status = try #require(statuses.first { $0.id == fixture.connection.id })
        return ConnectionFacts(status, entities: ["thing"], wholeDays: 7, now: now).overdue
    }

    @Test("A run is overdue an hour after its slot, until a Sync All begins or the connection is paused")
    func overdue() async throws {
        let fixture = try await LoaderFixture()
        let now = Date()
        try await fixture.rows("update inflow.run set started_at = now() - interval '20 hours'")
        let store = ScheduleStore(fixture.warehouse)
        let late = Anchor(at: now.addingTimeInterval(-2 * 3_600), in: .gmt)
        try await store.change(fixture.connection) { $0.set(late, at: now.addingTimeInterval(-10 * 3_600)) }
        let found = try #require(try await overdue(fixture))
        #expect(found.dueAt == late.lastSlot(atOrBefore: now).instant)
        var facts = ConnectionFacts()
        facts.overdue = found
        let review = IncidentReview(facts, open: [], freshnessHours: 30, now: now)
        #expect(review.opened.map(\.kind) == [.noRun])
        #expect(review.opened.first?.detail.contains("one was due at") == true)
        try await fixture.rows("update inflow.connection set paused_at = now()")
        #expect(try await overdue(fixture) == nil)
        try await fixture.rows("update inflow.connection set paused_at = null")
        try await fixture.rows("update inflow.run set started_at = now() - interval '1 hour', trigger = 'slot'")
        #expect(try await overdue(fixture) == nil)
        try await fixture.rows("update inflow.run set started_at = now() - interval '20 hours'")
        let fresh = Anchor(at: now.addingTimeInterval(-1_800), in: .gmt)
        try await store.change(fixture.connection) { $0.set(fresh, at: now.addingTimeInterval(-10 * 3_600)) }
        #expect(try await overdue(fixture) == nil)
    }
}
