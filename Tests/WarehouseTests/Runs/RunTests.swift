import Inflow
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Warehouse

@Suite("RunLock", .warehouse)
struct RunLockTests {
    @Test("One run at a time: a second one waits in vain, and its error names the holder")
    func busy() async throws {
        let fixture = try await LoaderFixture()
        let lock = try await RunLock.take(fixture.warehouse, for: fixture.connection) { _ in
            Issue.record("nobody to wait for")
        }
        let told = Mutex<[String]>([])
        let error = await failure {
            try await RunLock.take(fixture.warehouse, for: fixture.connection, waiting: 1) { words in
                told.withLock { $0.append(words) }
            }
        }
        #expect(error?.code == .busy)
        let holder = "run \(fixture.run) (\(ProcessIdentity.current), since "
        #expect(error?.message.contains("\"Acme\" is being read by \(holder)") == true)
        #expect(told.withLock { $0.count } == 1)
        #expect(told.withLock { $0.first?.hasPrefix(holder) } == true)
        #expect(await lock.isHeld())
        await lock.release()
        try await RunLock.take(fixture.warehouse, for: fixture.connection) { _ in Issue.record("it was given back") }
            .release()
    }

    @Test("Connections do not wait for each other")
    func apart() async throws {
        let (acme, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        let one = try await RunLock.take(acme.warehouse, for: acme.connection, waiting: 1) { _ in }
        let two = try await RunLock.take(other.warehouse, for: other.connection, waiting: 1) { _ in }
        #expect(await one.isHeld())
        #expect(await two.isHeld())
        await one.release()
        await two.release()
    }

    @Test("The lock dies with its session")
    func dies() async throws {
        let fixture = try await LoaderFixture()
        let lock = try await RunLock.take(fixture.warehouse, for: fixture.connection) { _ in }
        #expect(
            try await fixture.rows(
                """
                select pg_terminate_backend(pid, 5000) from pg_stat_activity
                where application_name like 'inflow run of %' and datname = current_database()
                """
            ) == ["t"])
        #expect(await !lock.isHeld())
        let next = try await RunLock.take(fixture.warehouse, for: fixture.connection, waiting: 1) { _ in
            Issue.record("the dead do not hold it")
        }
        #expect(await next.isHeld())
        await next.release()
    }

    @Test("A holder whose session is lost takes the lock again with its next heartbeat")
    func retaken() async throws {
        let fixture = try await LoaderFixture()
        let lock = try await RunLock.take(fixture.warehouse, for: fixture.connection) { _ in }
        try await endSessions(fixture)
        await lock.keep()
        #expect(await lock.isHeld())
        let error = await failure {
            try await RunLock.take(fixture.warehouse, for: fixture.connection, waiting: 1) { _ in }
        }
        #expect(error?.code == .busy)
        await lock.release()
        try await RunLock.take(fixture.warehouse, for: fixture.connection, waiting: 1) { _ in
            Issue.record("it was given back")
        }
        .release()
    }

    @Test("A holder whose session is lost does not take back a lock that another process has had meanwhile")
    func notRetaken() async throws {
        let fixture = try await LoaderFixture()
        let lock = try await RunLock.take(fixture.warehouse, for: fixture.connection) { _ in }
        try await endSessions(fixture)
        let next = try await RunLock.take(fixture.warehouse, for: fixture.connection, waiting: 1) { _ in }
        await lock.keep()
        #expect(await !lock.isHeld())
        await next.release()
        await lock.keep()
        #expect(await !lock.isHeld())
        // Who had taken it back would keep it; the server may take a moment to end the session that gave it up.
        try await RunLock.take(fixture.warehouse, for: fixture.connection, waiting: 20) { _ in }.release()
    }

    private func endSessions(_ fixture: LoaderFixture) async throws {
        #expect(
            try await fixture.rows(
                """
                select pg_terminate_backend(pid, 5000) from pg_stat_activity
                where application_name like 'inflow run of %' and datname = current_database()
                """
            ) == ["t"])
    }

    @Test("Who waits gets the lock when it is given back")
    func handedOver() async throws {
        let fixture = try await LoaderFixture()
        let lock = try await RunLock.take(fixture.warehouse, for: fixture.connection) { _ in }
        let (waiting, continuation) = AsyncStream.makeStream(of: String.self)
        async let next = RunLock.take(fixture.warehouse, for: fixture.connection) { continuation.yield($0) }
        for await _ in waiting { break }
        await lock.release()
        #expect(try await next.isHeld())
        try await next.release()
    }
}

@Suite("RunLog", .warehouse)
struct RunLogTests {
    private func state(_ fixture: LoaderFixture, _ run: Int64) async throws -> [String] {
        try await fixture.rows(
            """
            select status, pulled, inserted, unchanged, rejected, calls, finished_at is not null, error is not null
            from inflow.run where id = $1
            """, .int64(run))
    }

    private func entities(_ fixture: LoaderFixture, _ run: Int64) async throws -> [String] {
        try await fixture.rows(
            "select entity, status, pulled, inserted, note, error from inflow.entity_run where run_id = $1 order by 1",
            .int64(run))
    }

