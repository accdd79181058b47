import Curl
import Foundation
import Inflow
import Postgres
import Sandbox
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

@Suite("The run log, for people", .database(.warehouse), .timeLimit(.minutes(5)))
struct RunLogTests {
    private func object(_ ending: InflowProcess.Ending) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(ending.output.utf8))
        return try #require(object as? [String: Any])
    }

    @Test("Status before and after the first Sync All: last run, next run, enabled, anchor, rows and tokens")
    func status() async throws {
        try await InflowFixture.run { fixture in
            let before = try object(try await fixture.inflow("status", "acme", "--json"))
            for key in ["last_run", "next_run", "anchor", "fresh_at", "newest_run"] {
                #expect(before[key] is NSNull, "\(key)")
            }
            #expect(before["enabled"] as? Bool == true && before["rows"] as? Int == 0)

            let sync = try await fixture.inflow("sync", "acme")
            #expect(sync.code == 0, "\(sync)")
            let anchor = try Anchor("07:30 Pacific/Auckland")
            try await ScheduleStore(fixture.warehouse).change(fixture.connection) { $0.set(anchor, at: Date()) }
            let ending = try await fixture.inflow("status", "acme", "--json")
            #expect(ending.code == 0 && ending.error.isEmpty, "\(ending)")
            let status = try object(ending)
            let started = try #require(
                try await fixture.query("select started_at from inflow.run where id = 1")[0]["started_at"].date)
            #expect(status["last_run"] as? String == started.formatted(.iso8601))
            #expect(status["anchor"] as? [String: String] == ["at": "07:30", "zone": "Pacific/Auckland"])
            let next = try Date(try #require(status["next_run"] as? String), strategy: .iso8601)
            #expect(next > Date() && anchor.isDue(at: next))
            let tables = WorkflowMax.entities.map { "(select count(*) from \($0.table) where deleted_at is null)" }
            #expect(status["rows"] as? Int == (try await fixture.number("select \(tables.joined(separator: " + "))")))
            #expect(status["errors"] as? Int == 0 && (status["token_days_left"] as? Int).map { $0 > 50 } == true)
            #expect(status["fresh_at"] as? String == started.formatted(.iso8601))

            let list = try await fixture.inflow("status")
            #expect(list.code == 0 && list.output.contains("acme") && list.output.contains("green"), "\(list)")
            for line in list.output.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
            let long = try await fixture.inflow("status", "acme")
            #expect(long.output.contains("every day at 07:30 Pacific/Auckland"), "\(long)")
            #expect(try await fixture.inflow("status", "nobody").code == 1)
        }
    }

    @Test("A run is listed and shown with its parts, its chunks and the error's words")
    func oneRun() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault("error_status", at: "/task.api", times: 2)
            let sync = try await fixture.inflow("sync", "acme", "task", "staff")
            #expect(sync.code == 1, "\(sync)")
            let runs = try await fixture.inflow("runs")
            for words in ["acme", "targeted", "failed"] {
                #expect(runs.output.contains(words), "\(runs)")
            }
            let told = try object(try await fixture.inflow("run", "1", "--json"))
            #expect(told["outcome"] as? String == "failed" && told["exit_code"] as? Int == 1)
            #expect(told["trigger"] as? String == "targeted" && told["connection"] as? String == "acme")
            #expect((told["error"] as? String)?.contains("unexpected") == true && told["chunks"] == nil)
            let parts = try #require(told["entities"] as? [[String: Any]])
            #expect(parts.map { $0["entity"] as? String } == ["staff", "task"], "in loading order")
            #expect(parts.map { $0["status"] as? String } == ["green", "failed"])
            #expect(
                parts.map { $0["chunks_loaded"] as? Int } == [1, 0] && parts.map { $0["chunks"] as? Int } == [1, 1])
            let chunks = try object(try await fixture.inflow("run", "1", "--json", "--chunks"))["chunks"]
            #expect((chunks as? [[String: Any]])?.count == 2)

            let text = try await fixture.inflow("run", "1", "--chunks")
            #expect(text.code == 0, "to look at a failed run is no failure: \(text)")
            for words in ["Run 1 of \"acme\"", "failed", "staff", "asked", "unexpected"] {
                #expect(text.output.contains(words), "\(text)")
            }
            let followed = try await fixture.inflow("run", "1", "--follow")
            let plain = try await fixture.inflow("run", "1")
            #expect(followed.code == 1 && followed.error.isEmpty && followed.output == plain.output, "\(followed)")
            let unknown = try await fixture.inflow("run", "99")
            #expect(unknown.code == 1 && unknown.error.contains("There is no run 99."), "\(unknown)")
        }
    }

    @Test("The report made from the log is the one of the process that ran it")
    func sameReport() async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.illegalCharacters = true }) { fixture in
            let key = try await fixture.sandbox.row("cost", where: \.hasUnitCost).key
            try await fixture.sandbox.edit("cost", key, "UnitCost", "12,x")
            try await fixture.sandbox.fault("error_status", at: "/task.api", times: 2)
            let names = ["staff", "task", "cost", "job", "job_status", "invoice"]
            let report = try await fixture.sync(
                try await fixture.everything(WorkflowMax.entities.filter { names.contains($0.name) }))
            let (run, parts) = try #require(try await RunLogReader(fixture.warehouse).run(report.run))
            let logged = try #require(RunReport(run, parts, order: WorkflowMax.entities))
            #expect(logged.outcome == report.outcome && logged.error == report.error)
            #expect(logged.warnings == report.warnings && logged.entities.count == report.entities.count)
            for (left, right) in zip(logged.entities, report.entities) {
                #expect(left.entity == right.entity && left.status == right.status && left.note == right.note)
                #expect(left.tally == right.tally && left.traffic.calls == right.traffic.calls, "\(left.entity)")
                #expect(left.traffic.bytes == right.traffic.bytes && left.notes == right.notes)
                #expect(left.loadedChunks == right.loadedChunks && left.plannedChunks == right.plannedChunks)
                #expect(left.errors == right.errors && left.warnings == right.warnings && left.held == right.held)
                #expect(left.drift == right.drift && left.replacedCharacters == right.replacedCharacters)
            }
        }
    }
}

