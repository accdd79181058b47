import Alerts
import Crypto
import Curl
import Foundation
import Inflow
import Logging
import Postgres
import TestSupport
import Testing
import Warehouse

@Suite("Telling people", .database(.warehouse), .timeLimit(.minutes(5)))
struct AlertTests {
    /// Whether a post is signed with a key, and says when.
    private func isSigned(_ post: WebhookListener.Post, key: String) -> Bool {
        guard let match = post.headers["inflow-signature"]?.wholeMatch(of: /t=(\d+),v1=([0-9a-f]{64})/) else {
            return false
        }
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(match.1).".utf8) + post.body, using: SymmetricKey(data: Array(key.utf8)))
        return code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == match.2
    }

    private func document(_ post: WebhookListener.Post) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(post.body)) as? [String: Any])
    }

    private func set(_ fixture: InflowFixture, _ arguments: [String]) async throws {
        let ending = try await fixture.start(["alert", "set", "acme"] + arguments).ending()
        #expect(ending.code == 0, "\(ending)")
    }

    /// Sets a mail server that wants a password, and a webhook whose posts are signed.
    private func setBoth(_ fixture: InflowFixture, _ server: SMTPServer, _ listener: WebhookListener) async throws {
        try await set(
            fixture,
            [
                "--email", "ann@example.org", "--smtp-url", "smtp://localhost:\(server.port)", "--smtp-user",
                "inflow", "--smtp-password-file", try fixture.file("mail.txt", "mail-s3cret\n"), "--from",
                "inflow@example.com", "--webhook", listener.url, "--webhook-secret-file",
                try fixture.file("hook.txt", "hook-s3cret\n"),
            ])
    }

    /// Syncs twice with a wrong setting, and once with the right one.
    private func failTwiceThenSucceed(_ fixture: InflowFixture, _ environment: [String: String]) async throws {
        _ = try await fixture.inflow("connection", "set", "acme", "account-id=another")
        for _ in 1...2 {
            let failed = try await fixture.inflow("sync", "acme", environment: environment)
            #expect(failed.code == 1, "\(failed)")
        }
        let account = fixture.connection.settings.accountID
        _ = try await fixture.inflow("connection", "set", "acme", "account-id=\(account)")
        let green = try await fixture.inflow("sync", "acme", environment: environment)
        #expect(green.code == 0, "\(green)")
    }

    @Test("A failing sync sends one mail and one webhook, the next failing none, and the green one that it is over")
    func onePerIncident() async throws {
        let server = try SMTPServer(.startTLS, user: "inflow", password: "mail-s3cret")
        defer { server.stop() }
        let listener = try WebhookListener()
        defer { listener.stop() }
        try await InflowFixture.run { fixture in
            let trust = ["SSL_CERT_FILE": server.certificate]
            try await setBoth(fixture, server, listener)
            let test = try await fixture.inflow("alert", "test", "acme", environment: trust)
            #expect(test.code == 0 && test.output.contains("email to ann@example.org: sent."), "\(test)")
            var mails = server.mails
            #expect(await mails.next()?.header("Subject") == "Inflow, acme: a test message")

            try await failTwiceThenSucceed(fixture, trust)
            let opened = try #require(await mails.next())
            #expect(opened.isEncrypted && opened.user == "inflow" && opened.to == ["ann@example.org"])
            #expect(opened.header("Subject") == "Inflow, acme: the sync failed")
            #expect(opened.content.contains("inflow runs acme") && opened.content.contains("account-id"))
            // The next mail there is: no other came between.
            #expect(await mails.next()?.header("Subject") == "Inflow, acme: the sync works again")
            try expectSigned(listener.posts, events: ["test", "opened", "closed"])
            #expect(try await fixture.number("select count(*) from inflow.outbox where sent_at is null") == 0)
            try await expectShown(fixture)
        }
    }

    /// Expects these events in order, each signed with the webhook's key and delivered under its own number.
    private func expectSigned(_ posts: [WebhookListener.Post], events: [String]) throws {
        #expect(try posts.map { try document($0)["event"] as? String } == events)
        #expect(posts.allSatisfy { isSigned($0, key: "hook-s3cret") })
        #expect(!isSigned(posts[0], key: "another"))
        for post in posts { #expect(try document(post)["delivery"] as? String == post.headers["inflow-delivery"]) }
    }

    /// The commands show the channels and the incident, and no secret.
    private func expectShown(_ fixture: InflowFixture) async throws {
        struct Shown: Decodable {
            struct Mail: Decodable {
                let hasPassword: Bool
                let smtpUser: String
            }
            let email: Mail
            let freshnessHours: Int
        }
        let show = try await fixture.inflow("alert", "show", "acme", "--json")
        let shown = try show.json(Shown.self)
        #expect(shown.email.hasPassword && shown.email.smtpUser == "inflow" && shown.freshnessHours == 30)
        let list = try await fixture.inflow("alert", "list", "acme")
        #expect(list.code == 0 && list.output.contains("run_failed"), "\(list)")
        let check = try await fixture.inflow("alert", "check")
        #expect(check.output.contains("\"acme\": 0 new, 0 still open, 0 over."), "\(check)")
        for ending in [show, list, check, try await fixture.inflow("alert", "show", "acme")] {
            #expect(!ending.output.contains("s3cret") && !ending.error.contains("s3cret"))
        }
    }

    @Test("A message that was in flight when the process died is sent again, as the same message")
    func crash() async throws {
        let server = try SMTPServer()
        defer { server.stop() }
        try await InflowFixture.run { fixture in
            try await set(
                fixture,
                [
                    "--email", "ann@example.org", "--smtp-url", "smtp://127.0.0.1:\(server.port)", "--from",
                    "inflow@example.com",
                ])
            _ = try await fixture.inflow("connection", "set", "acme", "account-id=another")
            let dead = try await fixture.start(["sync", "acme"], ["INFLOW_FAILPOINT": "message_sent"]).ending()
            #expect(dead.wasKilled && dead.code == 9, "\(dead)")
            var mails = server.mails
            let first = try #require(await mails.next())
            // Nobody else takes it while the dead process may still have it in hand.
            #expect(try await fixture.inflow("alert", "check", "acme").output.contains("0 sent, 0 failed"))
            _ = try await fixture.query("update inflow.outbox set leased_until = now() - interval '1 second'")
            #expect(try await fixture.inflow("alert", "check", "acme").output.contains("1 sent, 0 failed"))
            let second = try #require(await mails.next())
            #expect(first.header("Message-ID") == second.header("Message-ID") && first.content == second.content)
            #expect(try await fixture.number("select count(*) from inflow.outbox where sent_at is null") == 0)
        }
    }

    @Test("Nothing half-set is taken: each refusal says what lacks, and changes nothing")
    func refusals() async throws {
        try await InflowFixture.run { fixture in
            let secret = try fixture.file("hook.txt", "x\n")
            for (arguments, words) in [
                (["--email", "a@b"], "Mail also needs --smtp-url and --from"), ([], "You gave no setting"),
                (["--email", "a", "--smtp-url", "smtp://localhost", "--from", "a@b"], "\"a\" is not a mail address"),
                (["--email", "a@b", "--smtp-url", "http://x", "--from", "a@b"], "must be smtp://"),
                (["--webhook", "https://example.com"], "--webhook-secret-file"),
                (["--webhook", "http://example.com", "--webhook-secret-file", secret], "Plain http"),
                (["--freshness-hours", "0"], "from 1 to 100000"),
            ] {
                let ending = try await fixture.start(["alert", "set", "acme"] + arguments).ending()
                #expect(ending.code == 64 && ending.error.contains(words), "\(arguments): \(ending)")
            }
            #expect(try await fixture.count("inflow.alert_channel") == 0)
            #expect(try await fixture.inflow("alert", "test", "acme").code == 64)
        }
    }

    // MARK: couriers in this process

    private func alertSender(_ fixture: InflowFixture) -> AlertSender {
        var logger = Logger(label: "alerts")
        logger.logLevel = .critical
        let (warehouse, keyFile) = (fixture.warehouse, fixture.keyFile)
        return AlertSender(
            warehouse, transfer: Transfer(configuration: CurlConfiguration()), configuration: CurlConfiguration(),
            logger: logger
        ) { () async throws(WarehouseError) in try await SecretBox.open(keyFile, for: warehouse) }
    }

    /// A webhook that is set, and messages for it.
    private func prepare(_ fixture: InflowFixture, _ listener: WebhookListener, messages: Int) async throws {
        try await AlertChannels(fixture.warehouse, connection: fixture.connection.id).set(
            [(AlertChannel(.webhook, url: listener.url), "key")], box: try await fixture.box())
        _ = try await fixture.query(
            """
            insert into inflow.outbox (connection_id, channel, event, incidents, message_id, subject, body)
            select $1, 'webhook', 'opened', array[n], 'message-' || n, 's', '{"n":' || n || '}'
            from generate_series(1, $2) n
            """, [.int64(fixture.connection.id), .int(messages)])
    }

    @Test("Two couriers at once deliver every message, each once")
    func twoCouriers() async throws {
        let listener = try WebhookListener()
        defer { listener.stop() }
        try await InflowFixture.run { fixture in
            try await prepare(fixture, listener, messages: 12)
            let couriers = [alertSender(fixture), alertSender(fixture)]
            let sent = try await withThrowingTaskGroup(of: Int.self) { group in
                for alertSender in couriers {
                    group.addTask { try await alertSender.deliver(until: .now + .seconds(60)).sent }
                }
                return try await group.reduce(0, +)
            }
            #expect(sent == 12)
            #expect(
                listener.posts.compactMap { $0.headers["inflow-delivery"] }.sorted()
                    == (1...12).map { "message-\($0)" }.sorted())
        }
    }

    @Test("A webhook that answers 500 is tried again as the same delivery; one that answers 404 is given up")
    func retry() async throws {
        let listener = try WebhookListener(statuses: [500, 429, 200, 404])
        defer { listener.stop() }
        try await InflowFixture.run { fixture in
            try await prepare(fixture, listener, messages: 1)
            let alertSender = alertSender(fixture)
            for sent in [0, 0, 1] {
                let round = try await alertSender.deliver(fixture.connection, until: .now + .seconds(30))
                #expect(round.sent == sent && round.failed == 1 - sent)
                // It is not due before its time.
                #expect(
                    try await alertSender.deliver(fixture.connection, until: .now + .seconds(30)) == AlertSender.Round()
                )
                _ = try await fixture.query("update inflow.outbox set next_attempt_at = now()")
            }
            #expect(listener.posts.map { $0.headers["inflow-delivery"] } == ["message-1", "message-1", "message-1"])
            #expect(Swift.Set(listener.posts.map(\.body)).count == 1)
            _ = try await fixture.query("update inflow.outbox set sent_at = null")
            #expect(try await alertSender.deliver(until: .now + .seconds(30)).failed == 1)
            let left = try await Outbox(fixture.warehouse).undelivered(of: fixture.connection)
            #expect(left.map(\.status) == [.givenUp] && left[0].lastError?.contains("404") == true)
        }
    }
}