    @Test("A run and its parts are added up from its chunks")
    func addedUp() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"), Thing("b"), chunk: .whole)
        try await fixture.load(Thing("a"), Thing("c"), Thing("d", weight: "?"), chunk: .parents(["x"]))
        let log = RunLog(fixture.warehouse)
        #expect(try await entities(fixture, fixture.run) == ["thing | running | 0 | 0 | ∅ | ∅"])
        try await log.endEntities(
            fixture.run, [RunLog.EntityEnd("thing", status: .rejections, note: "one", error: nil)])
        #expect(try await entities(fixture, fixture.run) == ["thing | rejections | 5 | 3 | one | ∅"])
        try await log.end(fixture.run, outcome: .rejections, error: nil)
        #expect(try await state(fixture, fixture.run) == ["rejections | 5 | 3 | 1 | 1 | 0 | t | f"])
        let error = await failure { try await log.end(fixture.run, outcome: .green, error: nil) }
        #expect(error?.code == .runClosed)
        #expect(try await state(fixture, fixture.run).first?.hasPrefix("rejections") == true)
    }

    @Test("A run found dead is closed as interrupted, what it had committed added up")
    func interrupted() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"), Thing("b"))
        let next = try await RunLog(fixture.warehouse).begin(
            fixture.connection, trigger: .targeted, scope: "thing", entities: ["thing", "other"])
        #expect(next.closed == [fixture.run])
        #expect(next.run > fixture.run)
        #expect(try await state(fixture, fixture.run) == ["interrupted | 2 | 2 | 0 | 0 | 0 | t | t"])
        #expect(try await entities(fixture, fixture.run) == ["thing | failed | 2 | 2 | ∅ | The run was interrupted."])
        #expect(
            try await fixture.rows(
                "select trigger, scope, status, holder from inflow.run where id = $1", .int64(next.run))
                == ["targeted | thing | running | \(ProcessIdentity.current)"])
        #expect(try await entities(fixture, next.run).map { $0.prefix { $0 != "|" } } == ["other ", "thing "])
    }

    @Test("A run of another connection, or one that ended, is not taken for dead")
    func alive() async throws {
        let (acme, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        try await RunLog(acme.warehouse).end(acme.run, outcome: .green, error: nil)
        let next = try await RunLog(acme.warehouse).begin(acme.connection, trigger: .manual, scope: "", entities: [])
        #expect(next.closed == [])
        #expect(try await state(other, other.run).first?.hasPrefix("running") == true)
    }
}

@Suite("RowCounts", .warehouse)
struct InventoryTests {
    @Test("Counts are of this connection's rows, marked ones apart, lines after their record")
    func counts() async throws {
        let (acme, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        try await acme.load(
            Thing("a", lines: [.init(uuid: "l1"), .init(uuid: "l2")], tags: ["x"]), Thing("b"), Thing("c"))
        try await other.load(Thing("a", tags: ["y", "z"]))
        try await acme.rows("update t.thing set deleted_at = now() where uuid = 'c'")
        func words(_ fixture: LoaderFixture) async throws -> [String] {
            try await RowCounts(fixture.warehouse, fixture.connection).counts([.thing()]).map {
                "\($0.table) \($0.rows) \($0.markedDeleted)"
            }
        }
        #expect(try await words(acme) == ["t.thing 2 1", "t.line 2 0", "t.tag 1 0"])
        #expect(try await words(other) == ["t.thing 1 0", "t.line 0 0", "t.tag 2 0"])
    }

    @Test("Runs and rejections are listed newest first, as many as asked for")
    func log() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a", weight: "much"), Thing("b", weight: "never"), Thing("c"))
        let log = RunLog(fixture.warehouse)
        try await log.end(fixture.run, outcome: .rejections, error: "two bad")
        let next = try await log.begin(fixture.connection, trigger: .targeted, scope: "thing", entities: []).run
        let other = try await LoaderFixture("Other")
        let book = RunLogReader(fixture.warehouse)
        let runs = try await book.runs(of: fixture.connection, limit: 10)
        #expect(runs.map(\.run) == [next, fixture.run])
        #expect(runs.map(\.status) == [.running, .ended(.rejections)])
        #expect(runs.map(\.scope) == ["thing", "Sync All"])
        #expect(runs.map(\.error) == [nil, "two bad"])
        #expect(runs.map { $0.finishedAt == nil } == [true, false])
        #expect(runs[1].tally.words == "3 = 1 inserted + 2 rejected")
        #expect(try await book.runs(of: fixture.connection, limit: 1).map(\.run) == [next])
        #expect(try await book.runs(of: nil, limit: 2).map(\.connection) == ["Other", "Acme"])
        #expect(try await book.runs(of: other.connection, limit: 9).map(\.run) == [other.run])
        let rejected = Rejections(fixture.warehouse, fixture.connection)
        let rejections = try await rejected.list(limit: 10)
        #expect(
            rejections.map { "\($0.key) \($0.table).\($0.column) \($0.raw) \($0.reason)" } == [
                "b t.thing.weight never not_a_number", "a t.thing.weight much not_a_number",
            ])
        #expect(try await rejected.list(limit: 1).map(\.key) == ["b"])
        #expect(rejections.allSatisfy { $0.run == fixture.run && $0.entity == "thing" })
    }
}
