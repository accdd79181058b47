import Inflow
import Postgres
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

/// Words that PostgreSQL cannot keep.
@Suite("Errors whose words are odd", .database(.warehouse), .timeLimit(.minutes(5)))
struct OddErrorTests {
    @Test("A run whose error holds NUL bytes is closed, with its words, and is an incident")
    func nul() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault("nul_error", at: "/task.api", times: -1)
            let ending = try await fixture.inflow("sync", "acme")
            #expect(ending.code == 1, "\(ending)")
            let run = try await fixture.query("select status, error, finished_at from inflow.run")[0]
            #expect(try run["status"].string == "failed" && !run["finished_at"].isNull)
            #expect(try run["error"].string?.contains("\u{FFFD}") == true)
            #expect(
                InflowFixture.rows(
                    try await fixture.query(
                        "select entity from inflow.entity_run where status in ('failed', 'running')"))
                    == ["task"])
            #expect(try await fixture.count("inflow.rejection") == 0)
            #expect(
                InflowFixture.rows(
                    try await fixture.query("select kind from inflow.incident where closed_at is null and run_id = 1"))
                    == ["run_failed"])
        }
    }

    @Test("A 503 that says when to come again parks the run until then, and is asked once")
    func longPause() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault("status503", at: "/task.api", times: -1, more: #""retryAfter":3600"#)
            let report = try await fixture.sync(try fixture.lists("task"))
            #expect(report.outcome == .quota && report.outcome.exitCode == 4, "\(report.error ?? "")")
            #expect(report.error?.contains("503") == true)
            #expect(try await fixture.sandbox.calls("/task.api/list") == 1)
            let minutes = try await fixture.number(
                "select round(extract(epoch from resume_at - finished_at) / 60)::integer from inflow.run")
            #expect((59...60).contains(minutes))
        }
    }

    @Test("A 503 that asks for a short pause is asked for again")
    func shortPause() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault("status503", at: "/task.api", more: #""retryAfter":5"#)
            #expect(try await fixture.sync(try fixture.lists("task")).outcome == .green)
        }
    }
}
