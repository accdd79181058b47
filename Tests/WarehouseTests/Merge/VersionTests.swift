import Inflow
import TestSupport
import Testing

@testable import Warehouse

/// Version 2 of the definition brings `colour`, `width` (at `Frame/Width`) and a line's `note`.
@Suite("Merge: a newer version of the definition", .warehouse)
struct VersionTests {
    private func state(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows(
            "select uuid, name, colour, extra, encode(substr(content_hash, 1, 2), 'hex') from t.thing order by uuid")
    }

    @Test("Records that the newer version reads as the older did stay untouched")
    func nothingNew() async throws {
        let fixture = try await LoaderFixture()
        let thing = Thing("a", more: "<Other>1</Other>", lines: [.init(uuid: "l")], tags: ["x"])
        try await fixture.load(thing)
        let before = try await fixture.places()
        for _ in 0..<2 { #expect(try await fixture.load(thing, as: .thing(2)).words == "1 = 1 unchanged") }
        #expect(try await fixture.places() == before)
    }

    @Test("A new column is filled in: counted as updated, no version in history, the time of change kept")
    func filled() async throws {
        let fixture = try await LoaderFixture()
        let thing = Thing("a", lines: [.init(uuid: "l")])
        try await fixture.load(thing, Thing("b"))
        let changedAt = try await fixture.rows("select changed_at from t.thing order by uuid")
        let lines = try await fixture.rows("select ctid, xmin from t.line")
        var coloured = thing
        coloured.more = "<Colour>red</Colour>"
        #expect(try await fixture.load(coloured, Thing("b"), as: .thing(2)).words == "2 = 1 updated + 1 unchanged")
        #expect(try await state(fixture) == ["a | Screw | red | ∅ | 0002", "b | Screw | ∅ | ∅ | 0001"])
        #expect(try await fixture.history() == [])
        #expect(try await fixture.rows("select changed_at from t.thing order by uuid") == changedAt)
        #expect(try await fixture.rows("select ctid, xmin from t.line") == lines)
        #expect(try await fixture.load(coloured, Thing("b"), as: .thing(2)).words == "2 = 2 unchanged")
    }

    @Test("What was kept in extra and has become a column is no change of the record")
    func movedFromExtra() async throws {
        let fixture = try await LoaderFixture()
        let thing = Thing("a", more: "<colour>red</colour><Other>1</Other>")
        try await fixture.load(thing)
        #expect(try await state(fixture) == [#"a | Screw | ∅ | {"Other": "1", "colour": "red"} | 0001"#])
        #expect(try await fixture.load(thing, as: .thing(2)).words == "1 = 1 updated")
        #expect(try await state(fixture) == [#"a | Screw | red | {"Other": "1"} | 0002"#])
        #expect(try await fixture.history() == [])
    }

    @Test("So it is where the new column lies inside an element that was kept whole")
    func movedFromSubtree() async throws {
        let fixture = try await LoaderFixture()
        let thing = Thing("a", more: "<Frame><Width>10</Width><Depth>3</Depth></Frame>")
        try await fixture.load(thing)
        #expect(try await fixture.load(thing, as: .thing(2)).words == "1 = 1 updated")
        #expect(try await fixture.rows("select width, extra from t.thing") == [#"10 | {"Frame/Depth": "3"}"#])
        #expect(try await fixture.history() == [])
        #expect(try await fixture.load(thing, as: .thing(2)).words == "1 = 1 unchanged")
    }

    @Test(
        "A new column with a change of an old one, or of what stays in extra, keeps the version before",
        arguments: [
            Thing("a", name: "Nail", more: "<Colour>red</Colour><Other>1</Other>"),
            Thing("a", more: "<Colour>red</Colour><Other>2</Other>"), Thing("a", more: "<Colour>red</Colour>"),
        ])
    func filledAndChanged(_ changed: Thing) async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", more: "<Colour>red</Colour><Other>1</Other>"))
        #expect(try await fixture.load(changed, as: .thing(2)).words == "1 = 1 updated")
        #expect(try await fixture.history() == ["a | updated | Screw | 1.50"])
        #expect(try await fixture.rows("select colour from t.thing") == ["red"])
        #expect(
            try await fixture.rows("select h.valid_until = t.changed_at from inflow.history h, t.thing t") == ["t"])
    }

    @Test("A line's new column is filled in likewise, in that line only")
    func filledLine() async throws {
        let fixture = try await LoaderFixture()
        let lines: [Thing.Line] = [.init(uuid: "l1", note: "n1"), .init(uuid: "l2")]
        try await fixture.load(Thing("a", lines: lines, tags: ["x"]))
        let before = try await fixture.places()
        #expect(try await fixture.load(Thing("a", lines: lines, tags: ["x"]), as: .thing(2)).words == "1 = 1 updated")
        #expect(
            try await fixture.rows("select uuid, note, extra from t.line order by 1") == ["l1 | n1 | ∅", "l2 | ∅ | ∅"])
        #expect(try await fixture.history() == [])
        let kept = try await fixture.places().filter { before.contains($0) }
        #expect(kept.count == 2, "line l2 and the tag: \(kept)")
        #expect(try await fixture.load(Thing("a", lines: lines, tags: ["x"]), as: .thing(2)).words == "1 = 1 unchanged")
    }

    @Test("A line's new column with another change of its lines keeps the version before")
    func filledAndChangedLine() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", lines: [.init(uuid: "l1"), .init(uuid: "l2")]))
        let changed = Thing("a", lines: [.init(uuid: "l1", note: "n"), .init(uuid: "l2", text: "y")])
        #expect(try await fixture.load(changed, as: .thing(2)).words == "1 = 1 updated")
        #expect(
            try await fixture.rows("select uuid, text, note from t.line order by 1") == ["l1 | x | n", "l2 | y | ∅"])
        #expect(try await fixture.history().count == 1)
    }

    @Test(
        "Lines that came or went with the newer version are a change",
        arguments: [["l1"], ["l1", "l2", "l3"], [], ["l2", "l1"]])
    func linesCameOrWent(_ names: [String]) async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", lines: [.init(uuid: "l1"), .init(uuid: "l2")]))
        let changed = Thing("a", lines: names.map { .init(uuid: $0) })
        #expect(try await fixture.load(changed, as: .thing(2)).words == "1 = 1 updated")
        #expect(try await fixture.rows("select uuid from t.line order by position") == names)
        #expect(try await fixture.history().count == 1)
    }
}
