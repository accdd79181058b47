import Postgres
import Sandbox
import Curl
import Inflow
import TestSupport
import Testing
import Warehouse

@Suite("A process that dies at any point", .database(.warehouse), .timeLimit(.minutes(5)))
struct CrashTests {
    /// What is synced: lists, a counted list, documents with lines by month.
    private static let sync = ["sync", "acme", "staff", "client", "job", "job_status", "invoice"]
    /// Points passed once for each chunk: there the second chunk is hit, so that one is committed already.
    private static let chunkPoints: Set<Failpoint> = [
        .chunkStaged, .mergeRowsWritten, .mergeBeforeCommit, .chunkCommitted,
    ]

    /// What the tables hold after one run that nothing befell; made once.
    private static let undisturbed = Task {
        let cluster = TestCluster.shared
        let template = TestTemplate.warehouse
        let database = try await cluster.database(
            from: try await cluster.template(named: template.name, make: template.make))
        let (contents, teller) = AsyncStream.makeStream(of: [String: String].self)
        try await InflowFixture.run(url: database.url) { fixture in
            let ending = try await fixture.start(Self.sync).ending()
            #expect(ending.code == 0, "\(ending)")
            teller.yield(try await fixture.contents())
        }
        teller.finish()
        try await cluster.drop(database)
        var first = contents.makeAsyncIterator()
        return await first.next() ?? [:]
    }

    @Test(
        "The next run closes the dead one, is green and leaves the tables as if nothing had happened",
        arguments: Failpoint.ofRun + [.tokenStored])
    func recovers(point: Failpoint) async throws {
        try await InflowFixture.run { fixture in
            if point == .tokenStored { try await fixture.sandbox.control(.post, "tokens/expire") }
            let pass = Self.chunkPoints.contains(point) ? "\(point.rawValue):2" : point.rawValue
            let dead = try await fixture.start(Self.sync, ["INFLOW_FAILPOINT": pass]).ending()
            #expect(dead.wasKilled && dead.code == 9, "\(dead)")
            #expect(dead.output.isEmpty)
            #expect(try await statuses(fixture) == ["running"])

            let next = try await fixture.start(Self.sync).ending()
            #expect(next.code == 0 && !next.wasKilled, "\(next)")
            #expect(next.error.contains("Inflow closed run 1 as interrupted: its process is gone, or silent."))
            #expect(try await statuses(fixture) == ["interrupted", "green"])
            try await expectDeadRunClosed(fixture)
            #expect(try await fixture.contents() == (try await Self.undisturbed.value))
            #expect(try await fixture.count("inflow.history") == 0)
        }
    }

    @Test("A rotated token that died with its process needs a person: the words say what to do, and it helps")
    func lostToken() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.control(.post, "tokens/expire")
            let dead = try await fixture.start(Self.sync, ["INFLOW_FAILPOINT": "token_before_store"]).ending()
            #expect(dead.wasKilled && dead.code == 9, "\(dead)")

            let next = try await fixture.start(Self.sync).ending()
            #expect(next.code == 5 && !next.wasKilled, "\(next)")
            #expect(next.error.contains("inflow connection authorise acme --refresh-token-file"), "\(next)")
            #expect(try await statuses(fixture) == ["interrupted", "consent"])

            try await fixture.sandbox.control(.post, "tokens/restore")
            let token = try fixture.file("refresh.txt", fixture.sandbox.configuration.refreshToken + "\n")
            let remedy = try await fixture.inflow("connection", "authorise", "acme", "--refresh-token-file", token)
            #expect(remedy.code == 0, "\(remedy)")
            let last = try await fixture.start(Self.sync).ending()
            #expect(last.code == 0, "\(last)")
            #expect(try await fixture.contents() == (try await Self.undisturbed.value))
            #expect(try await fixture.count("inflow.history") == 0)
        }
    }

    private func statuses(_ fixture: InflowFixture) async throws -> [String] {
        try await fixture.query("select status from inflow.run order by id").compactMap { try $0["status"].string }
    }

    /// The dead run says so, and its numbers are those of the chunks it had committed.
    private func expectDeadRunClosed(_ fixture: InflowFixture) async throws {
        let run = try await fixture.query("select * from inflow.run where id = 1")[0]
        #expect(try run["error"].string?.contains("ended without closing it") == true && !run["finished_at"].isNull)
        let committed = try await fixture.number("select coalesce(sum(pulled), 0) from inflow.chunk where run_id = 1")
        #expect(try run["pulled"].int == committed)
        let parts = try await fixture.query("select sum(pulled) as pulled from inflow.entity_run where run_id = 1")
        #expect(try parts[0]["pulled"].int == committed)
        #expect(try await fixture.number("select count(*) from inflow.entity_run where status = 'running'") == 0)
    }
}
