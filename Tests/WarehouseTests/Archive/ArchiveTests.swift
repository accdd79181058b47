import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

extension LoaderFixture {
    /// Parts of an answer with these bytes as its body; unlike any other's where no digest is given.
    static func answer(
        _ bytes: [UInt8] = [1, 2, 3], endpoint: String = "thing.api/list", key: String? = nil, digest: [UInt8]? = nil
    ) -> [ArchivePart] {
        let request = ArchivedRequest(endpoint: endpoint, key: key, asked: endpoint + "?x=1")
        let own = digest ?? Array(UUID().uuidString.utf8)
        return [.began(request), .bytes(bytes), .ended(bodyBytes: bytes.count * 7, digest: own)]
    }

    /// Loads a chunk without records whose answers are these.
    func archive(_ chunk: Chunk, _ parts: [ArchivePart] = answer(), _ entity: EntityDefinition = .datedThing)
        async throws
    {
        let loader = loader()
        try await loader.begin(entity, carries: .everything, chunk: chunk)
        try await loader.archive(parts)
        _ = try await loader.merge(ChunkReceipt())
        await loader.close()
    }

    /// Loads records whose answer is archived.
    func load(archiving things: Thing..., chunk: Chunk = .whole) async throws {
        let loader = loader()
        try await loader.begin(.thing(), carries: .everything, chunk: chunk)
        try await loader.archive(LoaderFixture.answer())
        _ = try await finish(loader, try Thing.shaped(things))
        await loader.close()
    }

    /// Loads records as what the archive's only current chunk says.
    func replay(_ things: Thing..., as entity: EntityDefinition = .thing()) async throws -> Tally {
        let archive = ArchiveStore(warehouse, connection)
        let chunks = ArchivedChunk.chunks(of: try await archive.current("thing"))
        await archive.close()
        let chunk = try #require(chunks.count == 1 ? chunks[0] : nil)
        let loader = loader()
        try await loader.begin(entity, carries: .everything, chunk: chunk.chunk, replay: Replay(of: chunk))
        let tally = try await finish(loader, try Thing.shaped(things, entity))
        await loader.close()
        return tally
    }

    /// Chunks of the answers that nothing has superseded, with their keys.
    func current() async throws -> [String] {
        try await rows(
            """
            select concat_ws(' ', chunk, key, case when endpoint <> 'thing.api/list' then endpoint end)
            from inflow.archive where superseded_at is null order by id
            """)
    }
}

