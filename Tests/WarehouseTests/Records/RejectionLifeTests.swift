import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Rejections: opened, renewed, closed, dismissed", .warehouse)
struct RejectionLifeTests {
    /// Status, key, text, runs, whether renewed by the present run, and whether it ended, in the order they were opened.
    private func states(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows(
            """
            select status, key, raw, times_seen, last_run_id = $1 as is_present, ended_run_id = $1, ended_at is not null
            from inflow.rejection order by id
            """, .int64(fixture.run))
    }

    private func rejections(_ fixture: LoaderFixture) -> Rejections {
        Rejections(fixture.warehouse, fixture.connection)
    }

    private let bad = Thing("a", weight: "much", lines: [.init(uuid: "l")])

    @Test("The load that takes the record in closes its rejection, and no other one")
    func closed() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(bad, Thing("b", weight: "?"))
        let next = try await fixture.nextRun()
        try await next.load(Thing("a"), Thing("c"))
        #expect(
            try await states(next) == ["closed | a | much | 1 | f | t | t", "open | b | ? | 1 | f | ∅ | f"])
        #expect(try await rejections(next).list().map(\.key) == ["b"])
        #expect(try await rejections(next).list(all: true).map(\.key) == ["b", "a"])
        #expect(try await rejections(next).list(all: true).map(\.endedRun) == [nil, next.run])
    }

    @Test("It is closed also where the record comes as it is in the table already, and by a reading by key")
    func closedUnchanged() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"), Thing("b"))
        try await fixture.load(bad, Thing("b", weight: "?"))
        #expect(try await fixture.load(Thing("a")).words == "1 = 1 unchanged")
        try await fixture.load(Thing("b"), chunk: .parents(["b"]))
        #expect(try await rejections(fixture).list().isEmpty)
        #expect(try await rejections(fixture).list(all: true).count == 2)
    }

    @Test("A closing rolls back with its chunk")
    func rolledBack() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(bad)
        _ = await failure { try await fixture.load(Thing("a"), pulled: 7) }
        #expect(try await rejections(fixture).list().map(\.key) == ["a"])
    }

    @Test("It keeps what the answer calls the record, also where a later answer does not")
    func label() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(bad, Thing("b", name: nil, weight: "?"))
        #expect(
            try await fixture.rows("select key, label from inflow.rejection order by key") == ["a | Screw", "b | ∅"])
        try await fixture.load(Thing("a", name: nil, weight: "?"), Thing("b", name: "Nut\n  and bolt", weight: "?"))
        #expect(
            try await fixture.rows("select key, label from inflow.rejection order by key")
                == ["a | Screw", "b | Nut and bolt"])
        let labels = try await rejections(fixture).list().compactMap(\.label)
        #expect(labels.sorted() == ["Nut and bolt", "Screw"])
    }

    @Test("A record that comes unfit again renews its rejection with what is wrong now, once a run")
    func renewed() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(bad)
        let next = try await fixture.nextRun()
        try await next.load(Thing("a", weight: "never"), chunk: .span(try RefusalTests.january()))
        try await next.load(Thing("a", weight: "never"), chunk: .parents(["a"]))
        #expect(try await states(next) == ["open | a | never | 2 | t | ∅ | f"])
        let one = try #require(try await rejections(next).list().first)
        #expect((one.column, one.reason, one.run, one.lastRun) == ("weight", "not_a_number", fixture.run, next.run))
        #expect(one.chunk == "2026-01-01 to 2026-01-31", "a reading by key does not say where the record stands")
        #expect((one.firstDay, one.lastDay) == ("2026-01-01", "2026-01-31"))
        #expect(one.lastSeenAt > one.rejectedAt)
    }

    @Test("What was closed and comes unfit again is a new rejection")
    func again() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(bad)
        try await fixture.load(Thing("a"))
        try await fixture.load(bad)
        #expect(
            try await states(fixture) == ["closed | a | much | 1 | t | t | t", "open | a | much | 1 | t | ∅ | f"])
    }

    @Test("A key rejected twice in one answer has two rejections, which do not become more")
    func twice() async throws {
        let fixture = try await LoaderFixture()
        for _ in 0..<3 { try await fixture.load(bad, Thing("a", weight: "more")) }
        #expect(try await states(fixture).count == 2)
        try await fixture.load(bad)
        #expect(try await rejections(fixture).list().count == 2)
        try await fixture.load(Thing("a"))
        #expect(try await rejections(fixture).list().isEmpty)
    }

    @Test("A key that one answer has fit and unfit stays rejected")
    func fitAndUnfit() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(bad)
        #expect(try await fixture.load(Thing("a"), bad).words == "2 = 1 inserted + 1 rejected")
        #expect(try await states(fixture) == ["open | a | much | 1 | t | ∅ | f"])
    }

    @Test(
        "A record whose key cannot be read is known by its fault and chunk, and closed when the chunk has it no longer")
    func keyless() async throws {
        let fixture = try await LoaderFixture()
        let january = Chunk.span(try RefusalTests.january())
        for _ in 0..<2 { try await fixture.load(Thing(""), Thing(""), Thing("b"), chunk: january) }
        #expect(try await states(fixture).count == 2)
        try await fixture.load(Thing(""), Thing("b"))
        #expect(try await states(fixture).count == 3, "another chunk, another record")
        try await fixture.load(Thing(""), Thing("b"), chunk: january)
        #expect(try await rejections(fixture).list().count == 2)
        try await fixture.load(Thing("b"), chunk: january)
        try await fixture.load(Thing("b"), chunk: .parents(["b"]))
        #expect(try await rejections(fixture).list().map(\.chunk) == ["whole"])
    }

    @Test("An answer that does not carry the value concerned closes nothing; one that does, does")
    func carried() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"), Thing("b"))
        try await fixture.load(bad, Thing("b", lines: [.init(uuid: "l", amount: "?")]))
        try await fixture.load(
            Thing("a"), Thing("b"), carries: .parts(columns: ["uuid", "name"], children: ["t.tag"]))
        #expect(try await rejections(fixture).list().count == 2)
        try await fixture.load(Thing("a"), Thing("b"), carries: .header)
        #expect(try await rejections(fixture).list().map(\.key) == ["b"])
        try await fixture.load(Thing("b"))
        #expect(try await rejections(fixture).list().isEmpty)
    }

    @Test("An answer asked for before the record came unfit closes nothing")
    func askedEarlier() async throws {
        let fixture = try await LoaderFixture()
        let slow = fixture.loader()
        try await slow.begin(.thing(), carries: .everything, chunk: .whole)
        try await fixture.load(bad)
        _ = try await fixture.finish(slow, try Thing.shaped([Thing("a")]))
        await slow.close()
        #expect(try await rejections(fixture).list().map(\.key) == ["a"])
    }

    @Test("A dismissed one is not shown while the fault is the same; another fault is; a load closes it")
    func dismissed() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(bad, Thing("b", weight: "?"))
        let id = try #require(try await rejections(fixture).list().first { $0.key == "a" }).id
        #expect(try await rejections(fixture).dismiss([id, 99]) == [id])
        #expect(try await rejections(fixture).dismiss([id]) == [])
        let next = try await fixture.nextRun()
        try await next.load(bad)
        #expect(try await rejections(next).list().map(\.key) == ["b"])
        #expect(try await states(next).first == "dismissed | a | much | 2 | t | ∅ | t")
        for _ in 0..<2 { try await next.load(Thing("a", weight: "more")) }
        #expect(try await rejections(next).list().map(\.raw) == ["more", "?"])
        #expect(try await states(next).count == 3)
        try await next.load(Thing("a"))
        #expect(
            try await next.rows("select status, key from inflow.rejection order by id") == [
                "closed | a", "open | b", "closed | a",
            ])
        #expect(try await rejections(next).dismiss(nil).count == 1)
        #expect(try await rejections(next).list().isEmpty)
    }

    @Test("Another connection's rejections and another entity's are left alone")
    func others() async throws {
        let (fixture, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        try await fixture.load(bad)
        try await other.load(bad)
        try await other.load(Thing("a"))
        #expect(try await rejections(fixture).list().count == 1)
        #expect(try await rejections(other).list().isEmpty)
        #expect(try await rejections(other).dismiss(nil) == [])
        #expect(try await rejections(fixture).list().count == 1)
    }

    @Test("What records can be asked for by: the key, or the number of those that were loaded before")
    func askable() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", name: "N1"))
        try await fixture.load(bad, Thing("b", weight: "?"), Thing("", amount: "1"))
        let entries = try await rejections(fixture).list()
        func asked(_ get: Endpoint?) async throws -> [String] {
            let entity = EntityDefinition(
                "thing", .reference, summary: "", endpoint: Endpoint("l", items: "a"), get: get, window: .whole,
                table: "t.thing", key: ["uuid"], columns: EntityDefinition.thing().columns)
            return try await rejections(fixture).askable(entries, of: entity).values.sorted()
        }
        #expect(try await asked(nil) == [])
        #expect(try await asked(Endpoint("get/{key}", items: "a")) == ["a", "b"])
        #expect(try await asked(Endpoint("get/{key}", by: "name", items: "a")) == ["N1"])
    }
}
