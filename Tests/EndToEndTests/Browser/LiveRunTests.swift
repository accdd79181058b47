import Foundation
import Inflow
import Sandbox
import TestSupport
import Testing

@Suite("The page in a browser: runs", .database(.warehouse), .timeLimit(.minutes(10)))
struct LiveRunTests {
    @Test(
        "Two windows watch a Sync All; the process is killed in it and started again, and both see it go on to its end")
    func killed() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.hold("time.api/list")
            let server = try await fixture.page()
            let port = try #require(Int(server.address.split(separator: ":").last ?? ""))
            try await WebDriver.run { browser in
                try await browser.open(server.link)
                try await browser.open("\(server.address)/connections/acme")
                try await browser.press("button", "Sync All")
                try await browser.sees("Running", in: "#live")
                let first = try await browser.window()
                let second = try await browser.newWindow()
                try await browser.show(second)
                try await browser.open("\(server.address)/connections/acme")
                try await browser.sees("Run 1: Sync All", in: "#live")
                try await browser.sees("Clients", in: "#live .bars")
                // What was read before the kill is committed.
                try await eventually("the first lists to be committed") { try await fixture.count("wfm.client") > 0 }
                kill(server.daemon.identifier, SIGKILL)
                _ = await server.daemon.ending()
                try await browser.sees("No contact with Inflow", in: "#live-state")
                try await fixture.sandbox.release()
                let again = try await fixture.page(port: port)
                for window in [second, first] {
                    try await browser.show(window)
                    try await browser.sees("Green", in: "#live")
                    try await browser.seesNothing(in: "#live-state")
                }
                // The session is in the warehouse: the page still works after the restart.
                try await browser.reload()
                try await browser.sees("Record counts")
                again.daemon.interrupt()
                #expect(await again.daemon.ending().code == 0)
            }
            let outcomes = InflowFixture.rows(try await fixture.query("select outcome from inflow.request"))
            #expect(outcomes == ["green"])
        }
    }

    @Test("A backfill is planned, started, paused and continued to its end beside what is read already")
    func backfill() async throws {
        try await InflowFixture.run { fixture in
            let server = try await fixture.page()
            let first = InflowFixture.today.startOfMonth.adding(months: -12)
            try await WebDriver.run { browser in
                try await browser.open(server.link)
                try await browser.open("\(server.address)/connections/acme/backfill")
                try await browser.pick("\(first)", in: "#first")
                try await browser.press("button", "Show the plan")
                try await browser.sees("Chunks", in: "main")
                try await fixture.sandbox.hold("time.api/list")
                try await browser.press("button", "Start this backfill")
                try await browser.sees("Reading", in: "#backfill-state")
                // A pause drops the answer that it waits for.
                try await browser.press("button", "Pause")
                try await browser.sees("Paused", in: "#backfill-state")
                try await fixture.sandbox.release()
                try await browser.press("button", "Continue")
                try await browser.sees("Everything is read", in: "#backfill-state")
            }
            let rows = InflowFixture.rows(
                try await fixture.query("select kind, outcome from inflow.request order by id"))
            #expect(rows == ["backfill | interrupted", "backfill | green"])
            server.daemon.interrupt()
            _ = await server.daemon.ending()
        }
    }
}
