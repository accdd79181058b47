import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Records that PostgreSQL refuses when they are merged", .warehouse, .timeLimit(.minutes(5)))
struct MergeRefusalTests {
    /// Letters that do not compress, so that an index cannot take many of them.
    private func noise(_ count: Int) -> String {
        var state: UInt64 = 88_172_645_463_325_252
        return String(
            (0..<count).map { _ in
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return Character(Unicode.Scalar(UInt8(97 + state % 26)))
            })
    }

    private func rejections(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows("select left(key, 3), table_name, reason from inflow.rejection order by 1")
    }

    @Test("A key too long for an index costs its record and not the chunk, in this run and in the next")
    func longKey() async throws {
        let fixture = try await LoaderFixture()
        let long = noise(9_000)
        for _ in 1...2 {
            let tally = try await fixture.load(Thing("a"), Thing(long), Thing("b"))
            #expect(tally.rejected == 1 && tally.pulled == 3)
        }
        #expect(try await fixture.rows("select uuid from t.thing order by 1") == ["a", "b"])
        #expect(try await rejections(fixture) == ["\(long.prefix(3)) | t.thing | too_long"])
        #expect(try await fixture.rows("select length(key) < 500 from inflow.rejection") == ["t"])
    }

    @Test("A text too long for an index of another column costs its record and not the chunk")
    func longIndexedText() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows("create index on t.thing (connection_id, name)")
        let tally = try await fixture.load(Thing("a"), Thing("b", name: noise(9_000)), Thing("c"), Thing("c"))
        #expect(tally.words == "4 = 2 inserted + 1 rejected + 1 duplicates")
        #expect(try await rejections(fixture) == ["b | t.thing | refused_by_database"])
        #expect(try await fixture.rows("select label from inflow.rejection") == ["\(noise(9_000).prefix(40))"])
    }

    @Test("A value that only the table forbids costs its record, a line's value the record of the line")
    func constraint() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows("alter table t.thing add check (name <> 'bad')")
        try await fixture.rows("alter table t.line add check (text <> 'bad')")
        try await fixture.load(Thing("a", name: "old"))
        let tally = try await fixture.load(
            Thing("a", name: "bad"), Thing("b"), Thing("c", name: "bad"),
            Thing("d", lines: [.init(uuid: "l", text: "bad")]))
        #expect(tally.words == "4 = 1 inserted + 3 rejected")
        #expect(try await fixture.rows("select uuid, name from t.thing order by 1") == ["a | old", "b | Screw"])
        #expect(
            try await rejections(fixture) == [
                "a | t.thing | refused_by_database", "c | t.thing | refused_by_database",
                "d | t.line | refused_by_database",
            ])
    }

    @Test("A merge that is refused for no record's fault fails as before")
    func otherFailure() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows(
            "create function t.no() returns trigger language plpgsql as $$ begin raise data_exception; end $$")
        try await fixture.rows("create trigger no before insert on t.thing execute function t.no()")
        let error = await failure { try await fixture.load(Thing("a")) }
        #expect(error?.code == .statementFailed)
        #expect(try await rejections(fixture) == [])
    }

    @Test("A merge waits for its lock longer than one lock_timeout: what is staged is kept, and no call is made again")
    func patient() async throws {
        let fixture = try await LoaderFixture()
        let loader = Loader(
            fixture.warehouse, connection: fixture.connection, run: fixture.run, settings: ["lock_timeout": "100ms"])
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        let names: [PostgresParameter] = [.int64(fixture.connection.id), .text("thing")]
        let holder = try await fixture.warehouse.session("another merge")
        try await holder.execute("begin")
        try await holder.query(MergeSQL.takeLock, names)
        async let merged = fixture.finish(loader, try Thing.shaped([Thing("a")]))
        try await holder.query("select pg_sleep(0.5)")
        try await holder.execute("rollback")
        await holder.close()
        #expect(try await merged.words == "1 = 1 inserted")
        await loader.close()
    }
}
