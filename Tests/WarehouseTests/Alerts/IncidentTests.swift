import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Incidents and their messages", .warehouse)
struct IncidentTests {
    private static let entities = ["thing", "other"]

    /// A fixture whose first run is closed, with mail and webhook on.
    private func withChannels(_ body: (LoaderFixture, AlertChannels, SecretBox) async throws -> Void) async throws {
        let fixture = try await LoaderFixture()
        try await withFolder { folder in
            let box = try await SecretBox.open("\(folder)/secret.key", for: fixture.warehouse)
            let channels = AlertChannels(fixture.warehouse, connection: fixture.connection.id)
            try await channels.set([(mail, "s3cret-mail")], box: box)
            try await body(fixture, channels, box)
        }
    }

    private var mail: AlertChannel {
        var mail = AlertChannel(.email, url: "smtps://mail.example.com")
        mail.recipients = ["ann@example.org", "bob@example.org"]
        mail.sender = "inflow@example.com"
        mail.account = "inflow"
        return mail
    }

    private func end(_ fixture: LoaderFixture, _ outcome: RunOutcome, _ error: String? = nil) async throws {
        try await RunLog(fixture.warehouse).endEntities(
            fixture.run, [.init("thing", status: outcome == .failed ? .failed : .green, note: nil, error: nil)])
        try await RunLog(fixture.warehouse).end(fixture.run, outcome: outcome, error: error)
    }

    private func review(_ fixture: LoaderFixture) async throws -> IncidentReview {
        try await Incidents(fixture.warehouse, fixture.connection).review(entities: Self.entities)
    }

    private func outbox(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows("select channel, event, subject from inflow.outbox order by id")
    }

