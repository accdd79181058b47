import Inflow
import Postgres
import Curl
import TestSupport
import Testing

@Suite("Connections on the command line", .database(.warehouse), .timeLimit(.minutes(5)))
struct ConnectionCommandTests {
    private struct Shown: Decodable, Equatable {
        let name: String
        let settings: [String: String]
    }

    @Test("A name can be added once; the refused second time spends no token and changes nothing")
    func duplicates() async throws {
        try await InflowFixture.run { fixture in
            let before = try await fixture.sandbox.tokenRequests()
            let again = try await fixture.start(try fixture.addArguments("acme", withToken: true)).ending()
            #expect(again.code == 1 && again.error.contains("There is a connection \"acme\" already."), "\(again)")
            #expect(try await fixture.sandbox.tokenRequests() == before)
            #expect(try await fixture.number("select count(*) from inflow.connection") == 1)
        }
    }

    @Test("Settings that cannot be are refused in words, and nothing is added or changed")
    func badSettings() async throws {
        try await InflowFixture.run { fixture in
            let before = try await fixture.inflow("connection", "show", "acme", "--json")
            let bad = [
                ("time-zone", "Mars/Olympus", "is not an IANA time zone"),
                ("fiscal-year-start", "13", "is not a whole number from 1 to 12"),
                ("calls-per-day", "many", "is not a whole number"), ("api-url", "ftp://x", "is not an http or https"),
            ]
            for (key, value, words) in bad {
                let arguments = try fixture.addArguments("other", withToken: true, "--\(key)=\(value)")
                let add = try await fixture.start(arguments).ending()
                #expect(add.code == 64 && add.error.contains(words) && add.error.contains(key), "\(add)")
                let set = try await fixture.inflow("connection", "set", "acme", "calls-at-once=2", "\(key)=\(value)")
                #expect(set.code == 64 && set.error.contains(words), "\(set)")
            }
            for change in ["colour=red", "calls-per-day", "account-id="] {
                let set = try await fixture.inflow("connection", "set", "acme", "calls-at-once=2", change)
                #expect(set.code == 64 && set.error.contains("Nothing was changed"), "\(set)")
            }
            #expect(try await fixture.number("select count(*) from inflow.connection") == 1)
            #expect(try await fixture.inflow("connection", "show", "acme", "--json").output == before.output)
        }
    }