@Suite("Archive: kept with the chunk", .warehouse)
struct ArchiveKeepingTests {
    @Test("Answers are kept in pieces as they stream, and read back in order")
    func pieces() async throws {
        let fixture = try await LoaderFixture()
        let loader = fixture.loader()
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        let long = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try await loader.archive(LoaderFixture.answer([9, 8]))
        try await loader.archive([.began(ArchivedRequest(endpoint: "thing.api/list", key: "k", asked: "a/b?c=d"))])
        for start in stride(from: 0, to: long.count, by: 40_000) {
            try await loader.archive([.bytes(Array(long[start..<start + 40_000]))])
        }
        try await loader.archive([.ended(bodyBytes: 1_000_000, digest: [])] + LoaderFixture.answer([]))
        _ = try await loader.merge(ChunkReceipt())
        await loader.close()
        #expect(
            try await fixture.rows(
                """
                select number, key, asked, body_bytes, stored_bytes, pieces, kind, superseded_at, entity, run_id = $1,
                    (select count(*) from inflow.archive_piece p where p.archive_id = a.id)
                from inflow.archive a order by id
                """, .int64(fixture.run)) == [
                    "0 | ∅ | thing.api/list?x=1 | 14 | 2 | 1 | whole | ∅ | thing | t | 1",
                    "1 | k | a/b?c=d | 1000000 | 200000 | 3 | whole | ∅ | thing | t | 3",
                    "2 | ∅ | thing.api/list?x=1 | 0 | 0 | 0 | whole | ∅ | thing | t | 0",
                ])
        let archive = ArchiveStore(fixture.warehouse, fixture.connection)
        let answers = try await archive.current("thing")
        try #require(answers.count == 3)
        var back: [UInt8] = []
        for number in 0..<answers[1].pieces { back += try await archive.piece(number, of: answers[1]) }
        #expect(back == long)
        #expect(try await archive.newest("thing").map(\.id) == answers.map(\.id).reversed())
        await #expect(throws: SourceError.self) { try await archive.piece(3, of: answers[1]) }
        await archive.close()
    }

    @Test(
        "The same answer to the same request is kept once and counts as the last run's; another one is kept beside it")
    func same() async throws {
        let before = try await LoaderFixture()
        try await before.archive(.whole, LoaderFixture.answer([1], digest: [1]), .thing())
        let fixture = try await before.nextRun()
        func archive(_ bytes: [UInt8], _ chunk: Chunk = .whole, key: String? = nil) async throws {
            try await fixture.archive(chunk, LoaderFixture.answer(bytes, key: key, digest: bytes), .thing())
        }
        func kept() async throws -> [String] {
            try await fixture.rows(
                """
                select a.run_id = $1 as is_last, a.superseded_at is null as current, a.key, p.bytes,
                    a.asked_at = (select max(asked_at) from inflow.archive)
                from inflow.archive a join inflow.archive_piece p on p.archive_id = a.id order by a.id
                """, .int64(fixture.run))
        }
        try await archive([1])
        #expect(try await kept() == ["t | t | ∅ | \\x01 | t"])
        try await archive([2])
        try await archive([1])
        #expect(
            try await kept() == [
                "t | f | ∅ | \\x01 | f", "t | f | ∅ | \\x02 | f", "t | t | ∅ | \\x01 | t",
            ])
        try await archive([1], .parents(["a"]), key: "a")
        try await archive([1], .parents(["b"]), key: "b")
        try await archive([1], .parents(["a"]), key: "a")
        #expect(
            try await kept().suffix(2) == ["t | t | a | \\x01 | t", "t | t | b | \\x01 | f"])
    }

    @Test("A chunk that fails leaves nothing in the archive, nor in the next chunk's", arguments: [10, 200_000])
    func failed(_ length: Int) async throws {
        let fixture = try await LoaderFixture()
        let loader = fixture.loader()
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        try await loader.archive(LoaderFixture.answer([UInt8](repeating: 1, count: length)))
        var reading = ChunkReceipt()
        reading.pulled = 5
        let error = await failure { try await loader.merge(reading) }
        #expect(error?.code == .arithmetic)
        #expect(
            try await fixture.rows("select 1 from inflow.archive union all select 1 from inflow.archive_piece") == [])
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        try await loader.archive(LoaderFixture.answer([7]))
        _ = try await loader.merge(ChunkReceipt())
        await loader.close()
        #expect(try await fixture.rows("select bytes from inflow.archive_piece") == ["\\x07"])
    }

    @Test("An answer that did not end is not kept; the others are", arguments: [10, 200_000])
    func unended(_ length: Int) async throws {
        let fixture = try await LoaderFixture()
        let cut = LoaderFixture.answer([UInt8](repeating: 1, count: length), key: "gone").dropLast()
        try await fixture.archive(
            .parents(["a", "gone", "b"]),
            LoaderFixture.answer([5], key: "a") + cut + LoaderFixture.answer([6], key: "b"))
        #expect(
            try await fixture.rows(
                "select key, bytes from inflow.archive join inflow.archive_piece on archive_id = id order by id")
                == ["a | \\x05", "b | \\x06"])
    }
}

