import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

@Suite("The audit log of commands", .database(.warehouse), .timeLimit(.minutes(5)))
struct AuditTests {
    private struct Entry: Decodable {
        let actorKind, actor, action: String
        let connection, subject, address: String?
        let details: [String: String]
    }

    /// The words of the newest entries, the oldest first, and what they are about.
    private func newest(_ fixture: InflowFixture, _ count: Int) async throws -> [String] {
        let entries = try await fixture.inflow("audit", "--limit", "\(count)", "--json").json([Entry].self)
        #expect(entries.allSatisfy { $0.actorKind == "command" && $0.address == nil && $0.actor.contains(" on ") })
        return entries.reversed().map {
            ([$0.action, $0.connection ?? "-", $0.subject ?? "-"]
                + $0.details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        }
    }

    private func done(_ fixture: InflowFixture, _ arguments: String...) async throws {
        let ending = try await fixture.start(arguments).ending()
        #expect(ending.code == 0, "\(arguments): \(ending)")
    }

    @Test("What commands do with connections is in the log once, with the account that ran them and no secret")
    func connections() async throws {
        try await InflowFixture.runWithReaders { fixture in
            let secret = try fixture.file("secret.txt", "a-client-secret\n")
            try await done(
                fixture, "connection", "add", "north", "--client-id", "id", "--client-secret-file", secret,
                "--time-zone", "UTC")
            try await done(fixture, "connection", "set", "north", "archive-days=30", "archive=yes")
            try await done(fixture, "connection", "set-secret", "north", "--client-secret-file", secret)
            try await done(fixture, "connection", "pause", "north")
            try await done(fixture, "connection", "resume", "north")
            try await done(fixture, "connection", "resume", "north")
            try await done(fixture, "schedule", "north", "--at", "07:30", "--pin")
            try await done(fixture, "connection", "rename", "north", "south")
            try await done(fixture, "connection", "credentials", "south")
            try await done(fixture, "connection", "credentials", "south")
            try await done(fixture, "connection", "remove", "south", "--confirm", "south")
            let reader = try await fixture.query("select current_database() || '_reader_2' as name")[0].text("name")
            #expect(
                try await newest(fixture, 99) == [
                    "connection_added north -", "settings_changed north archive-days, archive",
                    "client_secret_changed north -", "connection_paused north -", "connection_resumed north -",
                    "schedule_changed north - is on=true is pinned=true time=07:30", "connection_renamed north south",
                    "credentials_made south \(reader)", "connection_removed south - records kept=false",
                ])
            let text = try await fixture.inflow("audit").output
            #expect(!text.contains("a-client-secret"))
            // Each entry ends with where it was done.
            #expect(text.split(separator: "\n").count { $0.hasSuffix("command") } == 9, "\(text)")
            #expect(try await fixture.inflow("connection", "set", "acme", "nothing=1").code == 64)
            #expect(try await fixture.inflow("schedule", "acme").code == 0)
            #expect(try await newest(fixture, 99).count == 9, "what changed nothing is not in it")
        }
    }

    @Test("Runs, decisions, months that are signed off and what goes out are in the log; what only shows is not")
    func records() async throws {
        try await InflowFixture.run { fixture in
            let name = String(InflowFixture.today.startOfMonth.adding(months: -1).description.prefix(7))
            try await done(fixture, "sync", "acme", "staff", "task")
            try await done(fixture, "sync", "acme", "staff", "--dry-run")
            try await done(fixture, "backfill", "acme", "timesheet", "--from", name, "--to", name)
            try await done(fixture, "token", "refresh", "acme")
            try await done(
                fixture, "period", "close", "acme", name, "--by", "Una", "--note", "pack", "--incomplete")
            try await done(fixture, "period", "reopen", "acme", name)
            try await done(fixture, "deletions", "acme", "reject")
            try await done(fixture, "rejections", "acme")
            try await done(fixture, "status", "acme")
            try await done(fixture, "secrets", "rotate")
            let log = try await newest(fixture, 99)
            try #require(log.count == 6, "\(log)")
            let first = "\(name)-01"
            #expect(log[0] == "run_started acme staff, task", "\(log)")
            #expect(log[1].hasPrefix("backfill_started acme backfill from \(first)"), "\(log)")
            #expect(log[2] == "connection_token_refreshed acme -")
            #expect(log[3] == "period_closed acme \(name) note=pack signed by=Una", "\(log)")
            #expect(log[4] == "period_reopened acme \(name) signed by=\(NSUserName())", "\(log)")
            #expect(log[5].hasPrefix("secrets_rotated - "), "\(log)")
        }
    }
}
