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

/// What costs one call for each record: when its rows may be marked, with what they revive, and who is asked again.
@Suite("Values that are read per record", .database(.warehouse), .timeLimit(.minutes(5)))
struct PerParentProofTests {
    /// A fixture with the lists of these entities loaded, and then the values.
    private func run(
        _ lists: [String], _ kinds: [String], _ body: (InflowFixture) async throws -> Void
    ) async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.scale = 0.03 }) { fixture in
            var fixture = fixture
            fixture.connection.settings.perParentPercent = 100
            fixture.connection.settings.perParentCalls = 1_000_000
            fixture.connection.settings.perParentOldCalls = 1_000_000
            try await ConnectionStore(fixture.warehouse).update(fixture.connection)
            try await read(lists, fixture)
            #expect(try await values(fixture, kinds).outcome == .green)
            try await body(fixture)
        }
    }

    private func read(_ lists: [String], _ fixture: InflowFixture) async throws {
        try await fixture.sync(
            try await fixture.everything(try lists.map { try InflowFixture.entity($0) }, inOne: true))
    }

    @discardableResult
    private func values(_ fixture: InflowFixture, _ kinds: [String]) async throws -> RunReport {
        try await fixture.sync(
            fixture.plan(try kinds.map { RunPlan.Part(entity: try InflowFixture.entity($0), chunks: []) }))
    }

    /// Moves all that was read, and the last change of each job, back by days.
    private func age(_ fixture: InflowFixture, days: Int) async throws {
        for (table, column) in [("inflow.parent_read", "asked_at"), ("wfm.job", "changed_at")] {
            _ = try await fixture.query(
                "update \(table) set \(column) = \(column) - make_interval(days => $1::integer)", [.int(days)])
        }
    }

    private func keys(_ fixture: InflowFixture, _ condition: String) async throws -> [String] {
        try await fixture.query("select uuid as key from wfm.job_cost where \(condition) order by 1").texts("key")
    }

    /// The numbers of jobs that have costs, those with few first.
    private func jobsWithCosts(_ fixture: InflowFixture) async throws -> [String] {
        try await fixture.query(
            "select job_number as key from wfm.job_cost where deleted_at is null group by 1 order by count(*), 1"
        ).texts("key")
    }

    // MARK: brakes

    @Test(
        "10.B7 Valid answers that lack costs of unchanged jobs mark none: a person decides, and Inflow asks once more",
        arguments: ["valid_empty", "half_list"])
    func vanished(kind: String) async throws {
        try await run(["job"], ["job_cost"]) { fixture in
            let before = try await keys(fixture, "deleted_at is null")
            try await age(fixture, days: 200)
            try await fixture.sandbox.fault(kind, at: "/job.api/costs", times: -1)
            let ending = try await fixture.inflow("sync", "acme", "job_cost")
            #expect(ending.code == 2 && ending.error.contains("inflow deletions"), "\(ending)")
            #expect(try await keys(fixture, "deleted_at is null") == before)
            let held = try await fixture.number("select count(*) from inflow.missing where status = 'held'")
            #expect(held >= before.count / 3 && held > 5)
            #expect(try await fixture.inflow("deletions", "acme").output.contains("job_cost"))
            try await fixture.sandbox.control(.post, "faults/clear")
            let approve = try await fixture.inflow("deletions", "acme", "approve")
            #expect(approve.code == 0, "\(approve)")
            #expect(try await keys(fixture, "deleted_at is null") == before, "they were there when Inflow asked again")
            #expect(try await fixture.number("select count(*) from inflow.missing") == 0)
        }
    }

    @Test("10.B7 Of costs that are gone and were held, approved ones are marked and rejected ones stay live")
    func decided() async throws {
        try await run(["job"], ["job_cost"]) { fixture in
            let before = try await keys(fixture, "deleted_at is null")
            for key in before { try await fixture.sandbox.delete("job_cost", key) }
            try await age(fixture, days: 200)
            let report = try await values(fixture, ["job_cost"])
            #expect(report.outcome == .warnings && report.tally.markedDeleted == 0)
            #expect(report.entities.map(\.held).reduce(0, +) == before.count)
            let row = try await fixture.query("select id, key from inflow.missing order by id limit 1")[0]
            let kept = String(try row.text("key").split(separator: "/").last ?? "")
            #expect(try await fixture.inflow("deletions", "acme", "reject", "\(try row.int("id"))").code == 0)
            let approve = try await fixture.inflow("deletions", "acme", "approve")
            #expect(approve.code == 0, "\(approve)")
            #expect(try await keys(fixture, "deleted_at is null") == [kept])
            try await age(fixture, days: 200)
            let again = try await values(fixture, ["job_cost"])
            #expect(again.outcome == .green && again.tally.markedDeleted == 0, "what a person keeps is not asked about")
            #expect(try await keys(fixture, "deleted_at is null") == [kept])
        }
    }

    @Test(
        "10.B7 Jobs that changed and lose all costs: five are marked in the same run, more are held",
        arguments: [5, 6])
    func emptied(count: Int) async throws {
        try await run(["job"], ["job_cost"]) { fixture in
            let jobs = Array(try await jobsWithCosts(fixture).prefix(count))
            try #require(jobs.count == count)
            let list = jobs.map { "'\($0)'" }.joined(separator: ", ")
            let gone = try await keys(fixture, "job_number in (\(list))")
            for key in gone { try await fixture.sandbox.delete("job_cost", key) }
            for job in jobs { try await fixture.sandbox.edit("job", job, "Description", "Edited") }
            try await read(["job"], fixture)
            let report = try await values(fixture, ["job_cost"])
            let marked = try await keys(fixture, "deleted_at is not null")
            if count > 5 {
                #expect(report.outcome == .warnings && marked.isEmpty)
                #expect(
                    try await fixture.number("select count(*) from inflow.missing where status = 'held'") == gone.count)
            } else {
                #expect(report.outcome == .green && marked == gone && report.tally.markedDeleted == gone.count)
                #expect(try await fixture.number("select count(*) from inflow.missing") == 0)
            }
        }
    }

    @Test(
        "10.B7 Few costs of changed jobs are held where the run, or the week, would mark more than it may",
        arguments: ["run", "week"])
    func tooManyInAll(span: String) async throws {
        try await run(["job"], ["job_cost"]) { fixture in
            var fixture = fixture
            let jobs = Array(try await jobsWithCosts(fixture).prefix(2))
            try #require(jobs.count == 2)
            let list = jobs.map { "'\($0)'" }.joined(separator: ", ")
            let gone = try await keys(fixture, "job_number in (\(list))")
            let first = try await keys(fixture, "job_number = '\(jobs[0])'")
            if span == "run" {
                fixture.connection.settings.brakeRunRows = gone.count - 1
            } else {
                fixture.connection.settings.brakeWeekRows = gone.count - 1
                try await lose(jobs[0], fixture)
                #expect(try await values(fixture, ["job_cost"]).outcome == .green)
                #expect(try await keys(fixture, "deleted_at is not null") == first)
            }
            for job in span == "run" ? jobs : [jobs[1]] { try await lose(job, fixture) }
            #expect(try await values(fixture, ["job_cost"]).outcome == .warnings)
            #expect(try await keys(fixture, "deleted_at is not null") == (span == "run" ? [] : first))
            #expect(
                try await fixture.number("select count(*) from inflow.missing where status = 'held'")
                    == (span == "run" ? gone.count : gone.count - first.count))
        }
    }

    /// Deletes all costs of a job, changes the job and reads it.
    private func lose(_ job: String, _ fixture: InflowFixture) async throws {
        for key in try await keys(fixture, "job_number = '\(job)'") {
            try await fixture.sandbox.delete("job_cost", key)
        }
        try await fixture.sandbox.edit("job", job, "Description", "Edited")
        try await read(["job"], fixture)
    }

    // MARK: with the record

    @Test("10.B9 Costs and values of a deleted job are marked with it, and live again with it")
    func withTheRecord() async throws {
        let kinds = ["job_cost", "job_custom_field", "job_task_custom_field", "job_cost_custom_field"]
        try await run(["job", "custom_field"], kinds) { fixture in
            let job = try #require(try await jobsWithCosts(fixture).last)
            let uuid = try await fixture.query("select uuid from wfm.job where number = $1", [.text(job)])[0].text(
                "uuid")
            // One that was taken out before does not come back with the job.
            let cleared = try #require(try await keys(fixture, "job_number = '\(job)'").first)
            try await fixture.sandbox.delete("job_cost", cleared)
            try await fixture.sandbox.edit("job", job, "Description", "Edited")
            try await read(["job"], fixture)
            try await values(fixture, kinds)
            let tables = [
                "wfm.job_cost where job_number = '\(job)'", "wfm.job_custom_field where job_number = '\(job)'",
                "wfm.job_task_custom_field where job_task_uuid in (select uuid from wfm.job_task where job_uuid = '\(uuid)')",
                "wfm.job_cost_custom_field where job_cost_uuid in (select uuid from wfm.job_cost where job_number = '\(job)')",
            ]
            func living() async throws -> [Int] {
                var counts: [Int] = []
                for table in tables { counts.append(try await fixture.count("\(table) and deleted_at is null")) }
                return counts
            }
            let before = try await living()
            #expect(before[0] > 0 && before[1...].reduce(0, +) > 0)
            let others = try await fixture.count("wfm.job_cost where job_number <> '\(job)' and deleted_at is null")
            try await fixture.sandbox.delete("job", uuid)
            try await read(["job"], fixture)
            #expect(try await fixture.count("wfm.job where number = '\(job)' and deleted_at is not null") == 1)
            #expect(try await living() == [0, 0, 0, 0])
            #expect(
                try await fixture.count(
                    "wfm.job_cost c join wfm.job j on j.number = c.job_number and j.deleted_at = c.deleted_at")
                    == before[0],
                "marked in the transaction that marked the job")
            #expect(
                try await fixture.count(
                    "inflow.history where change = 'marked_deleted' and entity = 'job_cost' and key like '\(job)/%'")
                    == before[0] + 1)
            try await fixture.sandbox.delete("job", uuid, false)
            try await read(["job"], fixture)
            #expect(try await living() == before)
            #expect(try await keys(fixture, "deleted_at is not null") == [cleared])
            #expect(
                try await fixture.count("wfm.job_cost where job_number <> '\(job)' and deleted_at is null") == others)
        }
    }

    @Test("10.B9 Values of a client's contacts are marked with the client when a person approves its deletion")
    func withTheClient() async throws {
        try await run(["client", "custom_field"], ["client_custom_field", "contact_custom_field"]) { fixture in
            let clients = try await fixture.query(
                """
                select c.client_uuid as key from wfm.client_contact c
                join wfm.contact_custom_field v on v.contact_uuid = c.uuid
                group by 1 order by 1
                """
            ).texts("key")
            let gone = Array(clients.prefix(8))
            try #require(gone.count > 5)
            for key in gone { try await fixture.sandbox.delete("client", key) }
            #expect(try await fixture.sync(try fixture.lists("client")).outcome == .warnings)
            #expect(try await fixture.count("wfm.contact_custom_field where deleted_at is not null") == 0)
            let approve = try await fixture.inflow("deletions", "acme", "approve")
            #expect(approve.code == 0, "\(approve)")
            try #require(try await fixture.count("wfm.client where deleted_at is not null") == gone.count)
            let left = """
                wfm.contact_custom_field v
                join wfm.client_contact k on k.uuid = v.contact_uuid
                join wfm.client c on c.uuid = k.client_uuid
                where c.deleted_at is distinct from v.deleted_at
                """
            #expect(try await fixture.count(left) == 0)
            #expect(try await fixture.count("wfm.contact_custom_field where deleted_at is not null") > 5)
        }
    }

    @Test("10.B9 Costs that an earlier version left live under a deleted job are marked by the next run")
    func leftBehind() async throws {
        try await run(["job"], ["job_cost"]) { fixture in
            let job = try #require(try await jobsWithCosts(fixture).last)
            _ = try await fixture.query(
                "update wfm.job set deleted_at = now() - interval '5 days' where number = $1", [.text(job)])
            let costs = try await fixture.count("wfm.job_cost where job_number = '\(job)'")
            let report = try await values(fixture, ["job_cost"])
            #expect(report.outcome == .green && report.tally.markedDeleted == costs)
            #expect(
                try await fixture.count(
                    "wfm.job_cost c join wfm.job j on j.number = c.job_number and j.deleted_at = c.deleted_at") == costs
            )
            // So they live again with it, too.
            try await read(["job"], fixture)
            #expect(try await keys(fixture, "deleted_at is not null").isEmpty)
        }
    }

    // MARK: asked again

    @Test("10.B10 A job that the platform did not know is asked again after one day, two, four … and thirty")
    func askedAgain() async throws {
        try await run(["job"], ["job_cost"]) { fixture in
            let job = try #require(try await jobsWithCosts(fixture).last)
            let uuid = try await fixture.query("select uuid from wfm.job where number = $1", [.text(job)])[0].text(
                "uuid")
            try await fixture.sandbox.delete("job", uuid)
            try await age(fixture, days: 200)
            // All others have had their turn.
            _ = try await fixture.query(
                """
                update inflow.parent_read set asked_at = case when parent_key = $1 then asked_at else now() end
                """, [.text(job)])
            #expect(try await values(fixture, ["job_cost"]).traffic.calls == 1)
            func wait(hours: Int) async throws {
                _ = try await fixture.query(
                    "update inflow.parent_read set asked_at = asked_at - make_interval(hours => $2::integer) "
                        + "where parent_key = $1", [.text(job), .int(hours)])
            }
            for days in [1, 2, 4, 8, 16, 30] {
                try await wait(hours: days * 24 - 1)
                #expect(try await values(fixture, ["job_cost"]).traffic.calls == 0, "before \(days) days are over")
                try await wait(hours: 2)
                if days == 30 { try await fixture.sandbox.delete("job", uuid, false) }
                #expect(try await values(fixture, ["job_cost"]).traffic.calls == 1, "after \(days) days")
                if days == 30 { break }
            }
            #expect(
                try await fixture.count("inflow.parent_read where parent_key = '\(job)' and status = 'read'") == 1)
            #expect(try await keys(fixture, "deleted_at is not null").isEmpty)
        }
    }
}
