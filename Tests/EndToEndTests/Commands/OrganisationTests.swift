import Curl
import Foundation
import Inflow
import Postgres
import Sandbox
import TestSupport
import Testing
import WorkflowMax

@Suite("Several organisations", .database(.warehouse), .timeLimit(.minutes(5)))
struct OrganisationTests {
    /// What `connection credentials --json` prints.
    struct Access: Decodable {
        let host: String
        let port: Int
        let database: String
        let user: String
        let password: String?
        let psql: String
        let jdbc: String

        func rows(_ sql: String) async throws -> PostgresResult {
            let session = try await login()
            let rows = try await session.query(sql)
            await session.close()
            return rows
        }

        func login() async throws -> PostgresConnection {
            try await PostgresConnection.connect(
                to: "host='\(host)' port=\(port) dbname='\(database)' user='\(user)' password='\(password ?? "")'",
                applicationName: "reader")
        }
    }

    @Test(
        "Two are loaded by two processes at once; each reader sees its own organisation whole and nothing of the other")
    func together() async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.scale = 0.015 }) { acme in
            let second = RunningSandbox.small {
                $0.seed = 2
                $0.scale = 0.01
            }
            try await InflowFixture.run(second, url: acme.url, connects: false) { bolt in
                let key = ["INFLOW_SECRET_KEY_FILE": acme.keyFile]
                let add = try await bolt.start(
                    try bolt.addArguments("bolt", withToken: true, "--calls-at-once", "0"), key
                ).ending()
                #expect(add.code == 0, "\(add)")
                async let one: Void = load("acme", acme, [:])
                async let two: Void = load("bolt", bolt, key)
                _ = try await (one, two)
                let names = ["acme", "bolt"]
                var readers: [String: Access] = [:]
                for name in names { readers[name] = try await access(acme, name) }
                try await expectIsolation("acme", acme, try #require(readers["acme"]))
                try await expectIsolation("bolt", bolt, try #require(readers["bolt"]))
                let all = try await access(acme, "--all")
                try await expectAll(acme, all)
                try await removes(acme, bolt, try #require(readers["acme"]), try #require(readers["bolt"]))
                for access in [all, try #require(readers["bolt"])] { try await drop(access.user, acme) }
            }
        }
    }

    /// Loads all that the sandbox tells of: documents over all their days, then lists, job states among them.
    private func load(_ name: String, _ fixture: InflowFixture, _ environment: [String: String]) async throws {
        let (first, last) = (try await fixture.sandbox.firstDay(), InflowFixture.today.adding(days: 40))
        let lists = WorkflowMax.entities.filter { !$0.isDated && !$0.isPerParent }.map(\.name)
        for what in [["--from", first, "--to", "\(last)"], lists] {
            let ending = try await fixture.start(["sync", name] + what, environment).ending()
            #expect(ending.code == 0, "\(name): \(ending)")
        }
    }

    private func access(_ fixture: InflowFixture, _ name: String) async throws -> Access {
        let ending = try await fixture.inflow("connection", "credentials", name, "--json")
        #expect(ending.code == 0, "\(ending)")
        return try ending.json(Access.self)
    }

    /// The reader sees exactly what the organisation's sandbox says, entity by entity, line by line, sum by sum.
    private func expectIsolation(_ name: String, _ fixture: InflowFixture, _ access: Access) async throws {
        let reader = try await access.login()
        let id =
            try await fixture.query("select id from inflow.connection where name = $1", [.text(name)])[0]["id"].int64
            ?? 0
        for entity in WorkflowMax.entities {
            for table in entity.tables {
                let seen = try await reader.query(
                    "select count(*) as rows, count(*) filter (where connection_id <> \(id)) as others from \(table)")[
                        0]
                let held = try await fixture.number("select count(*) from \(table) where connection_id = \(id)")
                #expect(try seen["rows"].int == held && seen["others"].int == 0, "\(name): \(table)")
            }
            guard entity.name != "job_status", !entity.isPerParent else { continue }
            let truth = try await fixture.sandbox.truth(entity.name)
            #expect(
                try await reader.query("select count(*) from \(entity.table)")[0, 0].int == truth.count,
                "\(entity.name)")
            let keys = try await reader.query("select \(entity.key[0]) as key from \(entity.table)")
            #expect(try Set(keys.compactMap { try $0["key"].string }) == Set(truth.keys), "\(name): \(entity.name)")
            for (child, count) in truth.children {
                #expect(
                    try await reader.query("select count(*) from wfm.\(child)")[0, 0].int == count, "\(name): \(child)")
            }
            for (sum, value) in truth.sums {
                let parts = sum.split(separator: ".")
                let told = try await reader.query(
                    "select coalesce(sum(\(parts[1])), 0) = \(value)::numeric as same from wfm.\(parts[0])")
                #expect(try told[0]["same"].bool == true, "\(name): \(sum)")
            }
        }
        for view in ["report.hours_and_invoiced_by_client", "report.coverage"] {
            let seen = try await reader.query("select distinct connection_id from \(view)").map { $0[0].int64 }
            #expect(seen == [id], "\(name): \(view)")
        }
        await reader.close()
    }

    private func expectAll(_ fixture: InflowFixture, _ reader: Access) async throws {
        for table in WorkflowMax.entities.flatMap(\.tables) {
            #expect(
                try await reader.rows("select count(*) from \(table)")[0, 0].int == (try await fixture.count(table)))
        }
        #expect(
            try await reader.rows("select name from inflow.connection order by 1").map { $0[0].string } == [
                "acme", "bolt",
            ])
    }

    /// A removal that is killed can be run again; the other organisation and its reader notice nothing of it.
    private func removes(_ acme: InflowFixture, _ bolt: InflowFixture, _ gone: Access, _ stays: Access) async throws {
        let killed = try await acme.start(
            ["connection", "remove", "acme", "--confirm", "acme"], ["INFLOW_FAILPOINT": "removal_batch:9"]
        ).ending()
        #expect(killed.wasKilled, "\(killed)")
        for arguments in [["sync", "acme"], ["connection", "resume", "acme"], ["connection", "credentials", "acme"]] {
            let refused = try await acme.start(arguments).ending()
            #expect(refused.code == 1 && refused.error.contains("\"acme\" is being removed"), "\(refused)")
        }
        let list = try await acme.inflow("connection", "list")
        #expect(list.output.contains("being removed"), "\(list)")
        let removed = try await acme.inflow("connection", "remove", "acme", "--confirm", "acme")
        #expect(removed.code == 0 && removed.error.contains("rows deleted"), "\(removed)")
        let left = try await acme.query(
            """
            select format('%I.%I', table_schema, table_name) as name from information_schema.columns
            where column_name = 'connection_id' and table_schema in ('wfm', 'inflow')
            """)
        let other = try await acme.number("select id from inflow.connection")
        for table in try left.compactMap({ try $0["name"].string }) {
            #expect(
                try await acme.number("select count(*) from \(table) where connection_id <> \(other)") == 0, "\(table)")
        }
        #expect(try await acme.number("select count(*) from pg_roles where rolname = $1", [.text(gone.user)]) == 0)
        try await expectIsolation("bolt", bolt, stays)
    }

    private func drop(_ role: String, _ fixture: InflowFixture) async throws {
        let name = PostgresConnection.quoted(role)
        let session = try await PostgresConnection.connect(to: fixture.url, applicationName: "inflow tests")
        try await session.execute("drop owned by \(name); drop role \(name)")
        await session.close()
    }

    @Test("A paused connection is not read by any command until it is resumed; lists say so")
    func paused() async throws {
        try await InflowFixture.run { fixture in
            let pause = try await fixture.inflow("connection", "pause", "acme")
            #expect(pause.code == 0 && pause.output.contains("resume acme"), "\(pause)")
            for arguments in [["sync", "acme"], ["sync", "acme", "task", "--dry-run"], ["reconcile", "acme"]] {
                let refused = try await fixture.start(arguments).ending()
                #expect(refused.code == 1 && refused.error.contains("inflow connection resume acme"), "\(refused)")
            }
            #expect(try await fixture.count("inflow.run") == 0)
            for command in ["list", "show"] {
                let arguments = command == "list" ? ["connection", "list"] : ["connection", "show", "acme"]
                let told = try await fixture.start(arguments).ending()
                #expect(told.output.contains("paused since"), "\(told)")
            }
            #expect(try await fixture.inflow("connection", "resume", "acme").code == 0)
            #expect(try await fixture.inflow("sync", "acme", "task").code == 0)
        }
    }

    @Test("A connection can be renamed, not to a name that is taken or none; it goes on under the new one")
    func renamed() async throws {
        try await InflowFixture.run { fixture in
            let add = try await fixture.start(try fixture.addArguments("other", withToken: false)).ending()
            #expect(add.code == 0, "\(add)")
            let clash = try await fixture.inflow("connection", "rename", "acme", "other")
            #expect(clash.code == 1 && clash.error.contains("There is a connection \"other\" already."), "\(clash)")
            let none = try await fixture.inflow("connection", "rename", "acme", "")
            #expect(none.code == 64, "\(none)")
            #expect(try await fixture.inflow("connection", "rename", "acme", "bolt").code == 0)
            let sync = try await fixture.inflow("sync", "bolt", "task")
            #expect(sync.code == 0, "\(sync)")
            let old = try await fixture.inflow("sync", "acme", "task")
            #expect(old.code == 1 && old.error.contains("There are: \"bolt\", \"other\"."), "\(old)")
        }
    }

    @Test("Credentials are for one connection or for all")
    func usage() async throws {
        try await InflowFixture.run { fixture in
            for arguments in [[], ["acme", "--all"]] {
                let wrong = try await fixture.start(["connection", "credentials"] + arguments).ending()
                #expect(wrong.code == 64 && wrong.error.contains("--all"), "\(wrong)")
            }
            #expect(try await fixture.count("inflow.reader") == 0)
        }
    }
}
