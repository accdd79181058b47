import Postgres
import TestSupport
import Testing

@Suite("Cancellation", .database)
struct CancellationTests {
    /// Waits until the server says that a session is asleep in a statement.
    private func untilAsleep(_ process: Int32, _ watcher: PostgresConnection) async throws {
        let sql = "select from pg_stat_activity where pid = $1::int and wait_event = 'PgSleep'"
        try await eventually("the session's sleep") { try await !watcher.query(sql, [.int(Int(process))]).isEmpty }
    }

    @Test("Cancelling the task stops its statement on the server; the connection stays usable")
    func task() async throws {
        let (sleeper, watcher) = (try await connect(), try await connect())
        let process = await sleeper.backendPID
        let task = Task { try await sleeper.query("select pg_sleep(600)") }
        try await untilAsleep(process, watcher)
        task.cancel()
        let error = await failure { try await task.value }
        #expect(error?.code == .cancelled && error?.sqlState == "57014")
        try await sleeper.execute("select 1")
    }

    @Test("Another thread can stop the statement in hand")
    func fromOutside() async throws {
        let (sleeper, watcher) = (try await connect(), try await connect())
        let process = await sleeper.backendPID
        async let sleeping = code { try await sleeper.query("select pg_sleep(600)") }
        try await untilAsleep(process, watcher)
        sleeper.cancel()
        #expect(await sleeping == .cancelled)
    }

    @Test("A statement that somebody else cancels is no cancelled task, and may be tried again")
    func byOthers() async throws {
        let (sleeper, watcher) = (try await connect(), try await connect())
        let process = await sleeper.backendPID
        async let sleeping = failure { try await sleeper.query("select pg_sleep(600)") }
        try await untilAsleep(process, watcher)
        try await watcher.query("select pg_cancel_backend($1::int)", [.int(Int(process))])
        let error = await sleeping
        #expect(error?.code == .statementCancelled && error?.sqlState == "57014" && error?.mayPass == true)
        try await sleeper.execute("select 1")
    }

    @Test("A cancel of an earlier statement does not colour a later one that the server cancels")
    func earlierCancel() async throws {
        let (sleeper, watcher) = (try await connect(), try await connect())
        let process = await sleeper.backendPID
        async let sleeping = code { try await sleeper.query("select pg_sleep(600)") }
        try await untilAsleep(process, watcher)
        sleeper.cancel()
        #expect(await sleeping == .cancelled)
        #expect(
            await code { try await sleeper.execute("set statement_timeout = 1; select pg_sleep(60)") }
                == .statementCancelled)
    }

    @Test("A cancelled transaction is rolled back, and shielded work still runs")
    func shielded() async throws {
        let (connection, watcher) = (try await connect(), try await connect())
        try await connection.execute("create table t (n int)")
        let process = await connection.backendPID
        let task = Task {
            try? await connection.transaction { connection throws(PostgresError) in
                try connection.execute("insert into t values (1); select pg_sleep(600)")
            }
            let refused = await code { try await connection.execute("insert into t values (2)") }
            try await connection.shielded { connection in try connection.execute("insert into t values (3)") }
            return refused
        }
        try await untilAsleep(process, watcher)
        task.cancel()
        #expect(try await task.value == .cancelled)
        #expect(try await watcher.query("select n from t").map { try $0["n"].int } == [3])
    }
}
