import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("11.4 Text that lost characters on the way", .warehouse)
struct LostCharacterTests {
    private let good = Thing(
        "a", name: "Café 100% ö_", more: "<P>é</P>", lines: [.init(uuid: "l", text: "naïve")], tags: ["x"])

    @Test("It does not take the place of the same text; a record that differs in nothing else is unchanged")
    func unchanged() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(good, Thing("b"))
        let before = try await fixture.places()
        let lost = Thing(
            "a", name: "Caf\u{FFFD} 100% \u{FFFD}\u{FFFD}_", more: "<P>\u{FFFD}</P>",
            lines: [.init(uuid: "l", text: "na\u{FFFD}ve")], tags: ["x"])
        #expect(try await fixture.load(lost, Thing("b"), replaced: 5).words == "2 = 2 unchanged")
        #expect(try await fixture.places() == before)
        #expect(try await fixture.load(good, Thing("b")).words == "2 = 2 unchanged")
    }

    @Test("What else differs is written; text that is another one is too")
    func changed() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(good, Thing("b", name: "Cafés"))
        let lost = Thing(
            "a", name: "Caf\u{FFFD} 100% \u{FFFD}_", amount: "9", more: "<P>\u{FFFD}</P>",
            lines: [.init(uuid: "l", text: "na\u{FFFD}ve", amount: "7")], tags: ["x"])
        let tally = try await fixture.load(lost, Thing("b", name: "Caf\u{FFFD} noir"), replaced: 5)
        #expect(tally.words == "2 = 2 updated")
        #expect(
            try await fixture.things() == [
                "a | Café 100% ö_ | 9.00 | 2026-01-31 | {\"P\": \"é\"}", "b | Caf\u{FFFD} noir | 1.50 | 2026-01-31 | ∅",
            ])
        #expect(try await fixture.lines() == ["a | 1 | l | naïve | 7.00"])
        #expect(try await fixture.load(Thing("b", name: "Café noir"), chunk: .parents(["b"])).words == "1 = 1 updated")
    }

    @Test("A record whose key lost characters is rejected, and proves nothing gone: no second row, none missing")
    func key() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("é"), Thing("b"))
        #expect(
            try await fixture.load(Thing("\u{FFFD}"), Thing("b"), replaced: 1).words == "2 = 1 unchanged + 1 rejected")
        #expect(try await fixture.rows("select uuid from t.thing where deleted_at is null order by 1") == ["b", "é"])
        #expect(try await fixture.rows("select key from inflow.missing") == [])
        #expect(
            try await fixture.rows("select key, raw, reason from inflow.rejection") == [" | \u{FFFD} | lost_characters"]
        )
    }

    @Test("A first load keeps what came; the next whole text takes its place")
    func first() async throws {
        let fixture = try await LoaderFixture()
        #expect(try await fixture.load(Thing("a", name: "Caf\u{FFFD}"), replaced: 1).words == "1 = 1 inserted")
        #expect(try await fixture.load(Thing("a", name: "Café")).words == "1 = 1 updated")
    }

    @Test("Wild cards of a pattern in the text stand for themselves")
    func wildCards() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", name: "50% of a_b\\c"), Thing("b", name: "50 and of aXb"))
        let tally = try await fixture.load(
            Thing("a", name: "50% of a_b\\\u{FFFD}"), Thing("b", name: "50% of a_\u{FFFD}"), replaced: 2)
        #expect(tally.words == "2 = 1 updated + 1 unchanged")
    }
}
