import Foundation
import Inflow
import Sync
import TestSupport
import Testing
import Warehouse

@Suite("The page in a browser: held deletions", .database(.warehouse), .timeLimit(.minutes(10)))
struct DeletionsPageTests {
    @Test("Deletions that wait are kept, taken back, and approved: the rows are marked, and only those that are gone")
    func decided() async throws {
        try await InflowFixture.run { fixture in
            var fixture = fixture
            fixture.connection.settings.brakeRunRows = 2
            let month = try #require(Window(month: InflowFixture.today.startOfMonth.adding(months: -1)))
            let timesheet = try InflowFixture.entity("timesheet")
            let plan = fixture.plan([RunPlan.Part(entity: timesheet, chunks: [.span(month)])])
            try await fixture.sync(plan)
            let keys = try await fixture.sandbox.truth("timesheet", in: month).keys
            try #require(keys.count > 3)
            for key in keys.prefix(3) { try await fixture.sandbox.delete("timesheet", key) }
            #expect(try await fixture.sync(plan).entities[0].held == 3)
            let server = try await fixture.page()
            try await WebDriver.run { browser in
                try await browser.open(server.link)
                try await browser.open("\(server.address)/connections/acme/deletions")
                try await browser.sees("Timesheets: 3 missing")
                try await browser.press("summary", "Keep the chosen rows")
                try await browser.press("button", "Keep")
                try await browser.sees("The deletions are rejected")
                try await browser.press("button", "Undo")
                try await browser.sees("That is undone")
                try await browser.sees("Timesheets: 1 missing")
                try await browser.press("summary", "Approve the chosen deletions")
                try await browser.press("button", "Approve")
                try await browser.sees("The deletions are approved")
                try await eventually("the approved row to be marked") {
                    try await fixture.number("select count(*) from wfm.timesheet where deleted_at is not null") == 1
                }
            }
            // The two that are kept stay, although the platform does not have them.
            let statuses = InflowFixture.rows(
                try await fixture.query("select status, count(*) from inflow.missing group by 1 order by 1"))
            #expect(statuses == ["kept | 2"])
            server.daemon.interrupt()
            _ = await server.daemon.ending()
        }
    }
}
