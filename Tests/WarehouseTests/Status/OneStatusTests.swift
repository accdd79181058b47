import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("One status of a connection, for people and for alerts", .warehouse)
struct OneStatusTests {
    private func status(_ fixture: LoaderFixture) async throws -> ConnectionStatus {
        try #require(
            try await ConnectionStatusReader(fixture.warehouse).all(now: Instant()).first {
                $0.id == fixture.connection.id
            })
    }

    @Test("A run that ended for want of consent shows in the status, as in the alert, until tokens are stored after it")
    func consent() async throws {
        let fixture = try await LoaderFixture()
        #expect(try await status(fixture).needsConsentAt == nil)
        try await RunLog(fixture.warehouse).end(fixture.run, outcome: .consent, error: "It was revoked.")
        let needed = try await status(fixture)
        #expect(needed.needsConsentAt != nil && needed.consentReason == "It was revoked.")
        let review = try await Incidents(fixture.warehouse, fixture.connection).review(entities: ["thing"])
        #expect(review.opened.map(\.detail) == ["It was revoked."])
        try await fixture.rows(
            """
            insert into inflow.token (
                connection_id, generation, access, refresh, issued_at, access_expires_at, refresh_issued_at)
            values ($1, 1, '', '', now(), now(), now())
            """, .int64(fixture.connection.id))
        let given = try await status(fixture)
        #expect(given.needsConsentAt == nil && given.consentReason == nil)
    }

    @Test("An entity that every run skipped counts as never read, in the status as in the alert")
    func skipped() async throws {
        let fixture = try await LoaderFixture()
        let log = RunLog(fixture.warehouse)
        try await log.endEntities(
            fixture.run, [RunLog.EntityEnd("thing", status: .skipped, note: nil, error: nil)])
        try await log.end(fixture.run, outcome: .quota, error: nil)
        let status = try await status(fixture)
        #expect(status.entities.map { "\($0.entity) \($0.status)" } == ["thing skipped"])
        #expect(status.stalest(among: ["thing"])?.entity == "thing")
        let facts = ConnectionFacts(status, entities: ["thing"], wholeDays: 7, now: Date())
        #expect(facts.readings.map(\.entity) == ["thing"] && facts.readings.first?.verifiedAt == nil)
        #expect(facts.lastFullRun?.outcome == .quota && !facts.hasCompleteRun)
        #expect(ConnectionFacts(status, entities: ["other"], wholeDays: 7, now: Date()).readings.isEmpty)
    }

    @Test("An unknown time zone is said in words, hides no other connection and is never taken for another zone")
    func unknownZone() async throws {
        let (fixture, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        try await fixture.rows(
            "update inflow.connection set time_zone = 'Mars/Olympus' where id = $1", .int64(fixture.connection.id))
        let status = try await status(fixture)
        #expect(status.zone == nil && status.problems.count == 1)
        #expect(status.problems.first?.contains("\"Mars/Olympus\"") == true)
        let rest = try await self.status(other)
        #expect(rest.zone != nil && rest.problems.isEmpty)
        let store = ConnectionStore(fixture.warehouse)
        let error = await #expect(throws: WarehouseError.self) { _ = try await store.find("Acme") }
        #expect(error?.code == .unknownWord)
        #expect(error?.message.contains("of \"Acme\" holds \"Mars/Olympus\"") == true, "\(error?.message ?? "")")
        #expect(try await store.find("Other").id == other.connection.id)
        #expect(try await store.find(number: other.connection.id)?.name == "Other")
        let list = try await store.list()
        #expect(list.readable.map(\.name) == ["Other"] && list.unreadable.map(\.code) == [.unknownWord])
        #expect(list.unreadable.first?.message.contains("\"Mars/Olympus\"") == true)
        let mended = try await store.find("Acme", zone: .gmt)
        try await store.update(mended)
        #expect(try await store.find("Acme").settings.timeZone == .gmt)
        #expect(try await store.list().readable.map(\.name) == ["Acme", "Other"])
        let unknown = await #expect(throws: WarehouseError.self) { _ = try await store.find("None") }
        #expect(unknown?.message.contains("\"Acme\", \"Other\"") == true)
    }

    @Test("A schedule whose time cannot be read begins no run, and the status says so")
    func unknownAnchor() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows(
            "insert into inflow.schedule (connection_id, is_on, anchor, since) values ($1, true, '07:30 Mars/Olympus', now())",
            .int64(fixture.connection.id))
        let status = try await status(fixture)
        #expect(status.nextRun(after: Instant()) == nil && status.schedule.schedule.anchor == nil)
        #expect(status.problems.first?.contains("\"07:30 Mars/Olympus\"") == true)
    }
}
