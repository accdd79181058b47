import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("10.A5 The time of an answer is the time at which its call was sent", .warehouse)
struct SendTimeTests {
    private static func month() throws -> Chunk {
        let first = try #require(LocalDate(year: 2026, month: 1, day: 1))
        return .span(try #require(Window(from: first, until: first.adding(months: 1))))
    }

    private func things(_ count: Int, name: String = "Screw") -> [Thing] {
        (1...count).map { Thing("m-\($0)", name: name, day: "2026-01-10") }
    }

    private func load(_ fixture: LoaderFixture, _ things: [Thing]) async throws -> String {
        try await fixture.load(
            try Thing.shaped(things, .datedThing), as: .datedThing, chunk: try Self.month()
        ).words
    }

    /// Begins a chunk on a session of its own.
    private func begun(_ fixture: LoaderFixture) async throws -> Loader {
        let loader = fixture.loader()
        try await loader.begin(.datedThing, carries: .everything, chunk: try Self.month())
        return loader
    }

    private func finish(
        _ loader: Loader, _ fixture: LoaderFixture, _ things: [Thing], sentAt: ContinuousClock.Instant
    ) async throws -> String {
        let tally = try await fixture.finish(loader, try Thing.shaped(things, .datedThing), sentAt: sentAt)
        await loader.close()
        return tally.words
    }

    @Test("10.A5 A call that waits before it is sent brings news of what was written meanwhile")
    func waited() async throws {
        let fixture = try await LoaderFixture()
        #expect(try await load(fixture, things(3)) == "3 = 3 inserted")
        let waiting = try await begun(fixture)
        #expect(try await load(fixture, things(3, name: "Nail")) == "3 = 3 updated")
        #expect(try await finish(waiting, fixture, things(3, name: "Bolt"), sentAt: .now) == "3 = 3 updated")
        #expect(try await fixture.rows("select distinct name from t.thing") == ["Bolt"])
    }

    @Test("10.A5 An older answer that comes late overwrites nothing; what it would change counts as older")
    func late() async throws {
        let fixture = try await LoaderFixture()
        _ = try await load(fixture, things(3))
        let late = try await begun(fixture)
        let sentAt = ContinuousClock.now
        _ = try await load(fixture, Array(things(3, name: "Nail").prefix(2)) + [things(3)[2]])
        #expect(try await finish(late, fixture, things(3), sentAt: sentAt) == "3 = 1 unchanged + 2 older")
        #expect(try await fixture.rows("select count(*) from t.thing where name = 'Nail'") == ["2"])
        #expect(try await fixture.rows("select sum(older) from inflow.chunk") == ["2"])
    }

    @Test("10.A5 An older answer that comes late neither revives what is marked nor removes that it is missing")
    func lateOverDeletion() async throws {
        let fixture = try await LoaderFixture()
        let all = things(4)
        _ = try await load(fixture, all)
        let (first, second) = (try await begun(fixture), try await begun(fixture))
        let sentAt = ContinuousClock.now
        _ = try await load(fixture, Array(all.dropFirst()))
        #expect(try await finish(first, fixture, all, sentAt: sentAt) == "4 = 4 unchanged")
        #expect(try await fixture.rows("select key, status from inflow.missing") == ["m-1 | missing"])
        let missing = MissingRows(fixture.warehouse, fixture.connection)
        try await missing.noteVerdicts(.datedThing, gone: ["m-1"], notKnown: [], at: Date())
        #expect(try await missing.markGone(.datedThing, run: fixture.run) == 1)
        #expect(try await finish(second, fixture, all, sentAt: sentAt) == "4 = 3 unchanged + 1 older")
        #expect(try await fixture.rows("select uuid from t.thing where deleted_at is not null") == ["m-1"])
        #expect(try await load(fixture, all) == "4 = 1 updated + 3 unchanged")
        #expect(try await fixture.rows("select uuid from t.thing where deleted_at is not null") == [])
    }

    @Test("10.A5 An older whole reading does not replace a newer one")
    func olderReading() async throws {
        let fixture = try await LoaderFixture()
        let coverage = CoverageStore(fixture.warehouse, fixture.connection)
        let now = Date(timeIntervalSince1970: 1_780_000_000)
        try await coverage.noteReadWhole(.datedThing, at: now, run: fixture.run)
        try await coverage.noteReadWhole(.datedThing, at: now.addingTimeInterval(-60), run: fixture.run)
        #expect(
            try await fixture.rows(
                "select verified_at = to_timestamp(1780000000) from inflow.coverage where month = '0001-01-01'") == [
                    "t"
                ]
        )
    }
}
