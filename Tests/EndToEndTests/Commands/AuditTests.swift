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

    @Test("Rows that commands read out are in the log, with what chose them; what a mail takes out is, and its end")
    func reading() async throws {
        try await InflowFixture.runWithReaders { fixture in
            try await fixture.sync(try fixture.lists("task"))
            try await done(fixture, "query", "select count(*) from task", "--connection", "acme")
            try await done(fixture, "query", "select 1 as n", "--format", "csv")
            #expect(try await fixture.inflow("query", "select nothing", "--connection", "acme").code != 0)
            try await done(
                fixture, "report", "coverage", "--connection", "acme", "--from", "2026-01", "--to", "2026-02-10",
                "--where", "entity = 'task'", "--columns", "entity", "--limit", "3")
            try await done(fixture, "report", "show", "data_freshness", "--format", "csv")
            // PostgreSQL refuses it: no invoice was ever read.
            let asOf = try await fixture.inflow(
                "report", "receivables_ageing", "--connection", "acme", "--as-of", "2026-02")
            #expect(asOf.code != 0)
            let folder = "\(fixture.folder)/files"
            try await done(fixture, "export", "acme", "--dir", folder, "--tables", "task,report.coverage")
            try await done(fixture, "export", "acme", "--dir", folder, "--format", "json")
            try await done(fixture, "psql", "acme", "--", "-tAc", "select 1")
            try await done(
                fixture, "alert", "set", "--all", "--smtp-url", "smtp://localhost:1", "--from", "a@b", "--email", "c@d")
            try await done(
                fixture, "report", "send", "acme", "--report", "coverage", "--to", "ann@example.org", "--every",
                "monday")
            try await done(fixture, "report", "mails", "acme")
            try await done(fixture, "report", "list")
            try await done(fixture, "counts", "acme")
            try await done(fixture, "report", "stop", "acme", "1")
            let log = try await newest(fixture, 99)
            #expect(
                log == [
                    "query_run acme - query=select count(*) from task", "query_run - - query=select 1 as n",
                    "query_run acme - query=select nothing",
                    "rows_exported acme report.coverage columns=entity from=2026-01-01 most rows=3 to=2026-02-10 "
                        + "where=entity = 'task'",
                    "rows_exported - report.data_freshness",
                    "rows_exported acme report.receivables_ageing as of=2026-02-28",
                    "rows_exported acme wfm.task, report.coverage folder=\(folder) format=csv",
                    "rows_exported acme all tables and reports folder=\(folder) format=json", "psql_opened acme -",
                    "alerts_changed - all connections",
                    "report_mail_added acme report.coverage mail=1 to=ann@example.org",
                    "report_mail_removed acme mail 1",
                ], "\(log.joined(separator: "\n"))")
        }
    }

    @Test("A backup, a migration and what has expired are in the log; a migration or expiry that did nothing is not")
    func warehouse() async throws {
        try await InflowFixture.run { fixture in
            let file = "\(fixture.folder)/inflow.backup"
            try await done(fixture, "backup", file)
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            let bytes = try #require(attributes[.size] as? NSNumber)
            try await done(fixture, "migrate")
            try await done(fixture, "expire", "acme")
            _ = try await fixture.query(
                """
                insert into inflow.audit (at, actor_kind, actor, action)
                values (now() - interval '800 days', 'command', 'ann on desk', 'run_started')
                """)
            try await done(fixture, "expire", "acme")
            _ = try await fixture.query(
                "update inflow_migration.report set checksum = '' where name like '%freshness%'")
            try await done(fixture, "migrate")
            let log = try await newest(fixture, 99)
            try #require(log.count == 3, "\(log)")
            #expect(log[0] == "warehouse_backed_up - \(file) bytes=\(bytes)")
            #expect(log[1] == "records_expired acme - answers=0 audit entries=1 rejections=0 versions=0")
            #expect(log[2].hasPrefix("warehouse_migrated - - reports=") && log[2].contains("freshness"), "\(log)")
        }
    }

    @Test("Where the log takes no entry, what only reads says so and goes on; what changes something fails")
    func unwritable() async throws {
        try await InflowFixture.runWithReaders { fixture in
            try await fixture.sync(try fixture.lists("task"))
            let session = try await PostgresConnection.connect(to: fixture.url, applicationName: "test")
            try await session.execute(
                """
                create function inflow.test_refuse() returns trigger language plpgsql as
                    $$begin raise exception 'the disk is full'; end$$;
                create trigger test_refuse before insert on inflow.audit
                    for each row execute function inflow.test_refuse();
                """)
            await session.close()
            let commands = [
                ["query", "select 42 as n", "--format", "csv"], ["report", "data_freshness", "--connection", "acme"],
                ["export", "acme", "--dir", "\(fixture.folder)/files", "--tables", "task", "--json"],
                ["psql", "acme", "--", "-tAc", "select 42 as n"], ["backup", "\(fixture.folder)/inflow.backup"],
            ]
            for command in commands {
                let ending = try await fixture.start(command).ending()
                #expect(ending.code == 0 && !ending.output.isEmpty, "\(command): \(ending)")
                #expect(ending.error.contains("This is not in the audit log: "), "\(command): \(ending)")
                #expect(!ending.output.contains("audit"), "\(command): \(ending)")
            }
            #expect(try await fixture.inflow("connection", "pause", "acme").code != 0)
        }
    }
}
