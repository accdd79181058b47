import Inflow
import Postgres
import Sync
import TestSupport
import Testing

@Suite("Answers without records", .database(.warehouse))
struct EmptyAnswerTests {
    @Test(
        "10.C11, 11.3: an answer that does not show that there are no records fails its chunk, and its month stays open",
        arguments: [
            ("renamed_container", ""), ("renamed_record", ""), ("error_description", ""), ("status_attribute", ""),
            ("empty_response", ""), ("status_spelling", #""text":"FAILED""#),
        ])
    func unproven(kind: String, more: String) async throws {
        try await InflowFixture.run { fixture in
            let month = try #require(Window(month: InflowFixture.today.startOfMonth.adding(months: -2)))
            let timesheet = try InflowFixture.entity("timesheet")
            let plan = fixture.plan([RunPlan.Part(entity: timesheet, chunks: [.span(month)])])
            try await fixture.sandbox.fault(kind, at: "/time.api/list", times: -1, more: more)
            let report = try await fixture.sync(plan)
            #expect(report.outcome == .failed, "\(report.error ?? "")")
            #expect(try await fixture.count("wfm.timesheet") == 0)
            #expect(try await !isComplete(month, fixture))
        }
    }

    @Test("An explicit OK and the empty container show that there are none", arguments: ["bare_ok", "empty_container"])
    func proven(kind: String) async throws {
        try await InflowFixture.run { fixture in
            let month = try #require(Window(month: InflowFixture.today.startOfMonth.adding(months: -2)))
            let timesheet = try InflowFixture.entity("timesheet")
            try await fixture.sandbox.fault(kind, at: "/time.api/list", times: -1)
            let report = try await fixture.sync(
                fixture.plan([RunPlan.Part(entity: timesheet, chunks: [.span(month)])]))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            #expect(try await isComplete(month, fixture))
        }
    }

    private func isComplete(_ month: Window, _ fixture: InflowFixture) async throws -> Bool {
        try await fixture.query(
            "select report.is_complete($1, 'timesheet', $2::date, $3::date) as complete",
            [.int64(fixture.connection.id), .text("\(month.from)"), .text("\(month.last)")])[0].bool("complete")
    }
}
