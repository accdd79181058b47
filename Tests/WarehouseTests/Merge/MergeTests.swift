import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Merge: what is written", .warehouse)
struct MergeTests {
    private let a = Thing(
        "a", lines: [.init(uuid: "l1", text: "one"), .init(uuid: "l2", text: "two"), .init(uuid: "l3", text: "three")],
        tags: ["x", "y"])
    private let b = Thing("b", name: nil, amount: "", lines: [.init(text: "plain")])

    @Test("A first load inserts records and lines, with the run that brought them")
    func firstLoad() async throws {
        let fixture = try await LoaderFixture()
        #expect(try await fixture.load(a, b).words == "2 = 2 inserted")
        #expect(try await fixture.things() == ["a | Screw | 1.50 | 2026-01-31 | ∅", "b | ∅ | ∅ | 2026-01-31 | ∅"])
        #expect(
            try await fixture.lines() == [
                "a | 1 | l1 | one | 1.00", "a | 2 | l2 | two | 1.00", "a | 3 | l3 | three | 1.00",
                "b | 1 | #1 | plain | 1.00",
            ])
        #expect(try await fixture.tags() == ["a | 1 | x", "a | 2 | y"])
        #expect(try await fixture.history() == [])
        let system = try await fixture.rows(
            """
            select distinct connection_id = $1, first_run_id = $2, changed_run_id = $2, deleted_at is null,
                asked_at < changed_at, length(content_hash), length(children_hash)
            from t.thing
            """, .int64(fixture.connection.id), .int64(fixture.run))
        #expect(system == ["t | t | t | t | t | 18 | 18"])
    }

    @Test("11.1 As many lines as the answer has, but of other records: the chunk is rolled back")
    func linesOfOtherRecords() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"), Thing("b"))
        let before = try await fixture.places()
        try await fixture.rows(
            """
            create function t.stray() returns trigger language plpgsql as
            'begin new.thing_uuid := ''b''; return new; end'
            """)
        try await fixture.rows(
            "create trigger stray before insert on t.line for each row when (new.text = 'two') execute function t.stray()"
        )
        let failure = await failure { try await fixture.load(a, b) }
        #expect(failure?.code == .arithmetic && failure?.message.contains("lines of thing do not add up") == true)
        #expect(try await fixture.places() == before)
    }

    @Test("A record deleted by hand is read again with the lines of the answer; those left behind go")
    func linesLeftBehind() async throws {
        let fixture = try await LoaderFixture()
        let kept = Thing("k")
        try await fixture.load(a, kept)
        let before = try await fixture.lines()
        try await fixture.rows("delete from t.thing where uuid = 'a'")
        try await fixture.rows(
            """
            insert into t.line (connection_id, thing_uuid, uuid, position, text)
            select connection_id, thing_uuid, 'left', 9, 'left behind' from t.line where uuid = 'l1'
            """)
        #expect(try await fixture.load(a, kept).words == "2 = 1 inserted + 1 unchanged")
        #expect(try await fixture.lines() == before)
        // The next chunk finds no line of this one in its way.
        #expect(try await fixture.load(a, b, kept).words == "3 = 1 inserted + 2 unchanged")
        #expect(try await fixture.lines().count == before.count + 1)
    }

    @Test("The same records again leave every row physically untouched")
    func secondLoad() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(a, b)
        let before = try await fixture.places()
        #expect(try await fixture.load(b, a).words == "2 = 2 unchanged")
        #expect(try await fixture.places() == before)
        #expect(before.count == 8)
        #expect(try await fixture.history() == [])
    }

    @Test("Numbers of another scale and unknown elements in another order are the same record")
    func sameInOtherWords() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", amount: "1.50", more: "<P>1</P><Q><R>2</R><S>3</S></Q>"))
        let before = try await fixture.places()
        let again = Thing("a", amount: "01.5000", day: "20260131", more: "<Q><S>3</S><R>2</R></Q><P>1</P>")
        #expect(try await fixture.load(again).words == "1 = 1 unchanged")
        #expect(try await fixture.places() == before)
    }

    @Test(
        "A changed value of the record is written; its lines and other records stay untouched",
        arguments: [
            Thing("b", name: "Nail", amount: "", lines: [.init(text: "plain")]),
            Thing("b", name: nil, amount: "0", lines: [.init(text: "plain")]),
            Thing("b", name: nil, amount: "", day: "", lines: [.init(text: "plain")]),
            Thing("b", name: nil, amount: "", more: "<New>1</New>", lines: [.init(text: "plain")]),
        ])
    func changedOwn(_ changed: Thing) async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(a, b)
        let before = try await fixture.places()
        #expect(try await fixture.load(a, changed).words == "2 = 1 updated + 1 unchanged")
        let after = try await fixture.places()
        let moved = before.filter { !after.contains($0) }
        #expect(moved.count == 1)
        #expect(moved.first?.hasPrefix("thing") == true)
        #expect(before.count == after.count)
        #expect(try await fixture.history().count == 1)
    }

    @Test("A changed line is written, its neighbours are not; its record counts as updated")
    func changedLine() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(a, b)
        let before = try await fixture.places()
        var changed = a
        changed.lines[1].text = "zwei"
        #expect(try await fixture.load(changed, b).words == "2 = 1 updated + 1 unchanged")
        let after = try await fixture.places()
        let written = after.filter { !before.contains($0) }.map { $0.prefix { $0 != " " } }
        #expect(written == ["line", "thing"])
        #expect(after.count == before.count)
        #expect(try await fixture.lines()[1] == "a | 2 | l2 | zwei | 1.00")
    }

    @Test("A line the answer no longer has goes; those after it move up")
    func removedLine() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(a, b)
        var changed = a
        changed.lines.remove(at: 1)
        changed.tags.remove(at: 0)
        #expect(try await fixture.load(changed).words == "1 = 1 updated")
        #expect(
            try await fixture.lines() == [
                "a | 1 | l1 | one | 1.00", "a | 2 | l3 | three | 1.00", "b | 1 | #1 | plain | 1.00",
            ])
        #expect(try await fixture.tags() == ["a | 1 | y"])
    }

    @Test("A line added in the middle is inserted; the one before it stays untouched")
    func addedLine() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(a)
        let before = try await fixture.places()
        var changed = a
        changed.lines.insert(.init(uuid: "l9", text: "new"), at: 1)
        #expect(try await fixture.load(changed).words == "1 = 1 updated")
        #expect(
            try await fixture.lines() == [
                "a | 1 | l1 | one | 1.00", "a | 2 | l9 | new | 1.00", "a | 3 | l2 | two | 1.00",
                "a | 4 | l3 | three | 1.00",
            ])
        let kept = try await fixture.places().filter { before.contains($0) }
        #expect(kept.count == 3, "line l1 and both tags: \(kept)")
    }

    @Test("Lines in another order are a change of the record, of the moved lines only")
    func reorderedLines() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(a)
        let before = try await fixture.places()
        var changed = a
        changed.lines.swapAt(1, 2)
        #expect(try await fixture.load(changed).words == "1 = 1 updated")
        #expect(try await fixture.rows("select uuid from t.line order by position") == ["l1", "l3", "l2"])
        let kept = try await fixture.places().filter { before.contains($0) }
        #expect(kept.count == 3, "line l1 and both tags: \(kept)")
    }

    @Test("All lines going leaves none, and is one change")
    func noLinesLeft() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(a, b)
        #expect(try await fixture.load(Thing("a"), b).words == "2 = 1 updated + 1 unchanged")
        #expect(try await fixture.lines() == ["b | 1 | #1 | plain | 1.00"])
        #expect(try await fixture.tags() == [])
        #expect(try await fixture.history().count == 1)
    }

    @Test("The same key through another connection is another record")
    func otherConnection() async throws {
        let acme = try await LoaderFixture()
        let other = try await LoaderFixture("Other")
        try await acme.load(a)
        #expect(
            try await other.load(Thing("a", name: "Theirs", lines: [.init(uuid: "l1", text: "other")])).words
                == "1 = 1 inserted")
        #expect(try await acme.load(a).words == "1 = 1 unchanged")
        #expect(try await other.load(Thing("a", name: "Theirs")).words == "1 = 1 updated")
        #expect(try await acme.lines().count == 3)
    }

    @Test("One session loads chunk after chunk, of entities by turns, without traces of the one before")
    func chunkAfterChunk() async throws {
        let fixture = try await LoaderFixture()
        let loader = fixture.loader()
        let entity = EntityDefinition.thing()
        for (things, carries, expected) in [
            ([a, b], Endpoint.Carries.everything, "2 = 2 inserted"), ([a], .everything, "1 = 1 unchanged"),
            ([Thing("c")], .header, "1 = 1 inserted"), ([b, Thing("d")], .everything, "2 = 1 inserted + 1 unchanged"),
            ([], .everything, "0 = 0"),
        ] {
            try await loader.begin(entity, carries: carries, chunk: .whole)
            #expect(try await fixture.finish(loader, try Thing.shaped(things, entity, carries)).words == expected)
        }
        await loader.close()
    }

    @Test("A chunk that was begun and given up leaves nothing for the next")
    func givenUp() async throws {
        let fixture = try await LoaderFixture()
        let loader = fixture.loader()
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        try await loader.add(try Thing.shaped([a]))
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        #expect(try await fixture.finish(loader, try Thing.shaped([b])).words == "1 = 1 inserted")
        await loader.close()
        #expect(try await fixture.things().count == 1)
    }

    @Test("Texts that COPY must escape arrive as they were sent")
    func escapes() async throws {
        let fixture = try await LoaderFixture()
        let text = "tab\\t, real\ttab, back\\slash, \\N, line\nbreak, \\., quote'\", é😀"
        try await fixture.load(Thing("a", name: text, lines: [.init(uuid: "l", text: text)]))
        #expect(try await fixture.rows("select name from t.thing") == [text])
        #expect(try await fixture.rows("select text from t.line") == [text])
    }

    @Test("Thousands of records in blocks: all arrive, and again none is written")
    func manyRecords() async throws {
        let fixture = try await LoaderFixture()
        let things = (0..<3000).map { index in
            Thing(
                "u\(index)", name: String(repeating: "n", count: 300),
                lines: (0..<index % 3).map { .init(uuid: "l\($0)", text: String(repeating: "t", count: 200)) })
        }
        let shaped = try Thing.shaped(Array(things.prefix(500)))
        #expect(try await fixture.load(shaped, as: .thing()).words == "500 = 500 inserted")
        let loader = fixture.loader()
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        for part in 0..<6 {
            var shaped = try Thing.shaped(Array(things[part * 500..<(part + 1) * 500]))
            for table in shaped.blocks.indices {
                shaped.blocks[table].ordinals = shaped.blocks[table].ordinals.map { $0 + Int32(part * 500) }
            }
            try await loader.add(shaped)
        }
        var reading = ChunkReceipt()
        reading.pulled = 3000
        #expect(try await loader.merge(reading).tally.words == "3000 = 2500 inserted + 500 unchanged")
        await loader.close()
        #expect(try await fixture.rows("select count(*), count(distinct thing_uuid) from t.line") == ["3000 | 2000"])
    }
}
