import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

@Suite("What moves the daily time, and what does not", .database(.warehouse), .timeLimit(.minutes(5)))
struct ScheduleMoveTests {
    private func anchors(_ fixture: InflowFixture) async throws -> [String] {
        InflowFixture.rows(try await fixture.query("select split_part(anchor, ' ', 1) from inflow.schedule"))
    }

    @Test("Without a consent a Sync All is one line and exit code 5: no run, no schedule", arguments: [true, false])
    func consentless(_ wasAuthorised: Bool) async throws {
        try await InflowFixture.run { fixture in
            _ = try await fixture.query(
                wasAuthorised
                    ? "update inflow.connection set needs_consent_at = now(), consent_reason = 'It was revoked.'"
                    : "delete from inflow.token")
            let sync = try await fixture.inflow("sync", "acme")
            #expect(sync.code == 5 && sync.output.isEmpty && sync.errorLines.count == 1, "\(sync)")
            #expect(try await fixture.count("inflow.run") == 0)
            #expect(try await fixture.count("inflow.schedule") == 0)
        }
    }

    @Test("Under serve a request that lacks the consent ends so, and its command with 5")
    func consentUnderServe() async throws {
        try await InflowFixture.run { fixture in
            let asked = SyncRequest(.targeted(entities: ["staff"], first: nil, last: nil), askedAt: Date())
            _ = try await RunQueue(fixture.warehouse).ask(asked, of: fixture.connection)
            _ = try await fixture.query("update inflow.connection set needs_consent_at = now()")
            let daemon = try fixture.serve()
            #expect(await daemon.error.contains("run refused before it read anything"))
            try await eventually("the request to end") {
                try await fixture.number("select count(*) from inflow.request where outcome = 'consent'") == 1
            }
            daemon.interrupt()
            #expect(await daemon.ending().code == 0)
            #expect(try await fixture.count("inflow.run") == 0)
        }
    }

    @Test("A Sync All says how it moved the time; a pinned time stays, and one that read nothing puts it back")
    func moves() async throws {
        try await InflowFixture.run { fixture in
            #expect(try await fixture.inflow("schedule", "acme", "--at", "03:04").code == 0)
            _ = try await fixture.inflow("connection", "set", "acme", "account-id=another")
            let refused = try await fixture.inflow("sync", "acme")
            #expect(refused.code != 0 && !refused.error.contains("puts it back"), "\(refused)")
            #expect(try await anchors(fixture) == ["03:04"])
            let account = fixture.connection.settings.accountID
            _ = try await fixture.inflow("connection", "set", "acme", "account-id=\(account)")
            let set = try await fixture.inflow("schedule", "acme", "--pin")
            #expect(set.code == 0 && set.output.contains("pinned"), "\(set)")
            let pinned = try await fixture.inflow("sync", "acme")
            #expect(pinned.code == 0 && !pinned.error.contains("puts it back"), "\(pinned)")
            #expect(try await anchors(fixture) == ["03:04"])
        }
    }

    @Test("The sentence at the end of a Sync All, the call of the ping-url, and the schedule after it")
    func sentence() async throws {
        try await InflowFixture.run { fixture in
            let listener = try WebhookListener()
            defer { listener.stop() }
            let plain = try await fixture.inflow("connection", "set", "acme", "ping-url=http://example.org/x")
            #expect(plain.code == 64 && !plain.error.contains("example.org"), "\(plain)")
            let set = try await fixture.inflow("connection", "set", "acme", "ping-url=\(listener.url)")
            #expect(set.code == 0, "\(set)")
            #expect(try await fixture.inflow("schedule", "acme", "--at", "03:04").code == 0)
            #expect(try await fixture.inflow("sync", "acme", "staff").code == 0)
            #expect(listener.posts.isEmpty)
            let sync = try await fixture.inflow("sync", "acme")
            let time = try #require(try await anchors(fixture).first)
            #expect(time != "03:04")
            #expect(
                sync.error.contains(
                    "Next run tomorrow \(time) (was 03:04; \"inflow schedule acme --at 03:04\" puts it back)."),
                "\(sync)")
            #expect(listener.posts.count == 1)
        }
    }

    @Test("When nothing serves and a slot went by, status and doctor say so")
    func missed() async throws {
        try await InflowFixture.run { fixture in
            _ = try await fixture.makeDue()
            let status = try await fixture.inflow("status", "acme")
            #expect(status.code == 0 && status.output.contains("nothing serves"), "\(status)")
            #expect(status.output.contains("missed today") || status.output.contains("missed 20"), "\(status)")
            let doctor = try await fixture.inflow("doctor")
            #expect(doctor.code == 1 && doctor.output.contains("\"acme\" missed its run of"), "\(doctor)")
        }
    }

    @Test("A sync that waits for a daemon that dies runs by itself")
    func standsIn() async throws {
        try await InflowFixture.run { fixture in
            let daemon = try fixture.serve(["INFLOW_FAILPOINT": "request_taken"])
            #expect(await daemon.error.contains("Serving"))
            let sync = try await fixture.inflow("sync", "acme", "staff", environment: ["INFLOW_WORKER_PATIENCE": "3"])
            #expect(await daemon.ending().wasKilled)
            #expect(sync.code == 0 && sync.output.contains("green"), "\(sync)")
            #expect(sync.error.contains("No daemon serves any more."), "\(sync)")
            #expect(try await fixture.count("wfm.staff") > 0)
            #expect(
                InflowFixture.rows(try await fixture.query("select status, outcome, deaths from inflow.request"))
                    == ["done | green | 1"])
            #expect(
                try await fixture.number(
                    "select count(*) from inflow.worker where heartbeat_at > now() - interval '2 seconds'") == 0)
        }
    }
}