    @Test("A connection is added, shown, changed, listed and removed")
    func life() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            let none = try await fixture.inflow("connection", "list")
            #expect(none.code == 0 && none.output.contains("No connection yet."), "\(none)")
            let add = try await fixture.start(try fixture.addArguments("acme", withToken: true)).ending()
            #expect(add.code == 0 && add.output.contains("Authorised."), "\(add)")
            let set = try await fixture.inflow("connection", "set", "acme", "calls-per-day=4000", "fiscal-year-start=4")
            #expect(set.code == 0, "\(set)")
            let shown = try await fixture.inflow("connection", "show", "acme", "--json")
            let settings = try shown.json(Shown.self).settings
            #expect(settings["calls-per-day"] == "4000" && settings["fiscal-year-start"] == "4", "\(shown)")
            #expect(settings["api-url"] == fixture.sandbox.address && settings["time-zone"] == "Etc/UTC", "\(shown)")
            let list = try await fixture.inflow("connection", "list", "--json")
            #expect(try list.json([Shown].self) == [Shown(name: "acme", settings: settings)])
            let test = try await fixture.inflow("connection", "test", "acme")
            #expect(test.code == 0 && test.output.contains("\"acme\" works"), "\(test)")
            try await removes(fixture)
        }
    }

    private func removes(_ fixture: InflowFixture) async throws {
        let sync = try await fixture.inflow("sync", "acme", "task")
        #expect(sync.code == 0, "\(sync)")
        for arguments in [[], ["--confirm", "other"]] {
            let unsure = try await fixture.start(["connection", "remove", "acme"] + arguments).ending()
            #expect(unsure.code == 64 && unsure.error.contains("Nothing was removed."), "\(unsure)")
        }
        #expect(try await fixture.count("wfm.task") > 0)
        let removed = try await fixture.inflow("connection", "remove", "acme", "--confirm", "acme")
        #expect(removed.code == 0, "\(removed)")
        for table in ["wfm.task", "inflow.connection", "inflow.token", "inflow.run", "inflow.chunk"] {
            #expect(try await fixture.count(table) == 0, "\(table)")
        }
        let gone = try await fixture.inflow("sync", "acme")
        #expect(gone.code == 1 && gone.error.contains("There is no connection yet."), "\(gone)")
    }

    @Test("10.F26 Removal stops a backfill of another process, and no table has a row of the connection after it")
    func removesBesideBackfill() async throws {
        try await InflowFixture.run { fixture in
            let first = InflowFixture.today.adding(months: -6).description
            #expect(try await fixture.inflow("connection", "set", "acme", "archive=yes").code == 0)
            try await fixture.sandbox.hold("/time.api/list")
            let load = try fixture.start(["backfill", "acme", "--from", first])
            try await fixture.sandbox.untilHeld()
            let removal = try fixture.start(["connection", "remove", "acme", "--confirm", "acme"])
            #expect(await removal.error.contains("Waiting for"))
            // The answer that it waits for never comes: the removal's request ends it.
            let stopped = await load.ending()
            #expect(stopped.code == 130, "\(stopped)")
            try await fixture.sandbox.release()
            let removed = await removal.ending()
            #expect(removed.code == 0 && removed.output.contains("with all its records"), "\(removed)")
            let tables = try await fixture.query(
                """
                select format('%I.%I', table_schema, table_name) as name from information_schema.columns c
                join information_schema.tables t using (table_schema, table_name)
                where column_name = 'connection_id' and t.table_type = 'BASE TABLE'
                """
            ).texts("name")
            try #require(tables.count > 30)
            for table in tables {
                let rows = try await fixture.number(
                    "select count(*) from \(table) where connection_id = $1", [.int64(fixture.connection.id)])
                #expect(rows == 0, "\(table)")
            }
        }
    }

    @Test("A connection can be removed and its records kept")
    func keepsData() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sync(try fixture.lists("task"))
            let rows = try await fixture.count("wfm.task")
            let removed = try await fixture.inflow("connection", "remove", "acme", "--keep-data", "--confirm", "acme")
            #expect(removed.code == 0, "\(removed)")
            #expect(try await fixture.count("wfm.task") == rows && rows > 0)
            #expect(try await fixture.count("inflow.connection") == 0)
        }
    }

    @Test("A list without a connection that this machine cannot read says so, and ends with 1")
    func unreadable() async throws {
        try await InflowFixture.run { fixture in
            let add = try await fixture.start(try fixture.addArguments("other", withToken: false)).ending()
            #expect(add.code == 0, "\(add)")
            _ = try await fixture.query(
                "update inflow.connection set time_zone = 'Mars/Olympus' where name = 'other'")
            let list = try await fixture.inflow("connection", "list")
            #expect(list.code == 1 && list.output.contains("acme") && !list.output.contains("other"), "\(list)")
            #expect(
                list.error.contains("\"other\"") && list.error.contains("1 connection is not in the list"), "\(list)")
            let json = try await fixture.inflow("connection", "list", "--json")
            #expect(try json.code == 1 && json.json([Shown].self).map(\.name) == ["acme"], "\(json)")
        }
    }

    @Test("Without tokens a sync ends with 5 and says what to do")
    func withoutTokens() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            let add = try await fixture.start(try fixture.addArguments("acme", withToken: false)).ending()
            #expect(add.code == 0 && add.output.contains("The connection has no tokens yet"), "\(add)")
            let sync = try await fixture.inflow("sync", "acme", "task")
            #expect(sync.code == 5, "\(sync)")
            #expect(sync.error.contains("inflow connection authorise acme --refresh-token-file"), "\(sync)")
            #expect(try await fixture.count("inflow.run") == 0, "nothing can be read, so no run begins")
        }
    }

    @Test("A refused refresh token leaves the connection there, without tokens")
    func refusedToken() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            try await fixture.sandbox.control(.post, "tokens/revoke")
            let add = try await fixture.start(try fixture.addArguments("acme", withToken: true)).ending()
            #expect(add.code == 5 && add.error.contains("does not accept the refresh token"), "\(add)")
            #expect(add.error.contains("The connection \"acme\" stays, and has no tokens"), "\(add)")
            #expect(add.error.contains("inflow authorise acme"), "\(add)")
            #expect(try await fixture.count("inflow.connection") == 1)
            #expect(try await fixture.count("inflow.token") == 0)
        }
    }

    @Test(
        "Plain http to another machine is refused in words, for data and for tokens",
        arguments: ["api-url", "token-url"])
    func plainHTTP(setting: String) async throws {
        try await InflowFixture.run { fixture in
            let set = try await fixture.inflow("connection", "set", "acme", "\(setting)=http://api.example.invalid")
            if setting == "token-url" { try await fixture.sandbox.control(.post, "tokens/expire") }
            let words = "Plain http to another machine is not allowed."
            // Refused where it is set, or where it is used.
            guard set.code == 0 else { return #expect(set.error.contains(words), "\(set)") }
            let test = try await fixture.inflow("connection", "test", "acme")
            #expect(test.code == 1 && test.error.contains(words) && test.error.contains(setting), "\(test)")
            let sync = try await fixture.inflow("sync", "acme", "task")
            #expect(sync.code == 1 && sync.error.contains(words), "\(sync)")
        }
    }
}
