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

    @Test(
        "10.C11 An explicit OK and the empty container show that there are none; the first load of nothing is a warning",
        arguments: ["bare_ok", "empty_container"])
    func proven(kind: String) async throws {
        try await InflowFixture.run { fixture in
            let month = try #require(Window(month: InflowFixture.today.startOfMonth.adding(months: -2)))
            let timesheet = try InflowFixture.entity("timesheet")
            try await fixture.sandbox.fault(kind, at: "/time.api/list", times: -1)
            let plan = fixture.plan([RunPlan.Part(entity: timesheet, chunks: [.span(month)])])
            let first = try await fixture.sync(plan)
            #expect(first.outcome == .warnings, "\(first.error ?? "")")
            #expect(first.entities[0].warnings.map { $0.hasPrefix("the first load brought no record") } == [true])
            #expect(try await isComplete(month, fixture))
            let second = try await fixture.sync(plan)
            #expect(second.outcome == .green, "\(second.error ?? "")")
        }
    }

    @Test("10.C13 What may be records where none is read counts, opens the month and lets no row go missing")
    func outside() async throws {
        try await InflowFixture.run { fixture in
            let month = try #require(Window(month: InflowFixture.today.startOfMonth.adding(months: -2)))
            let timesheet = try InflowFixture.entity("timesheet")
            let plan = fixture.plan([RunPlan.Part(entity: timesheet, chunks: [.span(month)])])
            #expect(try await fixture.sync(plan).outcome == .green)
            #expect(try await isComplete(month, fixture))
            let held = try await fixture.count("wfm.timesheet where deleted_at is null")
            // One of the rows where it belongs, and two under other names.
            let row = try #require(try await fixture.sandbox.rows("timesheet", in: month).first)
            let fields = row.fields.filter { !$0.key.contains("/") }.map { "<\($0.key)>\($0.value)</\($0.key)>" }
                .joined()
            let body =
                "<Response><Status>OK</Status><Times><Time>\(fields)</Time><Entry><ID>1</ID></Entry></Times>"
                + "<ArchivedTimes><Time><ID>2</ID></Time></ArchivedTimes></Response>"
            try await fixture.sandbox.fault("answer", at: "/time.api/list", more: "\"body\":\"\(body)\"")
            let report = try await fixture.sync(plan)
            #expect(report.outcome == .warnings, "\(report.error ?? "")")
            #expect(report.tally.outside == 2 && report.tally.pulled == 3 && report.tally.closes)
            let counts = try await fixture.query(
                "select pulled, outside from inflow.run where id = $1", [.int64(report.run)])
            #expect(InflowFixture.rows(counts) == ["3 | 2"])
            #expect(try await !isComplete(month, fixture))
            #expect(try await fixture.count("inflow.missing") == 0)
            #expect(try await fixture.count("wfm.timesheet where deleted_at is null") == held)
            #expect(try await fixture.sync(plan).outcome == .green)
            #expect(try await isComplete(month, fixture))
        }
    }

    private func isComplete(_ month: Window, _ fixture: InflowFixture) async throws -> Bool {
        try await fixture.query(
            "select report.is_complete($1, 'timesheet', $2::date, $3::date) as complete",
            [.int64(fixture.connection.id), .text("\(month.from)"), .text("\(month.last)")])[0].bool("complete")
    }
}
