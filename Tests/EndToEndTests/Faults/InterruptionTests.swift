import Postgres
import TestSupport
import Testing

@Suite("Runs that meet, and runs that are stopped", .database(.warehouse), .timeLimit(.minutes(5)))
struct InterruptionTests {
    @Test(
        "A second sync says whom it waits for; Ctrl-C ends the first with 130 and closes it, and the second goes on"
    )
    func waitsAndGoesOn() async throws {
        try await InflowFixture.run { fixture in
            // The first run's call is never answered.
            try await fixture.sandbox.hold("/task.api")
            let first = try fixture.start(["sync", "acme", "task"])
            #expect(await first.error.contains("Run 1: 1 entities."))
            let second = try fixture.start(["sync", "acme", "task"])
            #expect(await second.error.contains("Waiting up to 60 s for run 1 ("))
            let third = try fixture.start(["sync", "acme", "task"])
            #expect(await third.error.contains("Waiting up to 60 s for run 1 ("))
            third.interrupt()
            let gaveUp = await third.ending()
            #expect(gaveUp.code == 130 && !gaveUp.wasKilled && gaveUp.output.isEmpty, "\(gaveUp)")
            first.interrupt()

            let stopped = await first.ending()
            #expect(stopped.code == 130 && !stopped.wasKilled, "\(stopped)")
            #expect(stopped.error.contains("Stopping. Committed records stay"))
            #expect(stopped.output.contains("interrupted; what is committed stays in the tables"))
            let gone = await second.ending()
            #expect(gone.code == 0, "\(gone)")
            #expect(!gone.error.contains("as interrupted: its process is gone"), "the first closed itself")

            let runs = try await fixture.query("select status, error, finished_at from inflow.run order by id")
            #expect(try runs.compactMap { try $0["status"].string } == ["interrupted", "green"])
            #expect(try runs[0]["error"].string == "The run was interrupted." && !runs[0]["finished_at"].isNull)
            let parts = try await fixture.query("select status from inflow.entity_run order by run_id")
            #expect(try parts.compactMap { try $0["status"].string } == ["failed", "green"])
            try await fixture.expectTruth(try InflowFixture.entity("task"))
        }
    }

    @Test("A session that the server ends in mid-run is replaced, and the chunk is read again")
    func sessionEnds() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.hold("/task.api")
            let sync = try fixture.start(["sync", "acme", "task"])
            // The session is there when the call is: nothing is asked for before its staging tables are made.
            try await fixture.sandbox.untilHeld()
            let ended = try await fixture.number(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity "
                    + "where datname = current_database() and application_name like 'inflow load [%'")
            #expect(ended == 1)
            try await fixture.sandbox.release()
            let ending = await sync.ending()
            #expect(ending.code == 0 && ending.error.contains("attempt 1 failed; Inflow asks again"), "\(ending)")
            #expect(try await fixture.number("select tries from inflow.chunk") == 2)
            try await fixture.expectTruth(try InflowFixture.entity("task"))
        }
    }
}
