import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Checkpoint", .warehouse)
struct CheckpointTests {
    @Test("A chunk is noted with its tally, what it cost, and its span, in the data's own transaction")
    func written() async throws {
        let fixture = try await LoaderFixture()
        let loader = fixture.loader()
        try await loader.begin(.thing(), carries: .everything, chunk: .span(try RefusalTests.january()))
        try await loader.add(try Thing.shaped([Thing("a"), Thing("a"), Thing("b", weight: "?")]))
        var reading = ChunkReceipt()
        (reading.pulled, reading.tries, reading.replacedCharacters, reading.seconds) = (3, 2, 5, 1.5)
        (reading.traffic.calls, reading.traffic.bytes) = (4, 1000)
        _ = try await loader.merge(reading)
        await loader.close()
        #expect(
            try await fixture.rows(
                """
                select run_id = $1, entity, chunk, status, span_from, span_until, pulled, inserted, rejected, duplicates,
                    calls, bytes, tries, replaced_characters, seconds, error, c.xmin = t.xmin, c.asked_at = t.asked_at
                from inflow.chunk c, t.thing t
                """, .int64(fixture.run)) == [
                    "t | thing | 2026-01-01 to 2026-01-31 | loaded | 2026-01-01 | 2026-02-01 | 3 | 1 | 1 | 1 | 4 | 1000 "
                        + "| 2 | 5 | 1.5 | ∅ | t | t"
                ])
    }

    @Test("Where the parser counted otherwise, everything of the chunk is rolled back", arguments: [1, 3])
    func arithmetic(_ pulled: Int) async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", lines: [.init(uuid: "l")]))
        let before = try await fixture.places()
        let error = await failure {
            try await fixture.load(
                Thing("a", name: "Nail", more: "<Odd>1</Odd>"), Thing("b", weight: "?"), pulled: pulled,
                chunk: .span(try RefusalTests.january()))
        }
        #expect(error?.code == .arithmetic)
        #expect(
            error?.message.contains("\(pulled) pulled, but 0 inserted + 1 updated + 0 unchanged + 0 older + 1 rejected")
                == true)
        #expect(try await fixture.places() == before)
        #expect(
            try await fixture.rows(
                """
                select (select count(*) from inflow.chunk), (select count(*) from inflow.rejection),
                    (select count(*) from inflow.drift), (select count(*) from inflow.history)
                """) == ["1 | 0 | 0 | 0"])
    }

    @Test("A run that another process has closed writes nothing more")
    func runClosed() async throws {
        let fixture = try await LoaderFixture()
        let loader = fixture.loader()
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        _ = try await RunLog(fixture.warehouse).begin(fixture.connection, trigger: .manual, scope: "", entities: [])
        let error = await failure { try await fixture.finish(loader, try Thing.shaped([Thing("a")])) }
        await loader.close()
        #expect(error?.code == .runClosed)
        #expect(error?.message.contains("Run \(fixture.run) was closed by another process") == true)
        #expect(
            try await fixture.rows("select (select count(*) from t.thing), (select count(*) from inflow.chunk)") == [
                "0 | 0"
            ])
    }

    @Test("A run that is being closed while a chunk commits is waited for, and then writes nothing")
    func runBeingClosed() async throws {
        let fixture = try await LoaderFixture()
        let closer = try await fixture.warehouse.session("closer")
        try await closer.execute("begin; update inflow.run set status = 'interrupted'")
        async let error = failure { try await fixture.load(Thing("a")) }
        // The merge comes to wait for the closer's row, or, if it does not wait, commits.
        let look = """
            select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
            union all select 1 from inflow.chunk
            """
        try await eventually("the merge to wait, or to commit") { try await !fixture.rows(look).isEmpty }
        try await closer.execute("commit")
        await closer.close()
        #expect(await error?.code == .runClosed)
        #expect(try await fixture.things() == [])
    }

    @Test("Unknown elements are noted once per table and path, with when they were seen first and last")
    func drift() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", more: "<Odd>1</Odd><Shape>round</Shape>"), Thing("b", more: "<Odd>2</Odd>"))
        try await fixture.load(Thing("a", more: "<Odd>3</Odd>"))
        #expect(
            try await fixture.rows(
                """
                select table_name, path, example, last_run_id = $1, last_seen_at > first_seen_at
                from inflow.drift order by path
                """, .int64(fixture.run)) == [#"t.thing | Odd | "3" | t | t"#, #"t.thing | Shape | "round" | t | f"#])
    }

    @Test("A chunk given up is noted as failed; when it is loaded after all, as loaded")
    func failedThenLoaded() async throws {
        let fixture = try await LoaderFixture()
        let loader = fixture.loader()
        var reading = ChunkReceipt()
        (reading.traffic.calls, reading.tries) = (3, 3)
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        try await loader.add(try Thing.shaped([Thing("a")]))
        try await loader.noteFailure(of: .thing(), chunk: .whole, reading: reading, error: "The platform is down.")
        await loader.close()
        let look = "select status, pulled, calls, tries, error from inflow.chunk"
        #expect(try await fixture.rows(look) == ["failed | 0 | 3 | 3 | The platform is down."])
        #expect(try await fixture.things() == [])
        try await fixture.load(Thing("a"))
        #expect(try await fixture.rows(look) == ["loaded | 1 | 0 | 1 | ∅"])
    }

    @Test("A chunk that was not begun is not merged")
    func outOfOrder() async throws {
        let fixture = try await LoaderFixture()
        let error = await failure { try await fixture.finish(fixture.loader(), try Thing.shaped([Thing("a")])) }
        #expect(error?.code == .statementFailed)
    }

    @Test("A loader whose session died loads the next chunk on a new one")
    func lostSession() async throws {
        let fixture = try await LoaderFixture()
        let loader = fixture.loader()
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        try await loader.add(try Thing.shaped([Thing("a")]))
        #expect(
            try await fixture.rows(
                """
                select pg_terminate_backend(pid, 5000) from pg_stat_activity
                where application_name like 'inflow load %' and datname = current_database()
                """)
                == ["t"])
        let error = await failure { try await loader.merge(ChunkReceipt()) }
        #expect(error?.code == .connectionLost)
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        #expect(try await fixture.finish(loader, try Thing.shaped([Thing("a")])).words == "1 = 1 inserted")
        await loader.close()
    }
}
