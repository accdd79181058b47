import Crypto
import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

@Suite("Webhooks of events", .database(.warehouse), .timeLimit(.minutes(5)))
struct WebhookTests {
    private struct Event: Decodable {
        let event, delivery, connection, endedAt: String
        let run: Int64
        let inserted, updated, markedDeleted: Int
        let entity, status, trigger: String?
    }

    private struct Listed: Decodable {
        let number: Int64
        let connection, url: String
        let events: [String]
        let entity: String?
    }

    /// The event of a post, which must be signed with a key.
    private func event(_ post: WebhookListener.Post, key: String) throws -> Event {
        let signature = try #require(post.headers["inflow-signature"]?.wholeMatch(of: /t=(\d+),v1=([0-9a-f]{64})/))
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(signature.1).".utf8) + post.body, using: SymmetricKey(data: Array(key.utf8)))
        #expect(code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == signature.2)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let event = try decoder.decode(Event.self, from: Data(post.body))
        #expect(post.headers["inflow-delivery"] == event.delivery)
        return event
    }

    private func add(_ fixture: InflowFixture, _ listener: WebhookListener, _ more: String...) async throws {
        let secret = try fixture.file("hook.txt", "hook-s3cret\n")
        let ending = try await fixture.start(
            ["webhook", "add", "acme", "--url", listener.url, "--secret-file", secret] + more
        ).ending()
        #expect(ending.code == 0, "\(ending)")
    }

    @Test("A run tells its end once, and each entity that it changed; a run that changes nothing tells its end only")
    func events() async throws {
        let (all, jobs) = (try WebhookListener(), try WebhookListener())
        defer {
            all.stop()
            jobs.stop()
        }
        try await InflowFixture.run { fixture in
            // What ended before somebody subscribed is not told.
            #expect(try await fixture.inflow("sync", "acme", "client").code == 0)
            try await add(fixture, all)
            try await add(fixture, jobs, "--events", "records_changed", "--entity", "jobs")
            let listed = try await fixture.inflow("webhook", "list", "--json").json([Listed].self)
            #expect(listed.map(\.events) == [["run_finished", "records_changed"], ["records_changed"]])
            #expect(listed.map(\.entity) == [nil, "job"] && listed.allSatisfy { $0.connection == "acme" })

            #expect(try await fixture.inflow("sync", "acme").code == 0)
            let told = try all.posts.map { try event($0, key: "hook-s3cret") }
            let run = try await fixture.number("select max(id) from inflow.run where trigger = 'manual'")
            let ends = told.filter { $0.event == "run_finished" }
            #expect(ends.count == 1 && ends.first?.status == "green" && ends.first?.trigger == "manual", "\(ends)")
            #expect(told.allSatisfy { $0.run == Int64(run) && $0.connection == "acme" })
            let changed = told.filter { $0.event == "records_changed" }
            let expected = try await fixture.query(
                """
                select entity, inserted, updated, marked_deleted from inflow.entity_run
                where run_id = $1 and inserted + updated + marked_deleted > 0 order by entity
                """, [.int64(Int64(run))])
            #expect(try changed.compactMap(\.entity).sorted() == expected.texts("entity"))
            for row in expected {
                let entity = try row.text("entity")
                let one = try #require(changed.first { $0.entity == entity })
                let numbers = [one.inserted, one.updated, one.markedDeleted]
                #expect(try numbers == [row.int("inserted"), row.int("updated"), row.int("marked_deleted")])
            }
            let ofJobs = try jobs.posts.map { try event($0, key: "hook-s3cret") }
            #expect(ofJobs.map(\.entity) == ["job"] && ofJobs.map(\.event) == ["records_changed"])

            // Looked at again, nothing is told twice; a run that changes nothing tells its end.
            #expect(try await fixture.inflow("alert", "check", "acme").code == 0)
            #expect(all.posts.count == told.count && jobs.posts.count == 1)
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            let later = try all.posts.dropFirst(told.count).map { try event($0, key: "hook-s3cret") }
            #expect(later.filter { $0.event == "run_finished" }.count == 1)
            #expect(later.filter { $0.entity == "client" }.isEmpty && jobs.posts.count == 1, "\(later)")

            // Turning alerts off is about alerts; a webhook that is removed hears no more.
            #expect(try await fixture.inflow("alert", "set", "acme", "--off").code == 0)
            let count = all.posts.count
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            #expect(all.posts.count > count)
            for hook in listed {
                #expect(try await fixture.inflow("webhook", "remove", "acme", "\(hook.number)").code == 0)
            }
            let last = all.posts.count
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            #expect(all.posts.count == last)
            #expect(try await fixture.inflow("webhook", "remove", "acme", "99").code == 1)
        }
    }

    @Test("A receiver that refuses gets the same delivery again; wrong usage changes nothing")
    func again() async throws {
        let listener = try WebhookListener(statuses: [500])
        defer { listener.stop() }
        try await InflowFixture.run { fixture in
            let secret = try fixture.file("hook.txt", "hook-s3cret\n")
            for wrong in [
                ["--url", "http://example.org/hook"], ["--url", listener.url, "--events", "everything"],
                ["--url", listener.url, "--entity", "nothing"], ["--url", listener.url, "--events", ","],
            ] {
                let ending = try await fixture.start(
                    ["webhook", "add", "acme", "--secret-file", secret] + wrong
                ).ending()
                #expect(ending.code != 0 && !ending.description.contains("s3cret"), "\(ending)")
            }
            #expect(try await fixture.count("inflow.webhook_subscription") == 0)
            try await add(fixture, listener, "--events", "run_finished")
            #expect(try await fixture.inflow("sync", "acme", "client").code == 0)
            #expect(listener.posts.count == 1)
            _ = try await fixture.query("update inflow.outbox set next_attempt_at = now()")
            #expect(try await fixture.inflow("alert", "check", "acme").code == 0)
            let events = try listener.posts.map { try event($0, key: "hook-s3cret") }
            #expect(events.count == 2 && Set(events.map(\.delivery)).count == 1, "\(events)")
            #expect(try await fixture.number("select count(*) from inflow.outbox where sent_at is null") == 0)
        }
    }
}
