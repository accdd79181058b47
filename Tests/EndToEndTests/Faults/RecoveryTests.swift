import Curl
import Foundation
import Inflow
import Postgres
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

@Suite("Platforms that are ill, and what is done about it", .database(.warehouse), .timeLimit(.minutes(5)))
struct RecoveryTests {
    @Test("With 503s, resets, cut bodies and web pages among the answers one run gets every table right")
    func storm() async throws {
        try await InflowFixture.run { fixture in
            let all = WorkflowMax.entities.filter { entity in
                if case .perParent = entity.window { false } else { true }
            }
            let faults = [("status503", 0.10), ("reset", 0.05), ("cut_body", 0.05), ("html502", 0.03)]
            for (kind, rate) in faults {
                try await fixture.sandbox.fault(kind, at: "/", times: -1, more: #""contains":".api","rate":\#(rate)"#)
            }
            // One worker: the same calls in the same order meet the same faults each time.
            let report = try await fixture.sync(try await fixture.everything(all), workers: 1)
            #expect(report.outcome == .green || report.outcome == .warnings, "\(report.error ?? "")")
            for entity in all { try await fixture.expectTruth(entity) }
            let log = String(decoding: try await fixture.sandbox.control(.get, "log"), as: UTF8.self)
            for (kind, _) in faults { #expect(log.contains("\"\(kind)\""), "no \(kind) happened") }
        }
    }

    @Test("An unreadable record costs its day: a rejection, an incomplete month, and nothing else")
    func unreadableRecord() async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity("timesheet")
            let truth = try await fixture.sandbox.truth("timesheet")
            let key = try await fixture.sandbox.row("timesheet", where: \.isUnbilled).key
            try await fixture.sandbox.fault("broken_record", at: "/time.api", times: -1, more: #""holding":"\#(key)""#)
            let plan = try await fixture.everything([entity])
            let report = try await fixture.sync(plan)
            #expect(report.outcome == .rejections && report.outcome.exitCode == 3, "\(report.error ?? "")")

            let rejection = try await fixture.query("select * from inflow.rejection")
            try #require(rejection.count == 1)
            #expect(try rejection[0]["reason"].string == "unreadable_day" && rejection[0]["status"].string == "open")
            let day = try #require(try rejection[0]["chunk"].string.flatMap { LocalDate($0) })
            let lost = try await fixture.sandbox.truth("timesheet", in: Window(first: day, last: day))
            #expect(lost.keys.contains(key))
            #expect(try await fixture.count("wfm.timesheet") == truth.count - lost.count)
            let incomplete = try await fixture.query(
                "select month from inflow.coverage where verified_at is null and failed_at is not null")
            #expect(try incomplete.compactMap { try $0["month"].string } == [day.startOfMonth.description])
            let list = try await fixture.inflow("rejections", "acme")
            #expect(list.output.contains("cannot be read"), "\(list)")

            let again = try await fixture.sync(plan)
            #expect(again.outcome == .rejections)
            #expect(try await fixture.query("select times_seen from inflow.rejection").compactMap { $0[0].int } == [2])
            #expect(try await fixture.count("inflow.missing") == 0, "absence from what cannot be read proves nothing")
            try await fixture.sandbox.control(.post, "faults/clear")
            #expect(try await fixture.sync(plan).outcome == .green)
            #expect(
                try await fixture.query("select status from inflow.rejection").compactMap { $0[0].string } == ["closed"]
            )
            try await fixture.expectTruth(entity)
        }
    }

    @Test("Five readings in a row that fail for good stop the run: the platform is down")
    func platformDown() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault("status503", at: "/", times: -1, more: #""contains":".api""#)
            let names = ["staff", "task", "supplier", "cost", "job_category", "client_group", "custom_field"]
            let plan = fixture.plan(
                try names.map { RunPlan.Part(entity: try InflowFixture.entity($0), chunks: [.whole]) })
            let report = try await fixture.sync(plan, workers: 1)
            #expect(report.outcome == .failed)
            #expect(
                report.error?.contains("5 readings in a row failed on their last try") == true, "\(report.error ?? "")")
            #expect(
                try await fixture.number("select count(*) from inflow.chunk where status = 'failed' and tries = 6") == 5
            )
            #expect(try await fixture.number("select count(*) from inflow.entity_run where status = 'skipped'") == 2)
        }
    }

    @Test("A run is asked to stop from another process: it ends interrupted and its log says who asked")
    func cancel() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.hold("/task.api")
            let sync = try fixture.start(["sync", "acme", "task"])
            #expect(await sync.error.contains("Run 1: 1 entities."))
            let cancel = try await fixture.inflow("cancel", "acme")
            #expect(cancel.code == 0 && cancel.output.contains("Run 1 of \"acme\" has stopped"), "\(cancel)")
            let ending = await sync.ending()
            #expect(
                ending.code == 130 && ending.error.contains("The run was stopped by \"inflow cancel\""), "\(ending)")
            let run = try await fixture.query("select status, error, cancel_by, cancel_at from inflow.run")[0]
            #expect(try run["status"].string == "interrupted" && !run["cancel_at"].isNull)
            let who = try #require(try run["cancel_by"].string)
            #expect(try run["error"].string?.contains("as \(who) asked") == true)

            let late = try await fixture.inflow("cancel", "1")
            #expect(
                late.code == 1 && late.output.contains("had ended at") && late.output.contains("interrupted"), "\(late)"
            )
            let unknown = try await fixture.inflow("cancel", "99", "--json")
            #expect(unknown.code == 1 && unknown.output.contains("There is no run 99."), "\(unknown)")
            let dead = try await fixture.start(["sync", "acme", "staff"], ["INFLOW_FAILPOINT": "run_begun"]).ending()
            #expect(dead.wasKilled)
            let gone = try await fixture.inflow("cancel", "2")
            #expect(gone.code == 1 && gone.output.contains("is not running any more"), "\(gone)")
        }
    }
}
