import Inflow
import TestSupport
import Testing

@testable import Warehouse

/// A merge never touches what the answer could not contain.
@Suite("Merge: answers that carry a part", .warehouse)
struct PartTests {
    private let whole = Thing("a", lines: [.init(uuid: "l1"), .init(uuid: "l2")], tags: ["x", "y"])
    private let nameAndTags = Endpoint.Carries.parts(columns: ["uuid", "name", "weight"], children: ["t.tag"])

    @Test("An answer without lines changes the record and leaves its lines alone")
    func headerUpdate() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(whole)
        let before = try await fixture.places()
        var changed = whole
        changed.name = "Nail"
        #expect(try await fixture.load(Thing("a", name: "Nail"), carries: .header).words == "1 = 1 updated")
        let after = try await fixture.places()
        #expect(after.filter { !before.contains($0) }.count == 1)
        #expect(after.count == before.count)
        #expect(try await fixture.rows("select jsonb_array_length(lines->'line') from inflow.history") == ["2"])
        #expect(try await fixture.load(Thing("a", name: "Nail"), carries: .header).words == "1 = 1 unchanged")
        #expect(try await fixture.load(changed).words == "1 = 1 unchanged", "the lines' hash is still the lines'")
        #expect(try await fixture.places() == after)
    }

    @Test("A record first seen without lines gets them from the first answer that carries them")
    func headerInsert() async throws {
        let fixture = try await LoaderFixture()
        #expect(try await fixture.load(Thing("a"), Thing("b"), carries: .header).words == "2 = 2 inserted")
        #expect(try await fixture.load(whole, Thing("b")).words == "2 = 1 updated + 1 unchanged")
        #expect(try await fixture.lines().count == 2)
        #expect(try await fixture.tags().count == 2)
        let before = try await fixture.places()
        #expect(try await fixture.load(whole, Thing("b")).words == "2 = 2 unchanged")
        #expect(try await fixture.places() == before)
    }

    @Test("An answer of some columns and lines writes those and leaves the others alone")
    func parts() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(whole)
        let lines = try await fixture.rows("select ctid, xmin, line::text from t.line")
        let part = Thing("a", name: "Nail", amount: "7", lines: [.init(uuid: "other")], tags: ["x", "z"])
        #expect(try await fixture.load(part, carries: nameAndTags).words == "1 = 1 updated")
        #expect(try await fixture.things() == ["a | Nail | 1.50 | 2026-01-31 | ∅"])
        #expect(try await fixture.tags() == ["a | 1 | x", "a | 2 | z"])
        #expect(try await fixture.rows("select ctid, xmin, line::text from t.line") == lines)
        #expect(try await fixture.history() == ["a | updated | Screw | 1.50"])
    }

    @Test("A part that says nothing new is unchanged, time and again")
    func samePart() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(whole)
        let before = try await fixture.places()
        for _ in 0..<2 {
            #expect(try await fixture.load(whole, carries: nameAndTags).words == "1 = 1 unchanged")
        }
        #expect(try await fixture.places() == before)
    }

    @Test("A part that only brings other lines is found, and again none is written")
    func partOfLines() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(whole)
        for tags in [["x", "z"], ["x", "q"]] {
            let part = Thing("a", tags: tags)
            #expect(try await fixture.load(part, carries: nameAndTags).words == "1 = 1 updated")
            #expect(try await fixture.load(part, carries: nameAndTags).words == "1 = 1 unchanged")
            #expect(try await fixture.tags().last == "a | 2 | \(tags[1])")
        }
    }

    @Test("The whole answer after a part is unchanged where it says the same, with no version more")
    func wholeAfterPart() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(whole)
        var changed = whole
        (changed.name, changed.tags) = ("Nail", ["x", "z"])
        try await fixture.load(changed, carries: nameAndTags)
        let before = try await fixture.places()
        #expect(try await fixture.load(changed).words == "1 = 1 unchanged")
        #expect(try await fixture.places() == before)
        #expect(try await fixture.history().count == 1)
        changed.lines[0].text = "other"
        #expect(try await fixture.load(changed).words == "1 = 1 updated")
        #expect(try await fixture.lines()[0] == "a | 1 | l1 | other | 1.00")
    }

    @Test("A record first seen in part is completed by the whole answer")
    func partInsert() async throws {
        let fixture = try await LoaderFixture()
        #expect(try await fixture.load(whole, carries: nameAndTags).words == "1 = 1 inserted")
        #expect(try await fixture.things() == ["a | Screw | ∅ | ∅ | ∅"])
        #expect(try await fixture.load(whole).words == "1 = 1 updated")
        #expect(try await fixture.things() == ["a | Screw | 1.50 | 2026-01-31 | ∅"])
        #expect(try await fixture.lines().count == 2)
    }

    @Test("One session takes answers that carry different parts by turns")
    func turns() async throws {
        let fixture = try await LoaderFixture()
        let loader = fixture.loader()
        for (carries, expected) in [
            (Endpoint.Carries.header, "1 = 1 inserted"), (.everything, "1 = 1 updated"),
            (nameAndTags, "1 = 1 unchanged"),
            (.header, "1 = 1 unchanged"), (.everything, "1 = 1 unchanged"),
        ] {
            try await loader.begin(.thing(), carries: carries, chunk: .whole)
            #expect(try await fixture.finish(loader, try Thing.shaped([whole], .thing(), carries)).words == expected)
        }
        await loader.close()
    }
}
