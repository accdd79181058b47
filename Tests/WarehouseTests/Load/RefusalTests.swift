import Inflow
import TestSupport
import Testing

@testable import Warehouse

/// The table takes amounts up to 999.99; the definition takes any.
@Suite("Merge: rows that PostgreSQL refuses", .warehouse)
struct RefusalTests {
    private func rejections(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows(
            "select entity, chunk, key, table_name, column_name, raw, reason from inflow.rejection order by key")
    }

    @Test("A refused record costs itself: one rejection naming column and text, its lines gone, the rest loaded")
    func ownRow() async throws {
        let fixture = try await LoaderFixture()
        let tally = try await fixture.load(
            Thing("a", lines: [.init(uuid: "l")]),
            Thing("b", amount: "12345.67", lines: [.init(uuid: "l"), .init(uuid: "m")], tags: ["x"]),
            Thing("c", tags: ["y"]))
        #expect(tally.words == "3 = 2 inserted + 1 rejected")
        #expect(
            try await rejections(fixture) == ["thing | whole | b | t.thing | amount | 12345.67 | refused_by_database"])
        #expect(try await fixture.rows("select label from inflow.rejection") == ["Screw"])
        #expect(try await fixture.rows("select uuid from t.thing order by 1") == ["a", "c"])
        #expect(try await fixture.lines() == ["a | 1 | l | x | 1.00"])
        #expect(try await fixture.tags() == ["c | 1 | y"])
    }

    @Test("A refused line costs its record, once, naming the record's key")
    func line() async throws {
        let fixture = try await LoaderFixture()
        let tally = try await fixture.load(
            Thing(
                "a", lines: [.init(uuid: "l1", amount: "1000"), .init(uuid: "l2", amount: "-2000"), .init(uuid: "l3")]),
            Thing("b", lines: [.init(uuid: "l1")]))
        #expect(tally.words == "2 = 1 inserted + 1 rejected")
        #expect(try await rejections(fixture) == ["thing | whole | a | t.line | amount | 1000 | refused_by_database"])
        #expect(try await fixture.lines() == ["b | 1 | l1 | x | 1.00"])
        #expect(try await fixture.rows("select uuid from t.thing") == ["b"])
    }

    @Test("A record that is known and now refused stays as it was")
    func known() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", lines: [.init(uuid: "l")]))
        let before = try await fixture.places()
        #expect(try await fixture.load(Thing("a", amount: "1000"), Thing("b")).words == "2 = 1 inserted + 1 rejected")
        let after = try await fixture.places()
        #expect(before.allSatisfy { after.contains($0) })
    }

    @Test("Many refused among many: each is found, all others load")
    func many() async throws {
        let fixture = try await LoaderFixture()
        let things = (0..<200).map {
            Thing("u\($0)", amount: $0 % 20 == 7 ? "\($0)000" : "1", lines: [.init(uuid: "l")])
        }
        let tally = try await fixture.load(try Thing.shaped(things), as: .thing())
        #expect(tally.words == "200 = 190 inserted + 10 rejected")
        #expect(try await rejections(fixture).count == 10)
        #expect(try await fixture.lines().count == 190)
    }

    @Test("A chunk of which every record is refused closes too")
    func all() async throws {
        let fixture = try await LoaderFixture()
        #expect(
            try await fixture.load(Thing("a", amount: "1000"), Thing("b", amount: "1000")).words == "2 = 2 rejected")
        #expect(try await fixture.things() == [])
        #expect(try await rejections(fixture).count == 2)
    }

    @Test("Rejections of the reading are stored beside those of the database")
    func both() async throws {
        let fixture = try await LoaderFixture()
        let tally = try await fixture.load(
            Thing("a", weight: "much"), Thing("b", amount: "1000"), Thing("c", lines: [.init(uuid: "l", amount: "?")]),
            chunk: .span(try RefusalTests.january()))
        #expect(tally.words == "3 = 1 inserted + 2 rejected", "c is loaded without the amount of its line")
        #expect(
            try await rejections(fixture) == [
                "thing | 2026-01-01 to 2026-01-31 | a | t.thing | weight | much | not_a_number",
                "thing | 2026-01-01 to 2026-01-31 | b | t.thing | amount | 1000 | refused_by_database",
                "thing | 2026-01-01 to 2026-01-31 | c | t.line | amount | ? | not_a_number",
            ])
    }

    @Test("Rejections of one chunk are not stored again with the next on the same session")
    func nextChunk() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", weight: "much"), Thing("b", amount: "1000"))
        #expect(try await fixture.load(Thing("c", weight: "?"), Thing("d")).words == "2 = 1 inserted + 1 rejected")
        #expect(try await fixture.rows("select key from inflow.rejection order by 1") == ["a", "b", "c"])
    }

    static func january() throws -> Window {
        let first = LocalDate(daysSinceEpoch: LocalDate.days(year: 2026, month: 1, day: 1))
        return try #require(Window(first: first, last: first.adding(days: 30)))
    }
}
