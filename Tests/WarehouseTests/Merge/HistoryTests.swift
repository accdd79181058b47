import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Merge: superseded versions", .warehouse)
struct HistoryTests {
    @Test("A superseded version is kept whole: the record as it stood, with all its lines in their order")
    func content() async throws {
        let fixture = try await LoaderFixture()
        let first = Thing(
            "a", more: "<Odd>1</Odd>", lines: [.init(uuid: "l2", text: "one"), .init(uuid: "l1", text: "two")],
            tags: ["x"])
        try await fixture.load(first)
        var second = first
        second.name = "Nail"
        second.lines = [.init(uuid: "l1", text: "two")]
        try await fixture.load(second)
        #expect(try await fixture.history() == ["a | updated | Screw | 1.50"])
        #expect(
            try await fixture.rows(
                """
                select entity, run_id = $1, record->>'on_day', record->'extra'->>'Odd', lines->'line'->0->>'text',
                    lines->'line'->1->>'uuid', jsonb_array_length(lines->'line'), lines->'tag'->0->>'name'
                from inflow.history
                """, .int64(fixture.run)) == ["thing | t | 2026-01-31 | 1 | one | l1 | 2 | x"])
        #expect(
            try await fixture.rows(
                """
                select record ? 'content_hash', record ? 'children_hash', record ? 'connection_id',
                    lines->'line'->0 ? 'connection_id'
                from inflow.history
                """) == ["f | f | f | f"])
    }

    @Test("Versions follow each other without gap or overlap, one for each change")
    func continuity() async throws {
        let fixture = try await LoaderFixture()
        for name in ["one", "two", "two", "three"] {
            try await fixture.load(Thing("a", name: name, lines: [.init(uuid: "l")]))
        }
        try await fixture.load(Thing("a", name: "three", lines: [.init(uuid: "l", text: "changed")]))
        #expect(
            try await fixture.rows(
                """
                with versions as (
                    select record->>'name' as name, valid_from, valid_until from inflow.history
                    union all select name, changed_at, 'infinity' from t.thing
                )
                select name, lead(valid_from, 1, 'infinity') over (order by valid_from) = valid_until,
                    valid_from < valid_until
                from versions order by valid_from
                """) == ["one | t | t", "two | t | t", "three | t | t", "three | t | t"])
    }

    @Test("A record with changed values and changed lines has one version more, not two")
    func bothChanged() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", lines: [.init(uuid: "l")], tags: ["x"]))
        try await fixture.load(Thing("a", name: "Nail", lines: [.init(uuid: "l", text: "y")], tags: ["z"]))
        #expect(try await fixture.history() == ["a | updated | Screw | 1.50"])
    }

    @Test("A marked record that is listed again is revived, with its time as deleted in history")
    func revived() async throws {
        let fixture = try await LoaderFixture()
        let thing = Thing("a", lines: [.init(uuid: "l")])
        try await fixture.load(thing, Thing("b"))
        try await fixture.rows("update t.thing set deleted_at = now() where uuid = 'a'")
        let lines = try await fixture.rows("select ctid, xmin from t.line")
        #expect(try await fixture.load(thing, Thing("b")).words == "2 = 1 updated + 1 unchanged")
        #expect(try await fixture.history() == ["a | revived | Screw | 1.50"])
        #expect(try await fixture.rows("select record->>'deleted_at' is not null from inflow.history") == ["t"])
        #expect(try await fixture.rows("select count(*) from t.thing where deleted_at is null") == ["2"])
        #expect(try await fixture.rows("select ctid, xmin from t.line") == lines)
    }

    @Test("An answer asked for earlier than the one a row was changed by leaves the row alone")
    func askedEarlier() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", name: "old", lines: [.init(uuid: "l", text: "old")]))
        let slow = fixture.loader()
        try await slow.begin(.thing(), carries: .everything, chunk: .whole)
        try await fixture.load(Thing("a", name: "newest", lines: [.init(uuid: "l", text: "newest")]))
        let before = try await fixture.places()
        let stale = try Thing.shaped([Thing("a", name: "stale", lines: [.init(uuid: "l", text: "stale")]), Thing("b")])
        #expect(try await fixture.finish(slow, stale).words == "2 = 1 inserted + 1 older")
        await slow.close()
        let after = try await fixture.places()
        #expect(after.count == before.count + 1)
        #expect(before.allSatisfy { after.contains($0) })
    }
}

