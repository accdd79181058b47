import Inflow
import Postgres
import Sync
import TestSupport
import Testing

@Suite("11.9 and 11.19 Answers in another form than was asked for", .database(.warehouse), .timeLimit(.minutes(5)))
struct EncodedAnswerTests {
    @Test("An answer in two gzip files is read whole")
    func members() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault("gzip_members", at: "/task.api", times: -1)
            let report = try await fixture.sync(try fixture.lists("task"))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            #expect(try await fixture.chunk(report, "task")["tries"].int == 1)
            try await fixture.expectTruth(try InflowFixture.entity("task"))
        }
    }

    @Test("Headers of 300,000 letters fail the list with the limit's number")
    func longHead() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault("long_head", at: "/task.api", times: -1)
            let report = try await fixture.sync(try fixture.lists("task"))
            #expect(report.outcome == .failed && report.outcome.exitCode == 1)
            #expect(report.error?.contains("larger than Inflow takes") == true, "\(report.error ?? "")")
            #expect(report.error?.contains("256 KiB") == true, "\(report.error ?? "")")
        }
    }

    @Test(
        "A day whose answer is no XML at all is a failed reading, and no rejection; one that breaks inside is one",
        arguments: [("raw_gzip", false), ("empty_body", false), ("truncated_xml", true), ("cut_body", true)])
    func day(kind: String, isRejection: Bool) async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity("timesheet")
            try await fixture.sandbox.fault(kind, at: "/time.api", times: -1)
            let window = try #require(Window(first: InflowFixture.today, last: InflowFixture.today))
            let report = try await fixture.sync(
                fixture.plan([RunPlan.Part(entity: entity, chunks: [.span(window)])]))
            #expect(report.outcome == (isRejection ? .rejections : .failed), "\(report.error ?? "")")
            #expect(report.outcome.exitCode == (isRejection ? 3 : 1))
            #expect(try await fixture.count("inflow.rejection") == (isRejection ? 1 : 0))
            let error = try await fixture.chunk(report, "timesheet")["error"].string
            #expect(error?.isEmpty == false)
        }
    }
}
