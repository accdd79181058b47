import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("The page's role")
struct PageLoginTests {
    /// Runs `body` with the page's role of a warehouse with two organisations; the role is dropped after.
    private func run(
        _ body: (LoaderFixture, PageLogin) async throws -> Void
    ) async throws {
        try await Readers.run { readers in
            let name = try await roleName(readers.acme)
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(readers.acme, PageLogin(readers.acme.warehouse)))
            } catch {
                outcome = .failure(error)
            }
            try await Readers.dropRole(name)
            try outcome.get()
        }
    }

    private func roleName(_ fixture: LoaderFixture) async throws -> String {
        ReaderRoles.pageRoleName(database: try await fixture.rows("select current_database()")[0])
    }

    /// How a statement of the page is refused; `nil` where it is not.
    private func refusal(_ session: PostgresConnection, _ sql: String) async -> PostgresError.Code? {
        do throws(PostgresError) {
            try await session.query(sql)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("No sealed secret can be read, by whatever way, and none written; the other columns can", .platform)
    func secrets() async throws {
        try await run { fixture, role in
            for sql in [
                "insert into inflow.alert_channel (connection_id, channel, url, secret) values ($1, 'email', '', 'x'), "
                    + "($1, 'webhook', 'https://example.org', 'x')",
                "insert into inflow.webhook_subscription (connection_id, url, secret, events, created_by) "
                    + "values ($1, 'https://example.org', 'x', '{run_finished}', 'ann')",
                "insert into inflow.mail_server (url, sender, secret) select 'smtps://example.org', 'a@example.org', 'x' "
                    + "where $1 > 0",
            ] { try await fixture.rows(sql, .int64(fixture.connection.id)) }
            try await role.prepare()
            let session = try await fixture.warehouse.asking(as: role).session("test")
            let schemas = try await fixture.rows(
                """
                select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
                where c.relnamespace = 'inflow'::regnamespace and c.relkind = 'r'
                    and a.attname in ('secret', 'client_secret', 'access', 'refresh') order by 1
                """)
            #expect(Set(SecretColumn.all.map { "\($0.table.dropFirst(7)).\($0.column)" }) == Set(schemas))
            for secret in SecretColumn.all {
                let (table, column) = (secret.table, secret.column)
                let held = try await fixture.rows("select count(*) from \(table)")
                #expect(held != ["0"], "\(table) has nothing to hide: this test proves nothing for it")
                for sql in [
                    "select \(column) from \(table)", "select * from \(table)", "select t from \(table) t",
                    "select to_jsonb(t) from \(table) t", "select length(\(column)) from \(table)",
                    "select 1 from \(table) where \(column) is not null", "select count(\(column)) from \(table)",
                    "delete from \(table) returning \(column)", "delete from \(table)",
                    "update \(table) set \(column) = \(column)", "update \(table) set \(column) = 'x'",
                    "insert into \(table) default values", "truncate \(table)",
                ] {
                    #expect(await refusal(session, sql) == .insufficientPrivilege, "\(sql)")
                }
                let seen = try await session.query("select count(*) as n from \(table)")[0].int("n")
                #expect([String(seen)] == held)
            }
            #expect(await refusal(session, "select secret from inflow.alert_route") == .insufficientPrivilege)
            #expect(await refusal(session, "select connection_id, generation, stored_at from inflow.token") == nil)
            #expect(await refusal(session, "select connection_id, client_id from inflow.connection_secret") == nil)
            await session.close()
        }
    }

    @Test("It sees and changes what the page keeps, of every connection, and only reads records", .platform)
    func rows() async throws {
        try await run { fixture, role in
            try await role.prepare()
            let session = try await fixture.warehouse.asking(as: role).session("test")
            let tables = try await fixture.rows(
                """
                select format('%I.%I', schemaname, tablename) from pg_tables
                where schemaname in ('wfm', 'setting', 'inflow', 'inflow_migration') order by 1
                """)
            #expect(tables.count > 100)
            for table in tables {
                let held = try await fixture.rows("select count(*) from \(table)")
                let seen = try await session.query("select count(*) as n from \(table)")[0].int("n")
                #expect([String(seen)] == held, "\(table)")
                if table.hasPrefix("inflow.") || table.hasPrefix("setting.") { continue }
                #expect(await refusal(session, "delete from \(table)") == .insufficientPrivilege, "\(table)")
            }
            try await session.execute(
                "update inflow.connection set paused_at = now(); delete from inflow.run where false; "
                    + "delete from setting.staff_rate where false")
            #expect(try await fixture.rows("select count(*) from inflow.connection where paused_at is null") == ["0"])
            for view in try await fixture.rows(
                "select format('%I.%I', schemaname, viewname) from pg_views where schemaname in ('report', 'bi')")
            {
                #expect(await refusal(session, "select count(*) from \(view)") == nil, "\(view)")
            }
            await session.close()
        }
    }

    @Test("No statement leads out of the role", .platform)
    func escape() async throws {
        try await run { fixture, role in
            try await role.prepare()
            let session = try await fixture.warehouse.asking(as: role).session("test")
            let owner = try await fixture.rows("select current_user")[0]
            let own = try await roleName(fixture)
            for sql in [
                "set role \(PostgresConnection.quoted(owner))",
                "set session authorization \(PostgresConnection.quoted(owner))",
                "select set_config('role', '\(owner)', false)",
                "grant select on inflow.token to \(PostgresConnection.quoted(own))",
                "alter role \(PostgresConnection.quoted(own)) superuser", "create table inflow.copy (a int)",
                "create view inflow.copy as select 1", "create schema vault", "create role other",
                "alter table inflow.token disable row level security", "drop policy inflow_page on inflow.run",
                "create function inflow.f() returns int language sql security definer as 'select 1'",
                "select pg_read_file('/etc/passwd')",
            ] {
                let code = await refusal(session, sql)
                #expect(code == .insufficientPrivilege, "\(sql): \(code.map { "\($0)" } ?? "done")")
            }
            for sql in ["reset role", "reset session authorization", "discard all"] { try await session.execute(sql) }
            #expect(try await session.query("select current_user as name")[0].text("name") == own)
            #expect(await refusal(session, "select access from inflow.token") == .insufficientPrivilege)
            await session.close()
        }
    }

    @Test("Servers of one warehouse log in beside each other; rights that were changed by hand are mended", .platform)
    func beside() async throws {
        try await run { fixture, role in
            let (one, two) = (
                fixture.warehouse.asking(as: role), fixture.warehouse.asking(as: PageLogin(fixture.warehouse))
            )
            let first = try await one.session("test")
            for _ in 1...2 {
                for server in [one, two] {
                    let session = try await server.session("test")
                    #expect(await refusal(session, "select count(*) from inflow.connection") == nil)
                    await session.close()
                }
            }
            #expect(await refusal(first, "select count(*) from inflow.connection") == nil)
            let name = PostgresConnection.quoted(try await roleName(fixture))
            try await fixture.rows("grant all on inflow.token to \(name)")
            try await fixture.rows("grant select (client_secret) on inflow.connection_secret to \(name)")
            try await fixture.rows("drop policy inflow_page on wfm.client")
            #expect(await refusal(first, "select access from inflow.token") == nil)
            try await role.prepare()
            #expect(await refusal(first, "select access from inflow.token") == .insufficientPrivilege)
            #expect(
                await refusal(first, "select client_secret from inflow.connection_secret") == .insufficientPrivilege)
            #expect(await refusal(first, "select generation from inflow.token") == nil)
            let clients = try await first.query("select count(*) as n from wfm.client")[0].int("n")
            #expect(try await fixture.rows("select count(*) from wfm.client") == [String(clients)] && clients > 0)
            let due = try await fixture.rows("select count(*) from pg_policies where policyname = 'inflow_page'")
            try await role.prepare()
            #expect(try await fixture.rows("select count(*) from pg_policies where policyname = 'inflow_page'") == due)
            await first.close()
        }
    }

    @Test("A role of that name that Inflow did not make, or that may do more, is left alone", .platform)
    func foreign() async throws {
        try await run { fixture, role in
            let name = PostgresConnection.quoted(try await roleName(fixture))
            try await fixture.rows("create role \(name) with login password 'theirs'")
            let error = await failure { try await role.prepare() }
            #expect(error?.code == .notAllowed && error?.message.contains("did not make") == true)
            try await fixture.rows("drop role \(name)")
            try await role.prepare()
            try await fixture.rows("alter role \(name) bypassrls")
            #expect(await failure { try await role.prepare() }?.code == .notAllowed)
        }
    }
}
