import Alerts
import Crypto
import Curl
import Foundation
import Inflow
import TestSupport
import Testing
import Warehouse

@Suite("Sending alerts", .database(.warehouse), .timeLimit(.minutes(5)))
struct AlertSenderTests {
    private func webhook(_ listener: WebhookListener) -> AlertChannel {
        AlertChannel(.webhook, url: listener.url)
    }

    private func mail(_ server: SMTPServer, to recipients: String...) -> AlertChannel {
        var mail = AlertChannel(.email, url: "smtp://localhost:\(server.port)")
        (mail.recipients, mail.sender) = (recipients, "inflow@example.com")
        return mail
    }

    @Test("A webhook is sent once, signed with the channel's key at the time it is sent")
    func webhookIsSigned() async throws {
        let listener = try WebhookListener()
        defer { listener.stop() }
        try await AlertsFixture.run([(webhook(listener), "hook-s3cret")]) { (fixture) async throws in
            #expect(try await fixture.deliver().sent == 1)
            #expect(try await fixture.deliver() == AlertSender.Round(), "it is not sent again")
            let post = try #require(listener.posts.first)
            #expect(listener.posts.count == 1)
            // The receiver's side of the signature, written without the sender's code.
            let signed = "1800000000.".utf8 + post.body
            let code = HMAC<SHA256>.authenticationCode(
                for: Data(signed), using: SymmetricKey(data: Data("hook-s3cret".utf8)))
            let hex = code.map { String(format: "%02x", $0) }.joined()
            #expect(post.headers["inflow-signature"] == "t=1800000000,v1=\(hex)")
            let document = try #require(try JSONSerialization.jsonObject(with: Data(post.body)) as? [String: Any])
            #expect(document["event"] as? String == "opened")
            #expect(document["delivery"] as? String == post.headers["inflow-delivery"])
            #expect(try await fixture.outbox() == ["webhook sent"])
        }
    }

    @Test(
        "A receiver that is busy is tried again with the same delivery; one that refuses is given up",
        arguments: [
            (500, "waiting"), (503, "waiting"), (408, "waiting"), (429, "waiting"), (400, "given up"),
            (404, "given up"), (410, "given up"),
        ])
    func statuses(status: Int, becomes: String) async throws {
        let listener = try WebhookListener(statuses: [status])
        defer { listener.stop() }
        try await AlertsFixture.run([(webhook(listener), "k")]) { (fixture) async throws in
            let round = try await fixture.deliver()
            #expect(round.sent == 0 && round.failed == 1)
            #expect(try await fixture.outbox() == ["webhook \(becomes)"])
            let error = try await fixture.column("select last_error from inflow.outbox")
            #expect(error == ["The receiver answered with status \(status)."])
            guard becomes == "waiting" else { return }
            #expect(try await fixture.deliver() == AlertSender.Round(), "not before its time")
            try await fixture.makeDue()
            #expect(try await fixture.deliver().sent == 1)
            let deliveries = Set(listener.posts.map { $0.headers["inflow-delivery"] })
            #expect(listener.posts.count == 2 && deliveries.count == 1)
        }
    }

    @Test("A mail goes to all recipients with its subject; refused recipients are noted and do not keep the others")
    func mailWithRefusal() async throws {
        let server = try SMTPServer()
        defer { server.stop() }
        try await AlertsFixture.run([(mail(server, to: "ann@example.org", "nobody@example.org"), nil)]) {
            (fixture) async throws in
            #expect(try await fixture.deliver().sent == 1)
            var mails = server.mails
            let mail = try #require(await mails.next())
            #expect(mail.to == ["ann@example.org"] && mail.from == "inflow@example.com")
            #expect(mail.header("Subject") == "Inflow, acme: the sync failed")
            let remark = try await fixture.column("select last_error from inflow.outbox").first
            #expect(remark?.contains("550") == true, "\(remark ?? "no remark")")
        }
    }

    @Test(
        "A mail server that defers is tried again; one that refuses for good is given up",
        arguments: [("451 4.3.0 Try later", "waiting"), ("554 5.7.1 No", "given up")])
    func mailRefusals(answer: String, becomes: String) async throws {
        let server = try SMTPServer(refusals: [answer])
        defer { server.stop() }
        try await AlertsFixture.run([(mail(server, to: "ann@example.org"), nil)]) { (fixture) async throws in
            #expect(try await fixture.deliver().failed == 1)
            #expect(try await fixture.outbox() == ["email \(becomes)"])
        }
    }

    @Test("One channel that fails does not keep the message from the other")
    func oneOfTwo() async throws {
        let listener = try WebhookListener()
        defer { listener.stop() }
        let server = try SMTPServer(refusals: ["451 4.3.0 Try later"])
        defer { server.stop() }
        try await AlertsFixture.run([(mail(server, to: "ann@example.org"), nil), (webhook(listener), "k")]) {
            (fixture) async throws in
            let round = try await fixture.deliver()
            #expect(round.sent == 1 && round.failed == 1)
            #expect(try await fixture.outbox().sorted() == ["email waiting", "webhook sent"])
        }
    }

    @Test("A machine without the key sends nothing unsigned: the message waits for the key")
    func keyMissing() async throws {
        let listener = try WebhookListener()
        defer { listener.stop() }
        try await AlertsFixture.run([(webhook(listener), "k")]) { (fixture) async throws in
            let round = try await fixture.deliver(
                missingKey: WarehouseError(.keyMissing, message: "The key file lacks the key."))
            #expect(round.failed == 1 && listener.posts.isEmpty)
            #expect(try await fixture.outbox() == ["webhook waiting"])
        }
    }

    @Test("Two senders at once deliver each message once")
    func twoSenders() async throws {
        let listener = try WebhookListener()
        defer { listener.stop() }
        try await AlertsFixture.run([(webhook(listener), "k")]) { (fixture) async throws in
            async let first = fixture.deliver()
            async let second = fixture.deliver()
            #expect(try await first.sent + second.sent == 1)
            #expect(listener.posts.count == 1)
        }
    }

    @Test("A test message goes past the outbox and says what became of it")
    func testMessage() async throws {
        let listener = try WebhookListener(statuses: [204, 500])
        defer { listener.stop() }
        try await AlertsFixture.run([(webhook(listener), "k")]) { (fixture) async throws in
            #expect(try await fixture.test() == [.sent(remark: nil)])
            #expect(
                try await fixture.test() == [.failed("The receiver answered with status 500.", isFinal: false)])
            #expect(try await fixture.outbox() == ["webhook waiting"], "the outbox is as it was")
        }
    }
}
