import Foundation
import Inflow
import Testing

@testable import ConnectionPage

@Suite("A run as the page shows it")
struct LiveRunViewTests {
    private let at = Date(timeIntervalSince1970: 1_800_000_000)

    private func html(_ live: LiveRun, mayCancel: Bool = true) throws -> String {
        let view = LiveRunView(live, name: "acme", zone: .gmt, mayCancel: mayCancel)
        return try Pages(version: "test").part("live-run", view, formToken: "token")
    }

    @Test("A request that nothing was left of is told in words, beside an earlier run or none, and never as green")
    func unread() throws {
        var live = LiveRun()
        live.unread = .init(
            asked: "rejected <records>, once more", why: "Nothing was left.", at: at, isFault: false)
        let alone = try html(live)
        #expect(alone.contains("No run began for rejected &lt;records&gt;, once more"), "\(alone)")
        #expect(alone.contains("ended at 2027-01-15 08:00 UTC. Nothing was left.") && alone.contains("\"notice\""))
        #expect(!alone.contains("Green") && !alone.contains("chip good"))
        (live.run, live.status) = (7, .ended(.warnings))
        let beside = try html(live)
        #expect(beside.contains("No run began for") && beside.contains("Run 7") && !beside.contains("Green"))
        live.unread = .init(asked: "Sync All", why: "Consent is needed.", at: at, isFault: true)
        #expect(try html(live).contains("<p class=\"problem\">No run began for Sync All"))
    }

    @Test("A run that died, that waits and that ended are told apart, and only one that goes on can be stopped")
    func states() throws {
        var live = LiveRun()
        #expect(try html(live).contains("Nothing has been read yet."))
        live.queued = 2
        #expect(try html(live).contains("2 requests wait in the queue."))
        (live.run, live.trigger, live.status, live.waiting) = (7, .manual, .running, "Waits for the minute.")
        let running = try html(live)
        #expect(running.contains("Stop this run") && running.contains("Waits for the minute."))
        #expect(!(try html(live, mayCancel: false).contains("Stop this run")))
        live.isDead = true
        let dead = try html(live)
        #expect(dead.contains("Died: its process ended") && dead.contains("chip bad"))
        #expect(!dead.contains("Stop this run") && !dead.contains("Waits for the minute.") && !dead.contains("Running"))
        (live.isDead, live.status, live.error) = (false, .ended(.failed), "It <failed>.")
        let failed = try html(live)
        #expect(failed.contains("It &lt;failed&gt;.") && failed.contains("Failed") && !failed.contains("Stop this run"))
        #expect(!failed.contains("Waits for the minute."))
    }
}