@Suite("A run that is followed from another process", .database(.warehouse), .timeLimit(.minutes(5)))
struct FollowTests {
    @Test("It is shown chunk by chunk until it ends, and the exit code is the run's")
    func toTheEnd() async throws {
        try await InflowFixture.run { fixture in
            // The tasks' merge waits for this lock, so that the run goes on until the follower is there.
            let gate = try await PostgresConnection.connect(to: fixture.url, applicationName: "gate")
            try await gate.execute("begin; lock table wfm.task in exclusive mode")
            let sync = try fixture.start(["sync", "acme", "staff", "task"])
            #expect(await sync.error.contains("staff, "))
            let follower = try fixture.start(["run", "1", "--follow"])
            #expect(await follower.error.contains("Run 1: 2 entities."))
            #expect(await follower.error.contains("staff, "))
            try await gate.execute("rollback")
            await gate.close()
            let (ended, shown) = (await sync.ending(), await follower.ending())
            #expect(ended.code == 0, "\(ended)")
            #expect(shown.code == 0 && shown.error.contains("task, "), "\(shown)")
            #expect(shown.output.contains("green, everything read"), "\(shown)")
            let ownLines = ended.errorLines.filter { $0.contains("pulled") }.sorted()
            #expect(shown.errorLines.filter { $0.contains("pulled") }.sorted() == ownLines)
        }
    }

    @Test("On a terminal the follower says that the run waits for calls, and until when")
    func waiting() async throws {
        try await InflowFixture.run { fixture in
            let set = try await fixture.inflow("connection", "set", "acme", "calls-per-minute=2")
            #expect(set.code == 0, "\(set)")
            let sync = try fixture.start(["sync", "acme", "staff", "task", "cost", "supplier"])
            #expect(await sync.error.contains("Run 1: 4 entities."))
            let follower = try fixture.start(["run", "1", "--follow"], onTerminal: true)
            #expect(await follower.output.contains("waiting for calls: 2 of 2 used, next in "))
            sync.interrupt()
            let (stopped, shown) = (await sync.ending(), await follower.ending())
            #expect(stopped.code == 130 && shown.code == 130, "\(stopped) \(shown)")
        }
    }

    @Test("Ctrl-C ends the showing and not the run; when the run is stopped the next follower ends with 130")
    func interrupted() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.hold("/task.api")
            let sync = try fixture.start(["sync", "acme", "task"])
            #expect(await sync.error.contains("Run 1: 1 entities."))
            let first = try fixture.start(["run", "1", "--follow", "--json"])
            #expect(await first.error.contains("Run 1: 1 entities."))
            first.interrupt()
            let gone = await first.ending()
            #expect(gone.code == 130 && !gone.wasKilled && gone.error.contains("Run 1 continues."), "\(gone)")
            #expect(try await fixture.number("select count(*) from inflow.run where status = 'running'") == 1)

            let second = try fixture.start(["run", "1", "--follow", "--json"])
            #expect(await second.error.contains("Run 1: 1 entities."))
            sync.interrupt()
            let (stopped, shown) = (await sync.ending(), await second.ending())
            #expect(stopped.code == 130, "\(stopped)")
            #expect(shown.code == 130, "\(shown)")
            struct Told: Decodable { let outcome: String, exitCode: Int }
            #expect(try shown.json(Told.self).outcome == "interrupted")
        }
    }

    @Test("A run whose process died is not followed for ever")
    func dead() async throws {
        try await InflowFixture.run { fixture in
            let dead = try await fixture.start(
                ["sync", "acme", "task", "staff"], ["INFLOW_FAILPOINT": "chunk_committed"]
            ).ending()
            #expect(dead.wasKilled)
            let shown = try await fixture.inflow("run", "1", "--follow")
            #expect(shown.code == 130 && shown.error.contains("The process of run 1 is gone"), "\(shown)")
            #expect(shown.output.contains("Outcome: died") && !shown.output.contains("running"), "\(shown)")
        }
    }
}

@Suite("Health of the daemon", .database(.warehouse), .timeLimit(.minutes(5)))
struct ServingHealthTests {
    @Test("The daemon answers on its port while it serves, and counts itself among the workers")
    func health() async throws {
        try await InflowFixture.run { fixture in
            let serve = try fixture.start(["serve", "--port", "0"])
            #expect(await serve.error.contains("Health: http://127.0.0.1:"))
            let said = serve.error.soFar
            let address = try #require(said.firstMatch(of: /metrics: (http:\/\/127\.0\.0\.1:\d+)/)?.1)
            let transfer = Transfer(configuration: CurlConfiguration())
            func get(_ page: String) async throws -> String {
                let response = try await transfer.send(CurlRequest(url: "\(address)/\(page)"))
                #expect(response.status == 200, "\(page)")
                return String(decoding: try await response.body.collect(atMost: 1 << 20), as: UTF8.self)
            }
            #expect(try await get("healthz") == "ok\n")
            #expect(try await get("readyz") == "ready\n")
            let metrics = try await get("metrics")
            #expect(metrics.contains("inflow_workers 1\n"))
            #expect(metrics.contains(#"inflow_connection_enabled{connection="acme"} 1"#))
            serve.interrupt()
            let ending = await serve.ending()
            #expect(!ending.wasKilled && [0, 130].contains(ending.code), "\(ending)")
        }
    }
}
