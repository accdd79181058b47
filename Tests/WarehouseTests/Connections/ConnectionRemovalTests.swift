import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Removing a connection that is being read", .warehouse, .timeLimit(.minutes(5)))
struct ConnectionRemovalTests {
    private func removal(_ fixture: LoaderFixture, keepingData: Bool = false) -> ConnectionRemoval {
        ConnectionRemoval(
            fixture.warehouse, fixture.connection, keepingData: keepingData, tables: ["t.thing", "t.line", "t.tag"],
            batch: 1, waiting: 1)
    }

    private func isThere(_ fixture: LoaderFixture) async throws -> Bool {
        try await !fixture.rows("select id from inflow.connection where id = $1", .int64(fixture.connection.id)).isEmpty
    }

    @Test(
        "Neither a run nor a backfill goes on beside it: it asks them to stop, and removes nothing while they do not",
        arguments: [RunLock.Purpose.run, .backfill])
    func waits(purpose: RunLock.Purpose) async throws {
        let fixture = try await LoaderFixture().next(trigger: purpose == .backfill ? .backfill : .manual)
        try await fixture.load(Thing("a", lines: [.init(uuid: "l")]))
        let lock = try await RunLock.take(fixture.warehouse, for: fixture.connection, purpose) { _ in }
        let error = await failure { try await removal(fixture).run() }
        #expect(error?.code == .busy)
        #expect(
            try await RunLog(fixture.warehouse).cancelRequest(fixture.run)?.by.contains("connection remove") == true)
        #expect(try await fixture.rows("select count(*) from t.line") == ["1"])
        let next = await failure {
            try await RunLog(fixture.warehouse).begin(fixture.connection, trigger: .manual, scope: "", entities: [])
        }
        #expect(next?.code == .unknownConnection, "no run begins any more")
        await lock.release()
        #expect(try await removal(fixture).run() == nil)
        #expect(try await fixture.rows("select count(*) from t.line") == ["0"])
        #expect(try await !isThere(fixture))
    }

    @Test("A process that lost its lock without noticing cannot commit an answer any more")
    func fenced() async throws {
        let fixture = try await LoaderFixture()
        let loader = fixture.loader()
        try await loader.begin(.thing(), carries: .everything, chunk: .whole)
        #expect(try await removal(fixture).run() == nil)
        let error = await failure { try await fixture.finish(loader, try Thing.shaped([Thing("a")], .thing())) }
        #expect(error?.code == .runClosed)
        #expect(try await fixture.rows("select count(*) from t.thing") == ["0"])
        #expect(try await fixture.rows("select count(*) from inflow.coverage") == ["0"])
    }

    @Test("The runs are closed before the first row is deleted: no process commits while the tables are gone through")
    func closesFirst() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"))
        #expect(try await fixture.rows("select status from inflow.run") == ["running"])
        _ = try await fixture.rows(
            """
            create function t.no_run() returns trigger language plpgsql as $$
            begin
                if exists (select from inflow.run where connection_id = old.connection_id and status = 'running') then
                    raise 'a run is open';
                end if;
                return old;
            end $$
            """)
        _ = try await fixture.rows(
            "create trigger no_run before delete on t.thing for each row execute function t.no_run()")
        #expect(try await removal(fixture).run() == nil)
        #expect(try await !isThere(fixture))
    }

    @Test("It does not say removed while a table holds the connection's number, and can be run again")
    func verified() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"))
        // Something that writes beside it: each deleted row of the records leaves a row of coverage, emptied before.
        _ = try await fixture.rows(
            """
            create function t.late() returns trigger language plpgsql as $$
            begin
                insert into inflow.drift (connection_id, table_name, path, example, last_run_id)
                values (old.connection_id, 't.thing', 'Late', '', 1);
                return old;
            end $$
            """)
        _ = try await fixture.rows(
            "create trigger late after delete on t.thing for each row execute function t.late()")
        let error = await failure { try await removal(fixture).run() }
        #expect(error?.code == .busy)
        #expect(error?.message.contains("inflow.drift") == true)
        #expect(try await isThere(fixture))
        #expect(try await removal(fixture).run() == nil)
        #expect(try await !isThere(fixture))
        #expect(try await fixture.rows("select count(*) from inflow.drift") == ["0"])
    }
}
