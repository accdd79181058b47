import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@Suite("Backups, restored copies and psql", .database(.warehouse), .timeLimit(.minutes(5)))
struct CopyTests {
    /// Runs `body` with an empty database beside the fixture's; its URL, and what reads it back.
    private func withEmptyDatabase(
        _ fixture: InflowFixture, _ body: (String) async throws -> Void
    ) async throws {
        let name = try await fixture.text("select current_database()")
        let copy = "\(name)_copy"
        _ = try await fixture.query("create database \(PostgresConnection.quoted(copy))")
        do {
            try await body(fixture.url.replacing("/\(name)", with: "/\(copy)"))
        } catch {
            _ = try? await fixture.query("drop database \(PostgresConnection.quoted(copy)) with (force)")
            throw error
        }
        _ = try await fixture.query("drop database \(PostgresConnection.quoted(copy)) with (force)")
    }

    /// Drops roles, which belong to the server, with their rights in the database at a URL.
    private func drop(_ roles: [String], _ url: String) async throws {
        for role in roles {
            let name = PostgresConnection.quoted(role)
            _ = try await PostgresConnection.rows(at: url, "drop owned by \(name)", [])
            _ = try await PostgresConnection.rows(at: url, "drop role \(name)", [])
        }
    }

    @Test("A restored copy holds all rows, has other logins, and reads nothing until it is told to")
    func restored() async throws {
        try await InflowFixture.run { fixture in
            #expect(try await fixture.inflow("sync", "acme", "task", "staff").code == 0)
            let access = try await fixture.inflow("connection", "credentials", "acme", "--json")
                .json(OrganisationTests.Access.self)
            let mail = try fixture.start(
                [
                    "alert", "set", "--all", "--smtp-url", "smtp://localhost:1", "--smtp-user", "x",
                    "--smtp-password-file",
                    "-", "--from", "a@b", "--email", "c@d",
                ], isTyped: true)
            try mail.type("s3cret")
            #expect(await mail.ending().code == 0)
            _ = try await fixture.query(
                "insert into setting.closed_state (connection_id, state) select id, 'Archived' from inflow.connection")
            let file = "\(fixture.folder)/inflow.backup"
            let backup = try await fixture.inflow("backup", file)
            #expect(backup.code == 0 && backup.error.contains("secret.key"), "\(backup)")
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            let tasks = try await fixture.count("wfm.task")
            try await withEmptyDatabase(fixture) { url in
                let copy = ["INFLOW_DATABASE_URL": url]
                let restore = try await fixture.start(["restore", file], copy).ending()
                #expect(restore.code == 0, "\(restore)")
                #expect(restore.output.contains("inflow authorise acme && inflow connection resume acme"), "\(restore)")
                let audit = try await fixture.start(["audit", "--json"], copy).ending().output
                #expect(audit.contains("\"warehouse_restored\"") && audit.contains("\"\(file)\""), "\(audit)")
                #expect(!audit.contains("warehouse_backed_up"), "the copy is of the moment before that entry")
                let user = try #require(restore.output.firstMatch(of: /user (\S+), password/)?.1)
                #expect(user != access.user && user.hasSuffix("_reader_1"))

                let before = try await fixture.sandbox.tokenRequests()
                let sync = try await fixture.start(["sync", "acme", "task"], copy).ending()
                #expect(sync.code != 0, "\(sync)")
                let resumed = try await fixture.start(["connection", "resume", "acme"], copy).ending()
                #expect(resumed.code == 0, "\(resumed)")
                let unauthorised = try await fixture.start(["sync", "acme", "task"], copy).ending()
                #expect(unauthorised.code == 5 && unauthorised.error.contains("restored copy"), "\(unauthorised)")
                #expect(try await fixture.sandbox.tokenRequests() == before, "the token is the original's")
                #expect(try await fixture.inflow("sync", "acme", "task").code == 0, "which reads as before")

                let show = try await fixture.start(["alert", "show", "--all"], copy).ending()
                #expect(
                    show.output.contains("smtp://localhost:1") && show.output.contains("stored, encrypted"), "\(show)")

                let counts = try await fixture.start(["psql", "acme", "--", "-tAc", "select count(*) from task"], copy)
                    .ending()
                #expect(counts.code == 0 && counts.output == "\(tasks)\n", "\(counts)")
                let states = try await fixture.start(
                    ["psql", "acme", "--", "-tAc", "select state from setting.closed_state"], copy
                ).ending()
                #expect(states.code == 0 && states.output == "Archived\n", "\(states)")
                let again = try await fixture.start(["restore", file], copy).ending()
                #expect(again.code == 1 && again.error.contains("holds \"acme\" already"), "\(again)")
                #expect(try await fixture.start(["doctor"], copy).ending().output.contains("every reader sees"))
                try await drop(["\(user)_terminal", String(user)], url)
            }
            try await drop([access.user], fixture.url)
        }
    }

    @Test("An empty database is migrated by hand, and its audit log says to which migration")
    func migrated() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            try await withEmptyDatabase(fixture) { url in
                let copy = ["INFLOW_DATABASE_URL": url]
                let migrate = try await fixture.start(["migrate"], copy).ending()
                #expect(migrate.code == 0, "\(migrate)")
                let last = try await fixture.text(
                    "select name from inflow_migration.applied order by version desc limit 1")
                let audit = try await fixture.start(["audit", "--json"], copy).ending().output
                #expect(audit.contains("\"warehouse_migrated\"") && audit.contains("\"\(last)\""), "\(audit)")
            }
        }
    }

    @Test("Closed months, their signed-off rows and their late changes are in a restored copy")
    func closedMonths() async throws {
        try await InflowFixture.run { fixture in
            let month = InflowFixture.today.startOfMonth.adding(months: -2)
            let name = String(month.description.prefix(7))
            let read = ["sync", "acme", "timesheet", "--from", name, "--to", name]
            #expect(try await fixture.start(read).ending().code == 0)
            let closed = try await fixture.inflow("period", "close", "acme", name, "--by", "Una", "--incomplete")
            #expect(closed.code == 0, "\(closed)")
            let entry = try await fixture.sandbox.row("timesheet", in: Window(month: month)) { $0.isUnbilled }
            try await fixture.sandbox.edit("timesheet", entry.key, "Minutes", "1439")
            #expect(try await fixture.start(read).ending().code == 0)
            func looks(_ environment: [String: String]) async throws -> [String] {
                var outputs: [String] = []
                for look in [
                    ["period", "show", "acme", name, "--json"], ["period", "list", "acme", "--json"],
                    ["report", "late_changes", "--connection", "acme", "--format", "csv"],
                    ["report", "timesheet_by_month_as_closed", "--connection", "acme", "--format", "csv"],
                    ["report", "closed_period", "--connection", "acme", "--format", "csv"],
                ] {
                    let ending = try await fixture.start(look, environment).ending()
                    #expect(ending.code == 0, "\(ending)")
                    outputs.append(ending.output)
                }
                return outputs
            }
            let before = try await looks([:])
            #expect(
                before[2].contains(entry.key) && before[3].split(whereSeparator: \.isNewline).count > 2, "\(before)")
            let file = "\(fixture.folder)/inflow.backup"
            #expect(try await fixture.inflow("backup", file).code == 0)
            try await withEmptyDatabase(fixture) { url in
                let copy = ["INFLOW_DATABASE_URL": url]
                let restore = try await fixture.start(["restore", file], copy).ending()
                #expect(restore.code == 0, "\(restore)")
                #expect(try await looks(copy) == before)
                // The copy's closing is its own: reopening it leaves the original's.
                #expect(try await fixture.start(["period", "reopen", "acme", name], copy).ending().code == 0)
                #expect(try await looks([:]) == before)
            }
        }
    }

    @Test("A restore that is killed before its end leaves no token of the original behind")
    func killedRestore() async throws {
        try await InflowFixture.run { fixture in
            #expect(try await fixture.inflow("sync", "acme", "task").code == 0)
            // By a relative path, as people write it.
            let here = FileManager.default.currentDirectoryPath.split(separator: "/").map { _ in "../" }.joined()
            let file = "\(here)\(fixture.folder.dropFirst())/inflow.backup"
            let backup = try await fixture.inflow("backup", file)
            #expect(backup.code == 0, "\(backup)")
            try await withEmptyDatabase(fixture) { url in
                let copy = ["INFLOW_DATABASE_URL": url]
                let killed = try await fixture.start(
                    ["restore", file], ["INFLOW_DATABASE_URL": url, "INFLOW_FAILPOINT": "copy_restored"]
                ).ending()
                #expect(killed.wasKilled, "\(killed)")
                let before = try await fixture.sandbox.tokenRequests()
                let sync = try await fixture.start(["sync", "acme", "task"], copy).ending()
                #expect(sync.code != 0, "\(sync)")
                #expect(try await fixture.sandbox.tokenRequests() == before, "the token is the original's")
                #expect(try await fixture.inflow("sync", "acme", "task").code == 0, "which reads as before")
                #expect(try await fixture.number("select count(*) from inflow.token") == 1)
                let held = try await PostgresConnection.rows(at: url, "select count(*) from inflow.token", [])
                #expect(InflowFixture.rows(held) == ["0"])
            }
        }
    }

    @Test("A copy that takes over reads on with the tokens of the original")
    func takesOver() async throws {
        try await InflowFixture.run { fixture in
            let file = "\(fixture.folder)/inflow.backup"
            #expect(try await fixture.inflow("backup", file, "--quiet").output.isEmpty)
            try await withEmptyDatabase(fixture) { url in
                let copy = ["INFLOW_DATABASE_URL": url]
                let restore = try await fixture.start(["restore", file, "--take-over"], copy).ending()
                #expect(restore.code == 0 && restore.output.contains("takes the place"), "\(restore)")
                #expect(try await fixture.start(["sync", "acme", "task"], copy).ending().code == 0)
            }
        }
    }

    @Test("What is no backup is refused, and nothing is changed")
    func refused() async throws {
        try await InflowFixture.run { fixture in
            let file = try fixture.file("notes.txt", "not a backup")
            try await withEmptyDatabase(fixture) { url in
                let copy = ["INFLOW_DATABASE_URL": url]
                for (path, words) in [(file, "is no backup of Inflow"), ("/nowhere", "cannot read the file")] {
                    let restore = try await fixture.start(["restore", path], copy).ending()
                    #expect(restore.code == 1 && restore.error.contains(words), "\(restore)")
                }
            }
            let backup = try await fixture.inflow("backup", "/nowhere/inflow.backup")
            #expect(backup.code == 1 && backup.error.contains("cannot write the backup"), "\(backup)")
        }
    }

    @Test("psql reads the rows of one connection, changes nothing, and shows no password")
    func psql() async throws {
        try await InflowFixture.run { fixture in
            #expect(try await fixture.inflow("sync", "acme", "task").code == 0)
            let tasks = try await fixture.count("wfm.task")
            for name in [["acme"], []] {
                let read = try await fixture.start(["psql"] + name + ["--", "-tAc", "select count(*) from task"])
                    .ending()
                #expect(read.code == 0 && read.output == "\(tasks)\n", "\(read)")
                let write = try await fixture.start(
                    ["psql"] + name + ["--", "-c", "set default_transaction_read_only = off", "-c", "delete from task"]
                ).ending()
                #expect(write.code == 1 && write.error.contains("permission denied"), "\(write)")
            }
            let secret = try await fixture.start(["psql", "acme", "--", "-c", "select * from inflow.token"]).ending()
            #expect(secret.code == 0 && secret.output.contains("(0 rows)"), "\(secret)")
            #expect(try await fixture.count("inflow.token") > 0)
            let long = try fixture.start(["psql", "acme", "--", "-c", "select pg_sleep(2)"])
            try await eventually("psql in the place of inflow") {
                try await long.visibleArguments().contains("/psql ")
            }
            #expect(try await long.visibleArguments().hasSuffix("/psql -c select pg_sleep(2) "))
            #expect(await long.ending().code == 0)
            // A login of a person gets its password all the same.
            let access = try await fixture.inflow("connection", "credentials", "acme", "--json")
                .json(OrganisationTests.Access.self)
            #expect(access.password != nil)
            let all = access.user.replacing("_reader_1", with: "_reader_all")
            try await drop([access.user, all].flatMap { ["\($0)_terminal", $0] }, fixture.url)
        }
    }
}

extension InflowFixture {
    /// The one value of a query, as text.
    fileprivate func text(_ sql: String) async throws -> String {
        try #require(InflowFixture.rows(try await query(sql)).first)
    }
}