@Suite("Archive: superseded answers", .warehouse)
struct ArchiveSupersedingTests {
    private func span(_ first: String, _ last: String) throws -> Chunk {
        let window = Window(first: try #require(LocalDate(first)), last: try #require(LocalDate(last)))
        return .span(try #require(window))
    }

    @Test("A span is superseded when all its days have been read later, in one span or in several")
    func spans() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.archive(try span("2026-01-15", "2026-02-14"))
        try await fixture.archive(try span("2026-01-01", "2026-01-31"))
        #expect(try await fixture.current().count == 2)
        try await fixture.archive(try span("2026-03-01", "2026-03-31"))
        try await fixture.archive(try span("2026-02-01", "2026-02-13"))
        #expect(try await fixture.current().count == 4, "14 February has not been read again")
        try await fixture.archive(try span("2026-02-01", "2026-02-28"))
        #expect(
            try await fixture.current() == [
                "2026-01-01 to 2026-01-31", "2026-03-01 to 2026-03-31", "2026-02-01 to 2026-02-28",
            ])
        try await fixture.archive(try span("2026-01-01", "2026-03-31"))
        #expect(try await fixture.current() == ["2026-01-01 to 2026-03-31"])
    }

    @Test("An answer that was asked for earlier and comes later supersedes nothing, and is superseded at once")
    func overtaken() async throws {
        let fixture = try await LoaderFixture()
        let slow = fixture.loader()
        let chunk = try span("2026-01-10", "2026-01-20")
        try await slow.begin(.datedThing, carries: .everything, chunk: chunk)
        try await fixture.archive(try span("2026-01-01", "2026-01-31"))
        try await slow.archive(LoaderFixture.answer())
        _ = try await slow.merge(ChunkReceipt())
        await slow.close()
        #expect(try await fixture.current() == ["2026-01-01 to 2026-01-31"])
    }

    @Test(
        "Another whole list supersedes the one before, all its pages, and what had changed in between; no other entity's"
    )
    func whole() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.archive(.whole, LoaderFixture.answer() + LoaderFixture.answer())
        try await fixture.archive(.since(Date(timeIntervalSince1970: 0)))
        try await fixture.archive(.parents(["a"]), LoaderFixture.answer(key: "a"))
        let other = try await LoaderFixture("Other")
        try await other.archive(.whole)
        try await fixture.archive(.whole)
        #expect(try await fixture.current() == ["1 by key from a a", "whole", "whole"])
        #expect(
            try await fixture.rows(
                "select connection_id = $1 from inflow.archive where superseded_at is not null",
                .int64(fixture.connection.id)) == ["t", "t", "t"])
    }

    @Test("A sweep supersedes the same sweep, a key the same key, a longer look back a shorter one")
    func others() async throws {
        let fixture = try await LoaderFixture()
        let sweep = { Chunk.sweep(Endpoint($0, items: "Response/Things/Thing")) }
        try await fixture.archive(sweep("a.api"), LoaderFixture.answer(endpoint: "a.api"))
        try await fixture.archive(sweep("b.api"), LoaderFixture.answer(endpoint: "b.api"))
        try await fixture.archive(sweep("a.api"), LoaderFixture.answer(endpoint: "a.api"))
        #expect(try await fixture.current() == ["sweep of b.api b.api", "sweep of a.api a.api"])
        try await fixture.rows("delete from inflow.archive")
        try await fixture.archive(
            .parents(["x", "y"]), LoaderFixture.answer(key: "x") + LoaderFixture.answer(key: "y"))
        try await fixture.archive(
            .parents(["y", "z"]), LoaderFixture.answer(key: "y") + LoaderFixture.answer(key: "z"))
        #expect(try await fixture.current() == ["2 by key from x x", "2 by key from y y", "2 by key from y z"])
        try await fixture.rows("delete from inflow.archive")
        for seconds in [1_000.0, 2_000, 1_500] {
            try await fixture.archive(.since(Date(timeIntervalSince1970: seconds)))
        }
        #expect(
            try await fixture.current() == ["since 1970-01-01T00:16:40Z", "since 1970-01-01T00:25:00Z"],
            "what changed between 1,000 and 1,500 is in the first only")
    }
}

@Suite("Archive: derived again", .warehouse)
struct ReplayTests {
    private let thing = Thing("a", lines: [.init(uuid: "l1"), .init(uuid: "l2")], tags: ["x"])

