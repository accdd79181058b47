import Inflow
import Postgres
import Sandbox
import Testing
import TestSupport

/// A stopped process keeps its sessions at the server for ever (issue 10, item 27).
///
/// A trigger makes every heartbeat old, so that nobody waits for it to become so.
@Suite("A process that falls silent while it holds a lock", .database(.warehouse), .timeLimit(.minutes(5)))
struct SilentHolderTests {
    private static let sync = ["sync", "acme", "staff", "client", "job_status", "invoice"]

    @Test(
        "Its run's lock goes to the next process; when it goes on it commits nothing more, and says why",
        arguments: Failpoint.ofRun)
    func run(point: Failpoint) async throws {
        try await InflowFixture.run { fixture in
            try await makeHeartbeatsOld(fixture)
            let silent = try fixture.start(Self.sync, ["INFLOW_FAILPOINT": "\(point.rawValue):stop"])
            try await silent.stopping()
            let next = try await fixture.start(Self.sync).ending()
            #expect(next.code == 0, "\(next)")
            #expect(next.error.contains("Inflow closed run 1 as interrupted"), "\(next)")
            let contents = try await fixture.contents()

            silent.goOn()
            let late = await silent.ending()
            #expect(!late.wasKilled && late.code != 0, "\(late)")
            #expect(late.error.contains("closed"), "\(late)")
            #expect(try await statuses(fixture) == ["interrupted", "green"])
            #expect(try await fixture.contents() == contents)
        }
    }

    @Test("A process that shows itself keeps the lock, however long it takes")
    func alive() async throws {
        try await InflowFixture.run { fixture in
            let silent = try fixture.start(Self.sync, ["INFLOW_FAILPOINT": "run_begun:stop"])
            try await silent.stopping()
            let next = try fixture.start(["sync", "acme", "staff"])
            #expect(await next.error.contains("run 1"), "it waits, and says for whom")
            silent.goOn()
            let (first, second) = (await silent.ending(), await next.ending())
            #expect(first.code == 0 && second.code == 0, "\(first)\n\(second)")
            #expect(try await statuses(fixture) == ["green", "green"])
        }
    }

    @Test(
        "Its refresh is taken over, and its late commit changes nothing: the tokens go on working",
        arguments: [Failpoint.tokenLeased, .tokenBeforeExchange, .tokenBeforeStore, .tokenBeforeCommit])
    func refresh(point: Failpoint) async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.graceSeconds = 1800 }) { fixture in
            try await makeHeartbeatsOld(fixture)
            let silent = try fixture.start(
                ["token", "refresh", "acme"], ["INFLOW_FAILPOINT": "\(point.rawValue):stop"])
            try await silent.stopping()
            let next = try await fixture.inflow("token", "refresh", "acme", "--past", "1")
            #expect(next.code == 0, "\(next)")
            silent.goOn()
            let late = await silent.ending()
            #expect(!late.wasKilled, "\(late)")
            let last = try await fixture.inflow("sync", "acme", "task")
            #expect(last.code == 0, "\(last)")
        }
    }

    /// Writes each heartbeat from now on as if it were an hour old.
    ///
    /// A stopped process may hold the lease's row in an open transaction, so the row cannot be changed afterwards.
    private func makeHeartbeatsOld(_ fixture: InflowFixture) async throws {
        _ = try await fixture.query(
            """
            create function inflow.test_old_heartbeat() returns trigger language plpgsql as $$
            begin
                new.heartbeat_at := new.heartbeat_at - interval '1 hour';
                return new;
            end $$
            """)
        _ = try await fixture.query(
            """
            create trigger test_old_heartbeat before insert or update on inflow.lease
            for each row execute function inflow.test_old_heartbeat()
            """)
    }

    private func statuses(_ fixture: InflowFixture) async throws -> [String] {
        try await fixture.query("select status from inflow.run order by id").compactMap { try $0["status"].string }
    }
}
