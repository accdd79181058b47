import Postgres
import Inflow
import Sync
import TestSupport
import Testing

/// Something that goes wrong with the answer to one list, and what is to come of it.
struct BodyFault: Sendable, CustomTestStringConvertible {
    let kind: String
    /// What the run log says of it, where the chunk fails.
    let words: String

    var testDescription: String { kind }

    init(_ kind: String, _ words: String) {
        self.kind = kind
        self.words = words
    }
}

@Suite("Answers that break", .database(.warehouse))
struct BodyFaultTests {
    static let passing = [
        BodyFault("cut_body", "broke off"), BodyFault("html502", "not working (502)"),
        BodyFault("status503", "not working (503)"), BodyFault("truncated_xml", "could not read the answer"),
        BodyFault("empty_body", "could not read the answer"), BodyFault("second_root", "could not read the answer"),
    ]

    @Test("What breaks once is asked for again and ends green", arguments: passing)
    func once(fault: BodyFault) async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault(fault.kind, at: "/task.api")
            let report = try await fixture.sync(try fixture.lists("task", "staff"))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            let chunk = try await fixture.chunk(report, "task")
            #expect(try chunk["status"].string == "loaded" && chunk["tries"].int == 2 && chunk["error"].isNull)
            #expect(try chunk["calls"].int == 2)
            try await fixture.expectTruth(try InflowFixture.entity("task"))
            try await fixture.expectTruth(try InflowFixture.entity("staff"))
        }
    }

    @Test("A connection that breaks off before the answer is made again, by libcurl or by Inflow")
    func reset() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault("reset", at: "/task.api")
            let report = try await fixture.sync(try fixture.lists("task"))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            // libcurl itself makes the call again where it had found the connection open from the call before.
            #expect(try await fixture.sandbox.calls("/task.api/list") == 2)
            try await fixture.expectTruth(try InflowFixture.entity("task"))
        }
    }

    @Test(
        "What breaks every time fails that list with words, and the others are loaded",
        arguments: passing + [BodyFault("reset", "broke off")])
    func always(fault: BodyFault) async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault(fault.kind, at: "/task.api", times: -1)
            let report = try await fixture.sync(try fixture.lists("task", "staff"))
            try await expectOneFailure(report, fault.words, tries: 6, fixture)
        }
    }

    @Test(
        "The platform's own error is asked for once more",
        arguments: [
            BodyFault("error_status", "something unexpected happened"),
            BodyFault("status500", "Something went wrong"),
        ])
    func platformError(fault: BodyFault) async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault(fault.kind, at: "/task.api", times: 2)
            let report = try await fixture.sync(try fixture.lists("task", "staff"))
            try await expectOneFailure(report, fault.words, tries: 2, fixture)
        }
    }

    /// The list of tasks failed and nothing of it is there; staff is.
    private func expectOneFailure(_ report: RunReport, _ words: String, tries: Int, _ fixture: InflowFixture)
        async throws
    {
        #expect(report.outcome == .failed && report.outcome.exitCode == 1)
        #expect(report.error?.contains(words) == true, "\(report.error ?? "")")
        let chunk = try await fixture.chunk(report, "task")
        #expect(try chunk["status"].string == "failed" && chunk["tries"].int == tries && chunk["calls"].int == tries)
        #expect(try chunk["error"].string?.contains(words) == true)
        #expect(try await fixture.count("wfm.task") == 0)
        let parts = try await fixture.query("select entity, status, error from inflow.entity_run order by entity desc")
        #expect(try parts.compactMap { try $0["status"].string } == ["failed", "green"])
        #expect(try parts[0]["error"].string?.contains(words) == true && parts[1]["error"].isNull)
        #expect(try await fixture.query("select error from inflow.run")[0]["error"].string?.contains(words) == true)
        try await fixture.expectTruth(try InflowFixture.entity("staff"))
    }

    @Test(
        "Characters that XML forbids are replaced and counted, and the rest is loaded; what was no text is a warning",
        arguments: [("illegal_characters", 4, 0), ("invalid_utf8", 2, 2)])
    func characters(kind: String, replaced: Int, lost: Int) async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault(kind, at: "/task.api")
            let report = try await fixture.sync(try fixture.lists("task"))
            #expect(report.outcome == (lost > 0 ? .warnings : .green), "\(report.error ?? "")")
            #expect(try await fixture.chunk(report, "task")["replaced_characters"].int == replaced)
            #expect(try await fixture.chunk(report, "task")["lost_characters"].int == lost)
            let note = try await fixture.query("select note from inflow.entity_run")[0]["note"].string
            let more = lost > 0 ? "; \(lost) of them were no text and are lost" : ""
            #expect(note == "\(replaced) illegal character(s) replaced\(more)")
            try await fixture.expectTruth(try InflowFixture.entity("task"))
            #expect(try await fixture.number("select count(*) from wfm.task where name like '%\u{FFFD}%'") == 1)
        }
    }

    @Test("An answer that begins too late is asked for again")
    func slowFirstByte() async throws {
        try await InflowFixture.run { fixture in
            var fixture = fixture
            fixture.connection.settings.firstByteSeconds = 1
            try await fixture.sandbox.fault("slow_first_byte", at: "/task.api", more: #""milliseconds":3000"#)
            let report = try await fixture.sync(try fixture.lists("task"))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            #expect(try await fixture.chunk(report, "task")["tries"].int ?? 0 >= 2)
            try await fixture.expectTruth(try InflowFixture.entity("task"))
        }
    }
}
