import Inflow
import TestSupport
import Testing

@testable import Warehouse

/// Chunks that say which rows they are about: inserted at once where there are none, compared in one pass where there are.
@Suite("Merge: spans", .warehouse)
struct ExtentTests {
    private static func month(_ number: Int) throws -> Chunk {
        let first = try #require(LocalDate(year: 2026, month: number, day: 1))
        return .span(try #require(Window(from: first, until: first.adding(months: 1))))
    }

    private func load(_ fixture: LoaderFixture, _ month: Int, _ things: Thing...) async throws -> String {
        try await fixture.load(try Thing.shaped(things, .datedThing), as: .datedThing, chunk: Self.month(month)).words
    }

    private let a = Thing("a", day: "2026-01-05", lines: [.init(uuid: "l1"), .init(uuid: "l2")], tags: ["x"])
    private let b = Thing("b", day: "2026-01-31")
    private let c = Thing("c", day: "2026-02-01", lines: [.init(uuid: "l1")])

    @Test("An empty month is filled, a second reading of it writes nothing")
    func twice() async throws {
        let fixture = try await LoaderFixture()
        #expect(try await load(fixture, 1, a, b) == "2 = 2 inserted")
        #expect(try await load(fixture, 2, c) == "1 = 1 inserted")
        let before = try await fixture.places()
        #expect(before.count == 7)
        #expect(try await load(fixture, 1, b, a) == "2 = 2 unchanged")
        #expect(try await load(fixture, 2, c) == "1 = 1 unchanged")
        #expect(try await fixture.places() == before)
        #expect(try await fixture.history() == [])
    }

    @Test("A record that has moved into a month of which nothing is held is moved, with its history")
    func movedIntoEmptyMonth() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(try Thing.shaped([a, b], .datedThing), as: .datedThing, chunk: Self.month(1))
        var moved = a
        moved.day = "2026-03-02"
        #expect(try await load(fixture, 3, moved, Thing("d", day: "2026-03-03")) == "2 = 1 inserted + 1 updated")
        #expect(
            try await fixture.things() == [
                "a | Screw | 1.50 | 2026-03-02 | ∅", "b | Screw | 1.50 | 2026-01-31 | ∅",
                "d | Screw | 1.50 | 2026-03-03 | ∅",
            ])
        #expect(try await fixture.history().count == 1)
        #expect(try await fixture.lines().count == 2)
    }

    @Test("A record that comes twice into an empty month is one record and one duplicate; the last one counts")
    func repeatedInEmptyMonth() async throws {
        let fixture = try await LoaderFixture()
        var again = a
        again.name = "Nail"
        again.lines = [.init(uuid: "l9")]
        #expect(try await load(fixture, 1, a, b, again) == "3 = 2 inserted + 1 duplicates")
        #expect(
            try await fixture.things().first == "a | Nail | 1.50 | 2026-01-31 | ∅".replacing("01-31", with: "01-05"))
        #expect(try await fixture.lines() == ["a | 1 | l9 | x | 1.00"])
    }

    @Test("Among many that are the same, what is new, changed, revived or moved in is found")
    func someOfMany() async throws {
        let fixture = try await LoaderFixture()
        let many = (1...60).map { Thing("m\($0)", day: "2026-01-10", tags: ["t"]) }
        try await fixture.load(try Thing.shaped(many + [a, b], .datedThing), as: .datedThing, chunk: Self.month(1))
        try await fixture.load(try Thing.shaped([c], .datedThing), as: .datedThing, chunk: Self.month(2))
        try await fixture.rows("update t.thing set deleted_at = now() where uuid = 'm7' returning 1")
        var (changed, moved) = (a, c)
        changed.lines[0].text = "other"
        moved.day = "2026-01-20"
        let answer = many + [changed, b, moved, Thing("new", day: "2026-01-11")]
        let tally = try await fixture.load(
            try Thing.shaped(answer, .datedThing), as: .datedThing, chunk: Self.month(1))
        #expect(tally.words == "64 = 1 inserted + 3 updated + 60 unchanged")
        #expect(
            try await fixture.rows("select key, change from inflow.history order by key")
                == ["a | updated", "c | updated", "m7 | revived"])
        #expect(try await fixture.rows("select count(*) from t.thing where deleted_at is not null") == ["0"])
    }

    @Test("11.1 Lines of one identifier in a record of an empty month are both kept")
    func repeatedLine() async throws {
        let fixture = try await LoaderFixture()
        var record = a
        record.lines = [.init(uuid: "l1", text: "first"), .init(uuid: "l1", text: "last")]
        #expect(try await load(fixture, 1, record, b) == "2 = 2 inserted")
        #expect(try await fixture.lines() == ["a | 1 | #1 | first | 1.00", "a | 2 | #2 | last | 1.00"])
    }
}