    @Test("One message when a failing begins, none while it lasts, one when it is over")
    func onePerIncident() async throws {
        try await withChannels { fixture, _, _ in
            try await end(fixture, .failed, "thing: Status 503.")
            #expect(try await review(fixture).opened.map(\.kind) == [.runFailed])
            let second = try await fixture.nextRun()
            #expect(try await review(second).kept.count == 1)
            try await end(second, .failed, "thing: Status 500.")
            #expect(try await review(second).kept.count == 1)
            #expect(try await outbox(fixture) == ["email | opened | Inflow, Acme: the sync failed"])
            #expect(
                try await fixture.rows("select detail, run_id from inflow.incident")
                    == ["thing: Status 500. | \(second.run)"])
            let third = try await second.nextRun()
            try await end(third, .green)
            #expect(try await review(third).closed.count == 1)
            _ = try await review(third)
            #expect(
                try await outbox(fixture) == [
                    "email | opened | Inflow, Acme: the sync failed",
                    "email | closed | Inflow, Acme: the sync works again",
                ])
            #expect(try await Incidents(fixture.warehouse, fixture.connection).list().map(\.kind) == [.runFailed])
            #expect(try await fixture.rows("select body from inflow.outbox")[0].contains("thing: Status 503."))
        }
    }

    @Test("A channel that is set later gets what lasts, and an end only where it got the beginning")
    func laterChannel() async throws {
        try await withChannels { fixture, channels, box in
            try await channels.turnOff()
            try await end(fixture, .failed, "why")
            _ = try await review(fixture)
            #expect(try await outbox(fixture).isEmpty)
            try await channels.set([(AlertChannel(.webhook, url: "https://example.com/hook"), "key")], box: box)
            _ = try await review(fixture)
            _ = try await review(fixture)
            #expect(try await outbox(fixture) == ["webhook | opened | Inflow, Acme: the sync failed"])
            try await channels.set([(mail, nil)], box: box)
            let next = try await fixture.nextRun()
            try await end(next, .green)
            _ = try await review(next)
            #expect(try await outbox(fixture).dropFirst() == ["webhook | closed | Inflow, Acme: the sync works again"])
        }
    }

    @Test("Tables that are found stale together share a message; what no Sync All planned is none")
    func stale() async throws {
        try await withChannels { fixture, _, _ in
            try await end(fixture, .green)
            _ = try await fixture.rows(
                """
                insert into inflow.entity_run (run_id, entity, status)
                values ($1, 'other', 'rejections'), ($1, 'gone', 'green')
                """, .int64(fixture.run))
            #expect(try await review(fixture).opened.isEmpty)
            _ = try await fixture.rows("update inflow.run set started_at = now() - interval '31 hours'")
            #expect(try await review(fixture).opened.map(\.subject) == ["other", "thing"])
            #expect(try await outbox(fixture) == ["email | opened | Inflow, Acme: 2 tables are too old"])
            let next = try await fixture.nextRun()
            try await end(next, .warnings)
            #expect(try await review(next).closed.map(\.incident.subject) == ["thing"])
            #expect(try await outbox(fixture).last == "email | closed | Inflow, Acme: table thing is fresh again")
        }
    }

    @Test(
        "A run that ended for want of consent counts until tokens are stored after it; rejections and holds are counted"
    )
    func facts() async throws {
        try await withChannels { fixture, _, _ in
            try await end(fixture, .consent, "Authorise it again.")
            _ = try await fixture.rows(
                """
                insert into inflow.missing (
                    connection_id, entity, key, status, chunk, run_id, first_run_id, asked_at)
                values ($1, 'thing', 'a', 'held', 'whole', 1, 1, now()), ($1, 'thing', 'b', 'kept', 'whole', 1, 1, now())
                """, .int64(fixture.connection.id))
            let review = try await review(fixture)
            #expect(review.opened.map(\.kind) == [.heldDeletions, .consentNeeded])
            #expect(review.opened.map(\.detail) == ["1 row\nthing a", "Authorise it again."])
            _ = try await fixture.rows(
                """
                insert into inflow.token (
                    connection_id, generation, access, refresh, issued_at, access_expires_at, refresh_issued_at)
                values ($1, 1, '', '', now(), now(), now())
                """, .int64(fixture.connection.id))
            #expect(try await self.review(fixture).closed.map(\.incident.kind) == [.consentNeeded])
        }
    }

    @Test("Reviews at once open an incident once")
    func atOnce() async throws {
        try await withChannels { fixture, _, _ in
            try await end(fixture, .failed, "why")
            let opened = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await review(fixture).opened.count } }
                return try await group.reduce(0, +)
            }
            #expect(opened == 1)
            #expect(try await outbox(fixture).count == 1)
        }
    }

    @Test("Secrets are kept encrypted, are given back, and stay when a channel is changed without one")
    func secrets() async throws {
        try await withChannels { fixture, channels, box in
            var changed = mail
            changed.recipients = ["eve@example.org"]
            try await channels.set([(changed, nil)], box: box)
            changed.hasSecret = true
            #expect(try await channels.list() == [changed])
            #expect(try await channels.secret(of: .email, box: box) == "s3cret-mail")
            #expect(try await channels.secret(of: .webhook, box: box) == nil)
            let found = try await fixture.rows(
                "select position('s3cret-mail'::bytea in secret), account from inflow.alert_channel")
            #expect(found == ["0 | inflow"])
        }
    }

    // MARK: the outbox

    @Test(
        "A message is taken by one at a time, again when its lease is over, and waits for an earlier one of its incident"
    )
    func lease() async throws {
        try await withChannels { fixture, _, _ in
            try await end(fixture, .failed, "why")
            _ = try await review(fixture)
            let next = try await fixture.nextRun()
            try await end(next, .green)
            _ = try await review(next)
            let outbox = Outbox(fixture.warehouse)
            let first = try #require(try await outbox.take())
            #expect(first.attempt == 1 && first.messageID.hasSuffix("@example.com>"))
            #expect(try await outbox.take() == nil)
            _ = try await fixture.rows(
                "update inflow.outbox set leased_until = now() - interval '1 s' where holder <> ''")
            let again = try #require(try await outbox.take(of: fixture.connection))
            #expect(again.messageID == first.messageID && again.attempt == 2)
            // The first holder has lost it: what it says of a failure no longer counts.
            try await outbox.noteFailed(first, "late", isFinal: true)
            try await outbox.noteSent(again)
            #expect(try await outbox.take()?.subject == "Inflow, Acme: the sync works again")
            #expect(try await outbox.take(of: Connection(id: -1, name: "x", settings: LoaderFixture.settings)) == nil)
        }
    }

    @Test("A failed try waits longer each time; a final one, and one after three days, is given up and shown")
    func failing() async throws {
        try await withChannels { fixture, channels, box in
            try await end(fixture, .failed, "why")
            _ = try await review(fixture)
            let outbox = Outbox(fixture.warehouse)
            for pause in [60, 300] {
                let message = try #require(try await outbox.take())
                try await outbox.noteFailed(message, "no", isFinal: false)
                #expect(try await outbox.take() == nil)
                let waits = try await fixture.rows(
                    """
                    select next_attempt_at - clock_timestamp() between make_interval(secs => $1 - 30)
                        and make_interval(secs => $1), last_error
                    from inflow.outbox
                    """, .int(pause))
                #expect(waits == ["t | no"])
                _ = try await fixture.rows("update inflow.outbox set next_attempt_at = now()")
            }
            _ = try await fixture.rows("update inflow.outbox set created_at = now() - interval '73 hours'")
            try await outbox.noteFailed(try #require(try await outbox.take()), "still no", isFinal: false)
            #expect(try await outbox.undelivered(of: fixture.connection).map(\.status) == [.givenUp])
            #expect(try await outbox.take() == nil)
            // Who sets the channel anew may have mended it.
            try await channels.set([(mail, nil)], box: box)
            try await outbox.noteFailed(try #require(try await outbox.take()), "never", isFinal: true)
            #expect(try await outbox.undelivered(of: fixture.connection).map(\.lastError) == ["never"])
            #expect(try await outbox.take() == nil)
        }
    }
}