    @Test("Damaged rows, lost rows and damaged lines are put right although their hashes say that nothing changed")
    func repairs() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(archiving: thing, Thing("b"), Thing("c"))
        let (things, lines, tags) = (try await fixture.things(), try await fixture.lines(), try await fixture.tags())
        #expect(try await fixture.replay(thing, Thing("b"), Thing("c")).words == "3 = 3 unchanged")
        try await fixture.rows("update t.thing set name = null, amount = 7 where uuid = 'b'")
        try await fixture.rows("delete from t.thing where uuid = 'c'")
        try await fixture.rows("update t.line set text = 'damaged' where uuid = 'l1'")
        try await fixture.rows("delete from t.line where uuid = 'l2'")
        try await fixture.rows("delete from t.tag")
        #expect(try await fixture.replay(thing, Thing("b"), Thing("c")).words == "3 = 1 inserted + 2 updated")
        #expect(try await fixture.things() == things)
        #expect(try await fixture.lines() == lines)
        #expect(try await fixture.tags() == tags)
        #expect(try await fixture.replay(thing, Thing("b"), Thing("c")).words == "3 = 3 unchanged")
        try await fixture.rows("truncate t.thing, t.line, t.tag")
        #expect(try await fixture.replay(thing, Thing("b"), Thing("c")).words == "3 = 3 inserted")
        #expect(try await fixture.lines() == lines)
    }

    @Test("A record marked as deleted is put right and stays marked; one that is not listed is not marked")
    func marks() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(archiving: thing, Thing("b"))
        try await fixture.load(Thing("other"))
        try await fixture.rows("update t.thing set deleted_at = '2026-01-02', name = 'damaged' where uuid = 'a'")
        try await fixture.rows("update t.thing set deleted_at = '2026-01-02' where uuid = 'b'")
        #expect(try await fixture.replay(thing, Thing("b")).words == "2 = 1 updated + 1 unchanged")
        #expect(
            try await fixture.rows("select uuid, name, deleted_at::date from t.thing order by 1")
                == ["a | Screw | 2026-01-02", "b | Screw | 2026-01-02", "other | Screw | ∅"])
    }

    @Test("What a newer answer said is left alone, and the row keeps the time it was asked for")
    func newer() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(archiving: thing, Thing("b"))
        try await fixture.load(Thing("a", name: "newer"))
        let before = try await fixture.places()
        #expect(try await fixture.replay(thing, Thing("b")).words == "2 = 1 unchanged + 1 older")
        #expect(try await fixture.places() == before)
    }

    @Test("A newer version of the definition fills its new columns: no version in history, the time of change kept")
    func filled() async throws {
        let fixture = try await LoaderFixture()
        var coloured = Thing("a", more: "<Colour>red</Colour>", lines: [.init(uuid: "l", note: "n")])
        coloured.tags = ["x"]
        try await fixture.load(archiving: coloured, Thing("b"))
        let before = try await fixture.rows("select uuid, changed_at, asked_at from t.thing order by 1")
        #expect(try await fixture.replay(coloured, Thing("b"), as: .thing(2)).words == "2 = 1 updated + 1 unchanged")
        #expect(try await fixture.rows("select colour, extra from t.thing where uuid = 'a'") == ["red | ∅"])
        #expect(try await fixture.rows("select note, extra from t.line") == ["n | ∅"])
        #expect(try await fixture.history() == [])
        #expect(try await fixture.rows("select uuid, changed_at, asked_at from t.thing order by 1") == before)
        #expect(try await fixture.replay(coloured, Thing("b"), as: .thing(2)).words == "2 = 2 unchanged")
    }

    @Test("The checkpoint names the run that read the answers, and claims no days as read")
    func checkpoint() async throws {
        let fixture = try await LoaderFixture()
        let window = try #require(Window(first: LocalDate(daysSinceEpoch: 0), last: LocalDate(daysSinceEpoch: 30)))
        try await fixture.load(archiving: thing, chunk: .span(window))
        _ = try await fixture.replay(thing)
        #expect(
            try await fixture.rows(
                "select chunk, span_from, asked_at = min(asked_at) over () from inflow.chunk order by ended_at") == [
                    "1970-01-01 to 1970-01-31 | 1970-01-01 | t",
                    "1970-01-01 to 1970-01-31 of run \(fixture.run) | ∅ | t",
                ])
    }
}
