import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Readers, made by a loader that is no superuser", .database)
struct ReaderLoaderTests {
    /// A warehouse owned by a loader, a connection in it, and an administrator's session.
    private struct ReadersFixture {
        let warehouse: Warehouse
        let connection: Connection
        let admin: PostgresConnection
        var roles: ReaderRoles { ReaderRoles(warehouse) }

        func exists(_ role: String) async throws -> Bool {
            try await !admin.query("select from pg_roles where rolname = $1", [.text(role)]).isEmpty
        }

        func remove() async throws -> String? {
            try await ConnectionRemoval(warehouse, connection, keepingData: false, tables: ["wfm.client"]).run()
        }
    }

    private func withOffice(mayMakeRoles: Bool, _ body: (ReadersFixture) async throws -> Void) async throws {
        let database = try TestDatabase.current
        let admin = try await PostgresConnection.connect(to: database.url, applicationName: "administrator")
        let (loader, name) = ("\(database.name)_loader", PostgresConnection.quoted(database.name))
        try await admin.execute(
            """
            create role \(loader) login \(mayMakeRoles ? "createrole" : "") password 'loading';
            alter database \(name) owner to \(loader);
            """)
        let url = database.url + (database.url.contains("?") ? "&" : "?") + "user=\(loader)&password=loading"
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(try await office(Warehouse(url: url), admin))) } catch {
            outcome = .failure(error)
        }
        let ours = try await admin.query(
            "select rolname from pg_roles where rolname like $1", [.text(database.name + "%")])
        try await admin.execute("alter database \(name) owner to current_user")
        for role in try ours.compactMap({ try $0["rolname"].string }).sorted(by: >).map(PostgresConnection.quoted) {
            try await admin.execute("drop owned by \(role) cascade; drop role \(role)")
        }
        await admin.close()
        try outcome.get()
    }

    private func office(_ warehouse: Warehouse, _ admin: PostgresConnection) async throws -> ReadersFixture {
        _ = try await Migrator(warehouse).migrate()
        let connection = try await withFolder { folder in
            try await ConnectionStore(warehouse).add(
                "Acme", LoaderFixture.settings, platform: Platform(name: "workflowmax", schema: "wfm"),
                clientSecret: "s3cret",
                box: try await SecretBox.open(folder + "/keys", for: warehouse))
        }
        for id in [connection.id, connection.id + 1] {
            try await admin.query(
                """
                insert into wfm.client (
                    connection_id, uuid, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
                values ($1, 'a', 1, 1, now(), now(), '')
                """, [.int64(id)])
        }
        return ReadersFixture(warehouse: warehouse, connection: connection, admin: admin)
    }

    private func clients(_ access: ReaderRoles.Access, _ password: String?) async throws -> [Int64?] {
        let session = try await ReaderRoles.login(access, password: password)
        let rows = try await session.query("select connection_id from wfm.client").map { try $0["connection_id"].int64 }
        await session.close()
        return rows
    }

    @Test(
        "One that may make roles needs no administrator: the reader is made, sees its rows, and goes with its connection"
    )
    func own() async throws {
        try await withOffice(mayMakeRoles: true) { office in
            let access = try await office.roles.access(for: .connection(office.connection))
            #expect(access.sql == nil && access.password?.count == 32)
            #expect(try await clients(access, access.password) == [office.connection.id])
            var changed = office.connection
            (changed.settings.readerSessions, changed.settings.readerSeconds) = (3, 60)
            let again = try await office.roles.access(for: .connection(changed))
            #expect(again.password == nil && again.user == access.user)
            let limits = "select rolconnlimit from pg_roles where rolname = $1 and rolconfig::text like '%timeout=60s%'"
            #expect(try await office.admin.query(limits, [.text(access.user)])[0, 0].int == 3)
            let rotated = try await office.roles.access(for: .connection(office.connection), rotating: true)
            #expect(rotated.password != nil && rotated.password != access.password)
            let attributes = try await office.admin.query(
                """
                select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls or rolinherit as is_strong,
                    rolcanlogin, rolconnlimit, rolconfig::text as settings
                from pg_roles where rolname = $1
                """, [.text(access.user)])[0]
            #expect(try attributes["is_strong"].bool == false && attributes["rolcanlogin"].bool == true)
            #expect(try attributes["rolconnlimit"].int == 20)
            for setting in [
                "default_transaction_read_only=on", "statement_timeout=300s", "search_path=wfm, report", "jit=off",
            ] {
                #expect(try attributes["settings"].string?.contains(setting) == true)
            }
            try await expectNoTemp(access, office)
            #expect(try await office.remove() == nil)
            #expect(try await !office.exists(access.user))
        }
    }

    /// A reader may not make temporary tables; the loader, who needs them, still may.
    private func expectNoTemp(_ access: ReaderRoles.Access, _ office: ReadersFixture) async throws {
        let reader = try await ReaderRoles.login(access)
        try await reader.execute("set default_transaction_read_only = off")
        await #expect(throws: PostgresError.self) { try await reader.execute("create temp table mine (n int)") }
        await reader.close()
        let loader = try await office.warehouse.session("test")
        try await loader.execute("create temp table mine (n int)")
        await loader.close()
    }

    @Test("One that may not gets SQL for an administrator, without the password; after it the reader sees its rows")
    func administrator() async throws {
        try await withOffice(mayMakeRoles: false) { office in
            let access = try await office.roles.access(for: .connection(office.connection))
            let (sql, password) = (try #require(access.sql), try #require(access.password))
            #expect(!sql.contains(password) && sql.contains("SCRAM-SHA-256$4096:"))
            #expect(try await !office.exists(access.user))
            try await office.admin.execute(sql)
            let session = try await ReaderRoles.login(access)
            await #expect(throws: PostgresError.self) { try await session.query("select * from wfm.client") }
            await session.close()
            let ready = try await office.roles.access(for: .connection(office.connection))
            #expect(ready.sql == nil && ready.password == nil && ready.user == access.user)
            #expect(try await clients(access, password) == [office.connection.id])

            let rotated = try await office.roles.access(for: .connection(office.connection), rotating: true)
            #expect(
                rotated.sql?.contains("alter role \"\(access.user)\" with connection limit 20 password 'SCRAM-SHA-256$")
                    == true)
            try await office.admin.execute(try #require(rotated.sql))

            let left = try #require(try await office.remove())
            await #expect(throws: PostgresError.self) { try await clients(access, rotated.password) }
            try await office.admin.execute(left)
            #expect(try await !office.exists(access.user))
        }
    }

    @Test("A role of another owner, or one that could see more, is refused and left as it is")
    func strange() async throws {
        try await withOffice(mayMakeRoles: true) { office in
            let database = try TestDatabase.current.name
            let name = ReaderRoles.roleName(database: database, connection: office.connection.id)
            try await office.admin.execute("create role \"\(name)\" login")
            let taken = await failure { try await office.roles.access(for: .connection(office.connection)) }
            #expect(taken?.code == .notAllowed && taken?.message.contains("already") == true)
            #expect(try await office.admin.query("select from inflow.reader").isEmpty)
            try await office.admin.execute("drop role \"\(name)\"")

            let access = try await office.roles.access(for: .connection(office.connection))
            for power in ["superuser", "bypassrls", "createrole"] {
                try await office.admin.execute("alter role \"\(access.user)\" \(power)")
                let strong = await failure { try await office.roles.access(for: .connection(office.connection)) }
                #expect(strong?.code == .notAllowed, "\(power)")
                try await office.admin.execute("alter role \"\(access.user)\" no\(power)")
            }
            #expect(try await office.roles.access(for: .connection(office.connection)).user == access.user)
        }
    }

    @Test("A renamed connection's reader stays as it is, and knows the new name")
    func renamed() async throws {
        try await withOffice(mayMakeRoles: true) { office in
            let access = try await office.roles.access(for: .connection(office.connection))
            let store = ConnectionStore(office.warehouse)
            try await store.rename(office.connection, to: "Bolt")
            let after = try await office.roles.access(for: .connection(try await store.find("Bolt")))
            #expect(after.user == access.user && after.password == nil)
            let session = try await ReaderRoles.login(access)
            #expect(try await session.query("select name from inflow.connection").map { $0[0].string } == ["Bolt"])
            await session.close()
        }
    }

    /// A second connection of the warehouse.
    private func addBolt(_ office: ReadersFixture) async throws -> Connection {
        try await withFolder { folder in
            try await ConnectionStore(office.warehouse).add(
                "Bolt", LoaderFixture.settings, platform: Platform(name: "workflowmax", schema: "wfm"),
                clientSecret: "s3cret",
                box: try await SecretBox.open(folder + "/keys", for: office.warehouse, replacingLostKey: true))
        }
    }

    @Test(
        "Connections without a reader get one ahead of time, without a password; the readers there are stay as they are"
    )
    func missing() async throws {
        try await withOffice(mayMakeRoles: true) { office in
            let first = try await office.roles.access(for: .connection(office.connection))
            let bolt = try await addBolt(office)
            let verifier = "select rolpassword as kept from pg_authid where rolname = $1"
            let before = try await office.admin.query(verifier, [.text(first.user)])[0].text("kept")
            for _ in 1...2 {
                try await office.roles.makeMissing()
                let name = ReaderRoles.roleName(database: try TestDatabase.current.name, connection: bolt.id)
                let made = try await office.admin.query(
                    """
                    select r.connection_id, a.rolpassword is null as has_none,
                        exists (select from pg_policies where tablename = 'client' and roles = array[a.rolname]) as sees
                    from inflow.reader r join pg_authid a on a.rolname = r.role_name where a.rolname = $1
                    """, [.text(name)])
                try #require(made.count == 1)
                #expect(try made[0].int64("connection_id") == bolt.id)
                #expect(try made[0].bool("has_none"))
                #expect(try made[0].bool("sees"), "a look at a table would still have to wait for its policy")
            }
            #expect(try await office.admin.query(verifier, [.text(first.user)])[0].text("kept") == before)
            #expect(try await clients(first, first.password) == [office.connection.id])
            #expect(try await office.admin.query("select from inflow.reader").count == 2)
            // The role that was made ahead is the one that a person gets a password for.
            let access = try await office.roles.access(for: .connection(bolt))
            #expect(access.password != nil && access.sql == nil)
            #expect(try await clients(access, access.password) == [bolt.id])
        }
    }

    @Test("Where roles cannot be made, none is noted as made, and the error says so")
    func noneMissing() async throws {
        try await withOffice(mayMakeRoles: false) { office in
            let refused = await failure { try await office.roles.makeMissing() }
            #expect(refused?.code == .notAllowed && refused?.message.contains("may not make roles") == true)
            #expect(try await office.admin.query("select from inflow.reader").isEmpty)
            // With a reader that an administrator made nothing is missing.
            let access = try await office.roles.access(for: .connection(office.connection))
            try await office.admin.execute(try #require(access.sql))
            try await office.roles.makeMissing()
            _ = try await office.roles.access(for: .connection(office.connection))
            #expect(try await clients(access, access.password) == [office.connection.id])
        }
    }
}
