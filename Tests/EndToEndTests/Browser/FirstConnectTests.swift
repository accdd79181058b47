import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("The page in a browser: the first connection", .database(.warehouse), .timeLimit(.minutes(10)))
struct FirstConnectTests {
    @Test("From an empty warehouse: the link, a new connection, the consent page, the checklist, a green Sync All")
    func journey() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            let server = try await fixture.page()
            try await WebDriver.run { browser in
                try await browser.open(server.link)
                try await browser.sees("There is no connection yet")
                try await browser.press("a", "New connection")
                try await browser.type("acme & <sons>", into: "#name")
                try await browser.type(fixture.sandbox.configuration.clientID, into: "#client_id")
                try await browser.type(fixture.sandbox.configuration.clientSecret, into: "#client_secret")
                // Typing opens the list of zones, whose first click only closes it.
                try await browser.pick(InflowFixture.zone.identifier, in: "#time_zone")
                try await browser.press("summary", "Other addresses")
                try await browser.type(fixture.sandbox.address, into: "#api_url")
                try await browser.type("\(fixture.sandbox.address)/oauth/token", into: "#token_url")
                try await browser.type("\(fixture.sandbox.address)/oauth/authorize", into: "#authorise_url")
                try await browser.press("button", "Add")
                try await browser.sees("A person who may give other programs access")
                try await browser.press("a", "Go to WorkflowMax")
                try await browser.press("button", "Approve")
                if try await browser.location().contains("callback") {
                    try await browser.press("input[type=radio]")
                    try await browser.press("button", "Read this organisation")
                }
                try await browser.sees("The connection is authorised")
                try await browser.sees("✓ Authorise", in: ".steps")
                // The sandbox answers at any speed; by the platform's 60 calls a minute two runs take two minutes.
                _ = try await fixture.query("update inflow.connection set calls_per_minute = 0")
                try await browser.press(".steps button", "Read the lists")
                try await browser.sees("Green", in: "#live")
                try await browser.reload()
                try await browser.sees("✓ Seed the reference tables", in: ".steps")
                try await browser.press(".steps button", "Sync All")
                // Values may be read in between, in a run of their own.
                try await browser.sees(": Sync All", in: "#live")
                try await browser.sees("Green", in: "#live")
                try await browser.reload()
                try await browser.sees("✓ Sync All", in: ".steps")
                // The counts are those of the tables.
                let clients = try await fixture.count("wfm.client")
                #expect(clients > 0)
                try await browser.sees("Clients\t\(clients)", in: "#counts")
                #expect(try await browser.text(of: "h1") == "acme & <sons>")
            }
            // The daemon reads values in the background meanwhile, which is no press.
            let rows = InflowFixture.rows(
                try await fixture.query("select trigger, status from inflow.run where trigger <> 'values' order by id"))
            #expect(rows == ["targeted | green", "manual | green"])
            let audit = InflowFixture.rows(
                try await fixture.query("select action from inflow.audit order by id"))
            #expect(
                audit == ["link_used", "connection_added", "connection_authorised", "run_started", "run_started"])
            server.daemon.interrupt()
            #expect(await server.daemon.ending().code == 0)
        }
    }
}
