import Foundation
import Postgres
import TestSupport
import Testing
import Warehouse

@testable import Inflow

@Suite("Digests and mails of runs that went well", .database(.warehouse), .timeLimit(.minutes(5)))
struct SummaryTests {
    /// Sets the mail server of all connections.
    private func setMail(_ fixture: InflowFixture, _ server: SMTPServer) async throws {
        let ending = try await fixture.inflow(
            "alert", "set", "--all", "--email", "ann@example.org", "--smtp-url", "smtp://127.0.0.1:\(server.port)",
            "--from",
            "inflow@example.com")
        #expect(ending.code == 0, "\(ending)")
    }

    /// Sets a digest that was due an hour ago, as if it had been set yesterday.
    private func makeDue(_ fixture: InflowFixture) async throws {
        let time = try #require(
            try await fixture.query("select clock_timestamp() - interval '1 hour' as at").first?.date("at"))
        let zone = InflowFixture.zone
        let minute = time.text(in: zone).suffix(5)
        let day = DigestSchedule.Weekday(LocalDate(time, in: zone)).rawValue
        let ending = try await fixture.inflow("alert", "set", "acme", "--digest", "\(day) \(minute)")
        #expect(ending.code == 0, "\(ending)")
        #expect(try await fixture.inflow("alert", "show", "acme").output.contains("\(day) \(minute)"))
        _ = try await fixture.query("update inflow.connection set digest_since = now() - interval '1 day'")
    }

    @Test("A digest leaves late once, over a process that dies before it is written and one that dies after it is sent")
    func crashes() async throws {
        let server = try SMTPServer()
        defer { server.stop() }
        try await InflowFixture.run { fixture in
            try await setMail(fixture, server)
            try await makeDue(fixture)
            let check = ["alert", "check", "acme"]
            let first = try await fixture.start(check, ["INFLOW_FAILPOINT": "summary_before_commit"]).ending()
            #expect(first.wasKilled, "\(first)")
            #expect(try await fixture.count("inflow.summary") == 0)
            #expect(try await fixture.count("inflow.outbox") == 0)
            let second = try await fixture.start(check, ["INFLOW_FAILPOINT": "message_sent"]).ending()
            #expect(second.wasKilled, "\(second)")
            _ = try await fixture.query("update inflow.outbox set leased_until = now() - interval '1 second'")
            #expect(try await fixture.start(check).ending().output.contains("1 sent, 0 failed"))
            #expect(try await fixture.start(check).ending().output.contains("0 sent, 0 failed"))
            var mails = server.mails
            let (one, again) = (try #require(await mails.next()), try #require(await mails.next()))
            #expect(one.header("Message-ID") == again.header("Message-ID") && one.content == again.content)
            #expect(one.to == ["ann@example.org"] && one.header("Subject").contains("the week to"))
            let body = InflowFixture.rows(try await fixture.query("select body from inflow.outbox")).first ?? ""
            #expect(body.contains("Runs: none.") && body.contains("--digest off"), "\(body)")
            #expect(try await fixture.number("select count(*) from inflow.outbox") == 1)
        }
    }

    @Test("Two daemons of one warehouse send one digest, and one mail about each Sync All")
    func twoDaemons() async throws {
        let server = try SMTPServer()
        defer { server.stop() }
        try await InflowFixture.run { fixture in
            try await setMail(fixture, server)
            let success = try await fixture.inflow("alert", "set", "acme", "--success-mail", "always")
            #expect(success.code == 0, "\(success)")
            try await makeDue(fixture)
            _ = try await fixture.makeDue()
            let daemons = try (0..<2).map { _ in try fixture.serve() }
            for daemon in daemons { #expect(await daemon.error.contains("Serving")) }
            try await eventually("both mails") {
                try await fixture.number(
                    "select count(*) from inflow.outbox where sent_at is not null and event in ('digest', 'success')")
                    == 2
            }
            for daemon in daemons { daemon.interrupt() }
            for daemon in daemons { #expect(await daemon.ending().code == 0) }
            let again = try await fixture.inflow("alert", "check")
            #expect(again.output.contains("0 sent, 0 failed"), "\(again)")
            let events = InflowFixture.rows(
                try await fixture.query(
                    "select event, attempts from inflow.outbox where incidents = '{}' order by event"))
            #expect(events == ["digest | 1", "success | 1"])
            let body =
                InflowFixture.rows(
                    try await fixture.query("select body from inflow.outbox where event = 'success'")
                ).first ?? ""
            #expect(body.contains("went well. It ended") && body.contains("amount"), "\(body)")
        }
    }

    @Test("A run whose process dies before its mail is written has one mail, at the next look")
    func diesAfterRun() async throws {
        let server = try SMTPServer()
        defer { server.stop() }
        try await InflowFixture.run { fixture in
            try await setMail(fixture, server)
            _ = try await fixture.inflow("alert", "set", "acme", "--success-mail", "always")
            let sync = try await fixture.start(["sync", "acme"], ["INFLOW_FAILPOINT": "summary_before_commit"]).ending()
            #expect(sync.wasKilled, "\(sync)")
            #expect(try await fixture.count("inflow.outbox") == 0)
            #expect(try await fixture.number("select count(*) from inflow.run where status = 'green'") == 1)
            #expect(try await fixture.inflow("alert", "check", "acme").output.contains("1 sent, 0 failed"))
            #expect(try await fixture.inflow("alert", "check", "acme").output.contains("0 sent, 0 failed"))
            var mails = server.mails
            #expect(await mails.next()?.header("Subject").contains("the sync went well,") == true)
            #expect(try await fixture.number("select count(*) from inflow.outbox") == 1)
        }
    }

    @Test("A sync without a daemon sends its own mail; one that changed nothing sends none where only changes count")
    func bySync() async throws {
        let server = try SMTPServer()
        defer { server.stop() }
        try await InflowFixture.run { fixture in
            try await setMail(fixture, server)
            _ = try await fixture.inflow("alert", "set", "acme", "--success-mail", "only-when-changed")
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            var mails = server.mails
            let mail = try #require(await mails.next())
            #expect(mail.header("Subject").contains("the sync went well,"), "\(mail.header("Subject"))")
            #expect(try await fixture.number("select count(*) from inflow.outbox") == 1)
            #expect(try await fixture.number("select count(*) from inflow.summary") == 2)
        }
    }
}
