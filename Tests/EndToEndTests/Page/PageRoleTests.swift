import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

/// Whom pages ask the warehouse as, by what Inflow's own role may do on the server.
@Suite("The page's role in the database", .database, .timeLimit(.minutes(5)))
struct PageRoleTests {
    private static let warning = "The page has no database role of its own"

    /// Serves a warehouse that belongs to a role that is no superuser; the roles are dropped after.
    private func serve(
        mayMakeRoles: Bool, _ body: (InflowFixture, PageBrowser, InflowProcess, String) async throws -> Void
    ) async throws {
        let database = try TestDatabase.current
        let (owner, name) = ("\(database.name)_owner", PostgresConnection.quoted(database.name))
        let admin = try await PostgresConnection.connect(to: database.url, applicationName: "administrator")
        try await admin.execute(
            """
            create role \(owner) login \(mayMakeRoles ? "createrole" : "") password 'owning';
            alter database \(name) owner to \(owner);
            """)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await serve(owner, at: database.url, body)) } catch { outcome = .failure(error) }
        try await admin.execute("alter database \(name) owner to current_user")
        let roles = try await admin.query(
            "select rolname as name from pg_roles where starts_with(rolname, $1) order by 1 desc",
            [.text("\(database.name)_")])
        for role in try roles.texts("name").map(PostgresConnection.quoted) {
            try await admin.execute("drop owned by \(role) cascade; drop role \(role)")
        }
        await admin.close()
        try outcome.get()
    }

    private func serve(
        _ owner: String, at url: String,
        _ body: (InflowFixture, PageBrowser, InflowProcess, String) async throws -> Void
    ) async throws {
        let url = url + (url.contains("?") ? "&" : "?") + "user=\(owner)&password=owning"
        _ = try await Migrator(Warehouse(url: url)).migrate()
        try await InflowFixture.run(url: url) { fixture in
            let serve = try fixture.start(["serve", "--port", "0"])
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(fixture, try await PageBrowser.enter(serve), serve, owner))
            } catch {
                outcome = .failure(error)
            }
            serve.interrupt()
            _ = await serve.ending()
            try outcome.get()
        }
    }

    @Test("A server that may make no roles warns, and its pages read and change by Inflow's own; records say why not")
    func own() async throws {
        try await serve(mayMakeRoles: false) { fixture, browser, serve, owner in
            #expect(serve.error.soFar.contains(Self.warning), "\(serve.error.soFar)")
            #expect(serve.error.soFar.contains("may not make roles on this server"), "\(serve.error.soFar)")
            try await expectWorking(fixture, browser)
            let none = try await fixture.query(
                "select from pg_roles where starts_with(rolname, current_database() || '_') and rolname <> $1",
                [.text(owner)])
            #expect(none.isEmpty)
            let records = try await browser.get("/connections/acme/tables")
            #expect(records.status >= 400 && records.plain.contains("may not make roles"), "\(records.plain)")
        }
    }

    @Test("A server that may make roles, though no superuser, has one for its pages, and warns of nothing")
    func other() async throws {
        try await serve(mayMakeRoles: true) { fixture, browser, serve, _ in
            try await expectWorking(fixture, browser)
            #expect(
                try await fixture.number(
                    """
                    select count(*) from pg_stat_activity
                    where datname = current_database() and usename like '%\\_page'
                    """) > 0)
            let records = try await browser.get("/connections/acme/tables")
            #expect(records.status == 200 && records.plain.contains("client"), "\(records.plain)")
            #expect(!serve.error.soFar.contains(Self.warning), "\(serve.error.soFar)")
        }
    }

    /// Pages show, change, and open what is sealed.
    private func expectWorking(_ fixture: InflowFixture, _ browser: PageBrowser) async throws {
        for path in ["/", "/connections/acme", "/connections/acme/runs", "/connections/acme/settings", "/audit"] {
            let page = try await browser.get(path)
            #expect(page.status == 200, "\(path): \(page.plain)")
        }
        let page = "/connections/acme"
        let saved = try await browser.post(
            "\(page)/schedule", [("is_on", "on"), ("time", "07:45"), ("zone", "UTC")], from: page)
        #expect(saved.status == 303, "\(saved.plain)")
        #expect(try await fixture.number("select count(*) from inflow.audit where action = 'schedule_changed'") == 1)
        let refreshed = try await browser.post("\(page)/refresh-token", from: page)
        #expect(refreshed.status == 303, "\(refreshed.plain)")
    }
}
