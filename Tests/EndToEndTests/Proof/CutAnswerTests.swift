import Foundation
import Inflow
import Postgres
import Sandbox
import Sync
import TestSupport
import Testing
import WorkflowMax

@Suite("10.C12 Answers that the platform has cut without a word", .database(.warehouse))
struct CutAnswerTests {
    /// The first day that a backfill of these tests reads: a year before this month.
    private var first: LocalDate { InflowFixture.today.startOfMonth.adding(months: -12) }

    /// Entries of each of the twelve months before this one.
    private func entries(_ fixture: InflowFixture) async throws -> [Int] {
        var counts: [Int] = []
        for back in 0..<12 {
            let month = try #require(Window(month: first.adding(months: back)))
            counts.append(try await fixture.sandbox.truth("timesheet", in: month).keys.count)
        }
        return counts
    }

    private func backfill(_ fixture: InflowFixture) async throws -> InflowProcess.Ending {
        try await fixture.inflow(
            "backfill", "acme", "timesheet", "--from", first.description, "--to",
            InflowFixture.today.startOfMonth.adding(days: -1).description)
    }

    private func comparisons(_ fixture: InflowFixture) async throws -> Int {
        // Months that lie in a longer span of the same run.
        try await fixture.number(
            """
            select count(*) from inflow.chunk c
            where entity = 'timesheet' and exists (
                select from inflow.chunk o
                where o.run_id = c.run_id and o.entity = c.entity and o.span_from <= c.span_from
                    and o.span_until >= c.span_until and o.chunk <> c.chunk)
            """)
    }

    private func cut(_ fixture: InflowFixture, isSpread: Bool) async throws {
        let counts = try await entries(fixture)
        let most = try #require(counts.max())
        try #require(counts.reduce(0, +) > most, "a year holds more than its fullest month")
        try await fixture.sandbox.fault(
            "cut_list", at: "/time.api/list", times: -1, more: "\"most\":\(most),\"spread\":\(isSpread)")
    }

    /// Months of time entries that are called complete, and those of them whose rows are not the platform's.
    private func complete(_ fixture: InflowFixture) async throws -> (all: Int, wrong: [String]) {
        var (all, wrong): (Int, [String]) = (0, [])
        for back in 0..<12 {
            let month = try #require(Window(month: first.adding(months: back)))
            let (from, to) = (month.from.description, month.until.adding(days: -1).description)
            let isComplete = InflowFixture.rows(
                try await fixture.query("select report.is_complete('acme', 'timesheet', '\(from)', '\(to)')"))
            guard isComplete == ["t"] else { continue }
            all += 1
            let rows = try await fixture.count(
                "wfm.timesheet where deleted_at is null and worked_on between '\(from)' and '\(to)'")
            if rows != (try await fixture.sandbox.truth("timesheet", in: month).keys.count) { wrong.append(from) }
        }
        return (all, wrong)
    }

    @Test(
        "10.C12 Long answers that lack records, at their end or anywhere, are found: months are read, and the run warns",
        arguments: [false, true])
    func growth(isSpread: Bool) async throws {
        try await InflowFixture.run { fixture in
            try await cut(fixture, isSpread: isSpread)
            let load = try await backfill(fixture)
            #expect(load.code == 2 && load.output.contains("warnings"), "\(load)")
            #expect(load.error.contains("lacked records that those for its months have"), "\(load)")
            let window = try #require(Window(from: first, until: InflowFixture.today.startOfMonth))
            #expect(
                try await fixture.count("wfm.timesheet where deleted_at is null")
                    == fixture.sandbox.truth("timesheet", in: window).keys.count)
            #expect(try await fixture.count("inflow.missing") == 0)
            let size = InflowFixture.rows(try await fixture.query("select size from inflow.span_size"))
            #expect(size == ["1 month"], "what was not found to be whole is not remembered")
        }
    }

    @Test("10.C12 A backfill that is killed after any of its chunks has called no month complete that was cut")
    func killed() async throws {
        try await InflowFixture.run { fixture in
            try await cut(fixture, isSpread: false)
            for pass in 1...8 {
                let dead = try await fixture.start(
                    [
                        "backfill", "acme", "timesheet", "--from", first.description, "--to",
                        InflowFixture.today.startOfMonth.adding(days: -1).description, "--again",
                    ], ["INFLOW_FAILPOINT": "chunk_committed:\(pass)"]
                ).ending()
                #expect(dead.wasKilled, "\(pass): \(dead)")
                let complete = try await complete(fixture)
                #expect(complete.all > 0 && complete.wrong == [], "\(pass)")
            }
            #expect(try await backfill(fixture).code == 2)
            let end = try await complete(fixture)
            #expect(end.all == 12 && end.wrong == [])
        }
    }

    @Test("10.C12 The first span of each size comes after its months; sizes whose answers are whole are remembered")
    func whole() async throws {
        try await InflowFixture.run { fixture in
            let load = try await backfill(fixture)
            #expect(load.code == 0, "\(load)")
            #expect(try await comparisons(fixture) > 0)
            let size = InflowFixture.rows(try await fixture.query("select size from inflow.span_size"))
            #expect(size == ["2 months"] || size == ["3 months"], "\(size)")
        }
    }

    @Test("10.C12 Two months of the same round number of records are warned of; of different numbers they are not")
    func roundNumbers() async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.scale = 0.12 }) { fixture in
            let timesheet = try InflowFixture.entity("timesheet")
            let months = try (2...3).map { back in
                try #require(Window(month: InflowFixture.today.startOfMonth.adding(months: -back)))
            }
            let plan = fixture.plan([RunPlan.Part(entity: timesheet, chunks: months.map { .span($0) })])
            for month in months {
                try #require(try await fixture.sandbox.truth("timesheet", in: month).keys.count > 100)
            }
            #expect(try await fixture.sync(plan).outcome == .green)
            try await fixture.sandbox.fault("cut_list", at: "/time.api/list", times: -1, more: "\"most\":100")
            let cut = try await fixture.sync(plan)
            #expect(cut.outcome == .warnings)
            let words = cut.entities[0].warnings.joined()
            #expect(words.contains("several answers hold exactly 100 records"), "\(words)")
        }
    }

    @Test("10.C12 Where another answer of the run holds more, the same round number is no warning")
    func longerAnswer() async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.scale = 0.12 }) { fixture in
            let timesheet = try InflowFixture.entity("timesheet")
            let months = try (2...4).map { back in
                try #require(Window(month: InflowFixture.today.startOfMonth.adding(months: -back)))
            }
            for month in months {
                try #require(try await fixture.sandbox.truth("timesheet", in: month).keys.count > 100)
            }
            try await fixture.sandbox.fault("cut_list", at: "/time.api/list", times: 2, more: "\"most\":100")
            let plan = fixture.plan([RunPlan.Part(entity: timesheet, chunks: months.map { .span($0) })])
            let words = try await fixture.sync(plan).entities[0].warnings.joined()
            #expect(!words.contains("several answers"), "\(words)")
            let alike = "select count(*) from inflow.chunk where entity = 'timesheet' and pulled = 100"
            #expect(try await fixture.number(alike) == 2)
        }
    }
}