@Suite("Merge: duplicate keys in one answer", .warehouse)
struct DuplicateTests {
    @Test("The last record of a key wins with its own lines; the others are counted")
    func lastWins() async throws {
        let fixture = try await LoaderFixture()
        let tally = try await fixture.load(
            Thing("a", name: "first", lines: [.init(uuid: "l1"), .init(uuid: "l2")], tags: ["x"]),
            Thing("b"),
            Thing("a", name: "second", lines: [.init(uuid: "l3")], tags: ["y", "z"]),
            Thing("a", name: "third", lines: [.init(uuid: "l2", text: "last")]))
        #expect(tally.words == "4 = 2 inserted + 2 duplicates")
        #expect(try await fixture.rows("select uuid, name from t.thing order by 1") == ["a | third", "b | Screw"])
        #expect(try await fixture.lines() == ["a | 1 | l2 | last | 1.00"])
        #expect(try await fixture.tags() == [])
    }

    @Test("Duplicates of a known record are counted beside what became of the last")
    func known() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"), Thing("b"))
        let tally = try await fixture.load(
            Thing("a", name: "other"), Thing("a"), Thing("b"), Thing("b", name: "Nail"), Thing("c"))
        #expect(tally.words == "5 = 1 inserted + 1 updated + 1 unchanged + 2 duplicates")
        #expect(
            try await fixture.rows("select uuid, name from t.thing order by 1") == [
                "a | Screw", "b | Nail", "c | Screw",
            ])
    }

    @Test("Duplicates in different batches of one answer are found too")
    func acrossBatches() async throws {
        let fixture = try await LoaderFixture()
        let loader = fixture.loader()
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        try await loader.add(try Thing.shaped([Thing("a", name: "first", lines: [.init(uuid: "l1")])]))
        var second = try Thing.shaped([Thing("a", name: "second", lines: [.init(uuid: "l2")])])
        for table in second.blocks.indices {
            second.blocks[table].ordinals = second.blocks[table].ordinals.map { $0 + 1 }
        }
        #expect(try await fixture.finish(loader, second, pulled: 2).words == "2 = 1 inserted + 1 duplicates")
        await loader.close()
        #expect(try await fixture.lines() == ["a | 1 | l2 | x | 1.00"])
    }

    @Test("11.1 Lines of one identifier in one record are known by their places, and none is lost")
    func lines() async throws {
        let fixture = try await LoaderFixture()
        let thing = Thing(
            "a", lines: [.init(uuid: "l", text: "first"), .init(uuid: "m"), .init(uuid: "l", text: "last")])
        #expect(try await fixture.load(thing).words == "1 = 1 inserted")
        #expect(
            try await fixture.lines() == [
                "a | 1 | #1 | first | 1.00", "a | 2 | m | x | 1.00", "a | 3 | #3 | last | 1.00",
            ])
        let before = try await fixture.places()
        #expect(try await fixture.load(thing).words == "1 = 1 unchanged")
        #expect(try await fixture.places() == before)
    }

    @Test("Where the last of a key is rejected, the one before it counts")
    func lastRejected() async throws {
        let fixture = try await LoaderFixture()
        let tally = try await fixture.load(
            Thing("a", name: "good", lines: [.init(uuid: "l")]), Thing("a", name: "bad", weight: "much"))
        #expect(tally.words == "2 = 1 inserted + 1 rejected")
        #expect(try await fixture.rows("select name from t.thing") == ["good"])
        #expect(try await fixture.lines().count == 1)
    }
}
