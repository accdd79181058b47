import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

@Suite("Reports that go out by mail", .database(.warehouse), .timeLimit(.minutes(5)))
struct ReportMailTests {
    private func run(_ body: (InflowFixture, SMTPServer) async throws -> Void) async throws {
        let server = try SMTPServer()
        defer { server.stop() }
        try await InflowFixture.runWithReaders { fixture in
            let ending = try await fixture.inflow(
                "alert", "set", "--all", "--email", "owner@example.org", "--smtp-url",
                "smtp://127.0.0.1:\(server.port)", "--from", "inflow@example.com")
            #expect(ending.code == 0, "\(ending)")
            try await body(fixture, server)
        }
    }

    /// Has a mail due an hour ago each day, as if it had been set up yesterday.
    private func makeDue(_ fixture: InflowFixture, _ report: String, _ further: String...) async throws {
        let time = try #require(
            try await fixture.query("select clock_timestamp() - interval '1 hour' as at").first?.date("at"))
        let minute = String(time.text(in: InflowFixture.zone).suffix(5))
        let ending = try await fixture.start(
            ["report", "send", "acme", "--report", report, "--to", "ann@example.org", "--every", "day", "--at", minute]
                + further
        ).ending()
        #expect(ending.code == 0 && ending.output.contains("inflow report stop acme"), "\(ending)")
        _ = try await fixture.query("update inflow.report_mail set set_at = now() - interval '1 day'")
    }

    private func check(_ fixture: InflowFixture) async throws -> String {
        let ending = try await fixture.inflow("alert", "check", "acme")
        return ending.output + ending.error
    }

    /// The part of a mail after the headers that name a file, without its line ends.
    private func attachment(_ mail: SMTPServer.Mail) throws -> (name: String, bytes: Data) {
        let part = try #require(
            mail.content.components(separatedBy: "Content-Disposition: attachment; filename=\"").last)
        let name = try #require(part.components(separatedBy: "\"").first)
        let body = try #require(
            part.components(separatedBy: "\r\n\r\n").dropFirst().first?.components(separatedBy: "\r\n--").first)
        return (name, try #require(Data(base64Encoded: body.replacing("\r\n", with: ""))))
    }

    @Test(
        "A report goes to its own recipients with the rows that a reader gets, once a day, and says how Sync All went")
    func workbook() async throws {
        try await run { fixture, server in
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            try await makeDue(fixture, "staff_list", "--columns", "staff_name,is_former")
            try #require(try await check(fixture).contains("1 sent, 0 failed"))
            #expect(try await check(fixture).contains("0 sent, 0 failed"))
            var mails = server.mails
            let mail = try #require(await mails.next())
            #expect(
                mail.to == ["ann@example.org"] && mail.header("Subject").contains("staff_list: "),
                "\(mail.header("Subject"))")
            let (name, bytes) = try attachment(mail)
            #expect(name.hasPrefix("staff_list_2") && name.hasSuffix(".xlsx"))
            let path = "\(fixture.folder)/\(name)"
            try bytes.write(to: URL(filePath: path))
            let rows = try #require(try WorkbookReader.sheets(path).first?.rows)
            let staff = try await fixture.number("select count(*) from report.staff_list")
            #expect(rows.count == staff + 1 && rows[0] == ["text staff_name", "text is_former"] && staff > 0)
            let body = InflowFixture.rows(try await fixture.query("select body from inflow.outbox")).first ?? ""
            #expect(body.contains("The last Sync All, run ") && body.contains(": green."), "\(body)")
            #expect(try await fixture.number("select count(*) from inflow.outbox where attachment is not null") == 0)
            let list = try await fixture.inflow("report", "mails", environment: ["COLUMNS": "200"])
            #expect(list.output.contains("ann@example.org") && list.output.contains("staff_list"), "\(list)")
            let number = try await fixture.number("select id from inflow.report_mail")
            #expect(try await fixture.inflow("report", "stop", "acme", "\(number)").code == 0)
            #expect(try await fixture.inflow("report", "stop", "acme", "\(number)").code == 64)
            #expect(try await fixture.inflow("report", "mails").output.contains("No report goes out"))
        }
    }

    @Test("A mail leaves once over a process that dies before it is written and one that dies after it is sent")
    func crashes() async throws {
        try await run { fixture, server in
            try await makeDue(fixture, "connection", "--format", "csv")
            let arguments = ["alert", "check", "acme"]
            let first = try await fixture.start(arguments, ["INFLOW_FAILPOINT": "summary_before_commit"]).ending()
            #expect(first.wasKilled, "\(first)")
            #expect(try await fixture.count("inflow.outbox") == 0)
            let second = try await fixture.start(arguments, ["INFLOW_FAILPOINT": "message_sent"]).ending()
            #expect(second.wasKilled, "\(second)")
            _ = try await fixture.query("update inflow.outbox set leased_until = now() - interval '1 second'")
            try #require(try await check(fixture).contains("1 sent, 0 failed"))
            var mails = server.mails
            let (one, again) = (try #require(await mails.next()), try #require(await mails.next()))
            #expect(one.header("Message-ID") == again.header("Message-ID"))
            let (name, bytes) = try attachment(again)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(name.hasSuffix(".csv") && text.hasPrefix("connection_id,") && text.contains("acme"), "\(text)")
            #expect(try await fixture.number("select count(*) from inflow.outbox") == 1)
        }
    }

    @Test("A report that is gone, or whose condition fails, sends a mail that says why; the list says it too")
    func failed() async throws {
        try await run { fixture, server in
            try await makeDue(fixture, "connection", "--where", "connection_id > 0")
            _ = try await fixture.query(
                "update inflow.report_mail set condition = '1 / (connection_id - connection_id) = 0'")
            try #require(try await check(fixture).contains("1 sent, 0 failed"))
            var mails = server.mails
            let mail = try #require(await mails.next())
            #expect(mail.header("Subject").hasSuffix("it could not be made"))
            #expect(mail.content.contains("division by zero") && !mail.content.contains("attachment;"))
            let list = try await fixture.inflow("report", "mails", "acme", "--json")
            #expect(list.output.contains("division by zero"), "\(list)")
        }
    }

    @Test("It waits for a Sync All that is under way or that the schedule has before it, and no longer than two hours")
    func waits() async throws {
        try await run { fixture, _ in
            try await makeDue(fixture, "connection")
            _ = try await fixture.query(
                """
                insert into inflow.run (connection_id, trigger, scope, status, holder)
                select id, 'manual', '', 'running', 'elsewhere' from inflow.connection
                """)
            let mails = ReportMails(fixture.warehouse, fixture.connection)
            #expect(try await mails.due().isEmpty)
            let later = Instant() + 7_200
            #expect(try await mails.due(at: later).count == 1)
            _ = try await fixture.query("update inflow.run set status = 'failed', finished_at = now()")
            #expect(try await mails.due().first?.syncAll?.outcome == .failed)
            // The schedule has a Sync All an hour ago that has not begun.
            let slot = try #require(
                try await fixture.query("select clock_timestamp() - interval '61 minutes' as at").first?.date("at"))
            _ = try await fixture.query("delete from inflow.run")
            _ = try await fixture.query(
                """
                insert into inflow.schedule (connection_id, is_on, anchor, since)
                select id, true, $1, now() - interval '1 day' from inflow.connection
                on conflict (connection_id) do update
                set is_on = true, anchor = excluded.anchor, since = excluded.since
                """, [.text(Anchor(at: slot, in: InflowFixture.zone).description)])
            #expect(try await mails.due().isEmpty)
            _ = try await fixture.query(
                """
                insert into inflow.run (connection_id, trigger, scope, status, holder, started_at, finished_at)
                select id, 'slot', '', 'green', 'here', now() - interval '30 minutes', now() from inflow.connection
                """)
            #expect(try await mails.due().first?.syncAll?.outcome == .green)
            _ = try await fixture.query("update inflow.connection set paused_at = now()")
            #expect(try await mails.due().isEmpty, "a paused connection sends none")
        }
    }

    @Test("Texts that Excel cannot hold are cut in the workbook, and the mail says so")
    func cut() async throws {
        try await run { fixture, server in
            _ = try await fixture.query(
                """
                create view report.long with (security_invoker = true) as
                select id as connection_id, repeat('a', 40000) as label from inflow.connection
                """)
            _ = try await fixture.query("update inflow_migration.report set checksum = '' where name = '(readers)'")
            #expect(try await fixture.inflow("migrate").code == 0)
            try await makeDue(fixture, "long")
            try #require(try await check(fixture).contains("1 sent, 0 failed"))
            let body = InflowFixture.rows(try await fixture.query("select body from inflow.outbox")).first ?? ""
            #expect(body.contains("1 texts of long are longer than a cell"), "\(body)")
        }
    }

    @Test("A report that cannot be written at all holds no alert back, and the log says why")
    func unwritable() async throws {
        try await run { fixture, server in
            try await makeDue(fixture, "connection")
            _ = try await fixture.query("update inflow.report_mail set rhythm = 'now and then'")
            _ = try await fixture.query(
                "update inflow.connection set needs_consent_at = now(), consent_reason = 'It was taken away.'")
            let said = try await check(fixture)
            try #require(said.contains("1 sent, 0 failed"), "\(said)")
            #expect(said.contains("could not write the mails of reports") && said.contains("now and then"), "\(said)")
            var mails = server.mails
            #expect(await mails.next()?.to == ["owner@example.org"])
        }
    }

    @Test("What cannot work is refused before anything is set up")
    func refused() async throws {
        try await run { fixture, _ in
            let base = ["report", "send", "acme", "--every", "monday"]
            for (arguments, words) in [
                (["--report", "staff_lst", "--to", "a@example.org"], "Did you mean staff_list"),
                (["--report", "staff_list", "--to", "a@example.org", "--columns", "nam"], "There is no column"),
                (["--report", "staff_list", "--to", "a@example.org", "--where", "nothing = 1"], "nothing"),
                (["--report", "staff_list", "--to", "a@example.org", "--from", "last-month"], "has no day"),
                (["--report", "staff_list", "--to", "nobody"], "no mail address"),
                (["--report", "staff_list", "--to", "a@example.org", "--at", "25:00"], "no time to send at"),
            ] {
                let ending = try await fixture.start(base + arguments).ending()
                #expect(ending.code != 0 && ending.error.contains(words), "\(ending)")
            }
            #expect(try await fixture.count("inflow.report_mail") == 0)
            _ = try await fixture.query("delete from inflow.mail_server")
            let ending = try await fixture.start(base + ["--report", "staff_list", "--to", "a@example.org"]).ending()
            #expect(ending.code == 1 && ending.error.contains("has no server"), "\(ending)")
        }
    }
}
