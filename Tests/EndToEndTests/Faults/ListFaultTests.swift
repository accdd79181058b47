import Postgres
import Sandbox
@testable import Inflow
import Sync
import TestSupport
import Testing

@Suite("Lists that are whole by their form and wrong by their rows", .database(.warehouse))
struct ListFaultTests {
    @Test("A valid empty list deletes nothing: its rows are held, and the run says so")
    func emptyList() async throws {
        try await InflowFixture.run { fixture in
            let plan = try fixture.lists("task", "staff")
            try await fixture.sync(plan)
            let task = try InflowFixture.entity("task")
            let places = try await fixture.places(of: task)
            try await fixture.sandbox.fault("valid_empty_list", at: "/task.api")
            let report = try await fixture.sync(plan)
            #expect(report.outcome == .warnings)
            #expect(try report.tally(of: task).pulled == 0)
            #expect(try await fixture.places(of: task) == places)
            #expect(try await fixture.number("select count(*) from wfm.task where deleted_at is not null") == 0)
        }
    }

    @Test("Half a list without counters looks like a whole one; it deletes nothing, its absent rows are held")
    func halfUncountedList() async throws {
        try await InflowFixture.run { fixture in
            let plan = try fixture.lists("task")
            try await fixture.sync(plan)
            let task = try InflowFixture.entity("task")
            let (rows, places) = (try await fixture.count(task.table), try await fixture.places(of: task))
            try await fixture.sandbox.fault("half_list", at: "/task.api")
            let report = try await fixture.sync(plan)
            #expect(report.outcome == .warnings)
            #expect(try report.tally(of: task).unchanged == rows / 2)
            #expect(try await fixture.places(of: task) == places)
        }
    }

    @Test("Half a counted list is noticed: once it is asked for again, always it fails", arguments: [1, -1])
    func halfCountedList(times: Int) async throws {
        try await InflowFixture.run { fixture in
            let order = try InflowFixture.entity("purchase_order")
            let plan = try await fixture.everything([order], inOne: true)
            try await fixture.sandbox.fault("half_page", at: "/purchaseorder.api", times: times)
            let report = try await fixture.sync(plan)
            let chunk = try await fixture.chunk(report, order.name)
            if times == 1 {
                #expect(try report.outcome == .green && chunk["tries"].int == 2)
                try await fixture.expectTruth(order)
            } else {
                #expect(try report.outcome == .failed && chunk["tries"].int == 6)
                #expect(try chunk["error"].string?.contains("TotalRecords") == true)
                #expect(try await fixture.count(order.table) == 0)
            }
        }
    }

    @Test("Rows that come twice in one answer are counted as duplicates, and the list is green")
    func duplicates() async throws {
        try await InflowFixture.run { fixture in
            let task = try InflowFixture.entity("task")
            try await fixture.sandbox.fault("duplicate_rows", at: "/task.api")
            let report = try await fixture.sync(try fixture.lists("task"))
            #expect(report.outcome == .green)
            let rows = try await fixture.sandbox.truth("task").count
            let tally = try report.tally(of: task)
            #expect(tally.duplicates == (rows + 9) / 10 && tally.inserted == rows)
            try await fixture.expectTruth(task)
        }
    }

    @Test("Lines of a record that comes twice are there once")
    func duplicatesWithLines() async throws {
        try await InflowFixture.run { fixture in
            let invoice = try InflowFixture.entity("invoice")
            try await fixture.sandbox.fault("duplicate_rows", at: "/invoice.api")
            let report = try await fixture.sync(try await fixture.everything([invoice], inOne: true))
            #expect(report.outcome == .green)
            #expect(try report.tally(of: invoice).duplicates > 0)
            try await fixture.expectTruth(invoice)
        }
    }

    @Test(
        "A page that comes again in place of the next is noticed: once asked for again, always it fails",
        arguments: [1, -1])
    func repeatedPage(times: Int) async throws {
        // More clients than a page holds, which is fewer than Inflow asks for.
        let firm = RunningSandbox.small { ($0.scale, $0.longestPage) = (0.3, 100) }
        try await InflowFixture.run(firm) { fixture in
            let client = try InflowFixture.entity("client")
            try #require(try await fixture.sandbox.truth("client").count > 100)
            try await fixture.sandbox.fault(
                "repeat_page", at: "/client.api", times: times, more: #""contains":"page=2""#)
            let report = try await fixture.sync(try fixture.lists("client"))
            let chunk = try await fixture.chunk(report, "client")
            if times == 1 {
                #expect(try report.outcome == .green && chunk["tries"].int == 2 && chunk["calls"].int == 4)
                try await fixture.expectTruth(client)
            } else {
                #expect(try report.outcome == .failed && chunk["tries"].int == 6)
                #expect(try await fixture.count(client.table) == 0)
            }
        }
    }

    @Test("A list that gives the same page for ever ends at the second, whose rows count as duplicates")
    func endlessList() async throws {
        try await InflowFixture.run { fixture in
            let cost = try InflowFixture.entity("cost")
            try await fixture.sandbox.fault("repeat_page", at: "/cost.api", times: -1)
            let report = try await fixture.sync(try fixture.lists("cost"))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            #expect(try await fixture.chunk(report, "cost")["calls"].int == 2)
            let tally = try report.tally(of: cost)
            #expect(tally.duplicates == tally.inserted && tally.pulled == 2 * tally.inserted)
            try await fixture.expectTruth(cost)
        }
    }

    @Test("A list of open jobs that ignores pages is read whole and once", arguments: [false, true])
    func ignoredPages(ignores: Bool) async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.currentJobsIgnorePages = ignores }) { fixture in
            let job = try InflowFixture.entity("job")
            let sweep = try #require(job.sweeps.first)
            let plan = fixture.plan([RunPlan.Part(entity: job, chunks: [.sweep(sweep)])])
            let report = try await fixture.sync(plan)
            #expect(report.outcome == .green, "\(report.error ?? "")")
            let open = try await fixture.number("select count(*) from wfm.job where completed_on is null")
            let tally = try report.tally(of: job)
            #expect(tally.inserted > 0 && tally.inserted == open && tally.duplicates == 0)
            #expect(try await fixture.chunk(report, "job")["calls"].int == 1)
        }
    }
}
