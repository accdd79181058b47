import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

/// What holds for all tables of the page together.
@Suite("Tables of the page")
struct PageTableTests {
    private static let tables = [
        "page_user", "page_user_connection", "page_link", "page_session", "sign_in_limit", "api_token", "audit",
        "saved_query", "connection_group", "webhook_subscription",
    ]

    /// A row in every table, by the stores themselves; the secrets that are in none of them.
    private func fill(_ fixture: LoaderFixture, _ folder: String) async throws -> [String] {
        let page = try PageFixture()
        let box = try await SecretBox.open(folder + "/keys", for: page.warehouse)
        let link = try #require(try await page.links.make())
        let anonymous = try #require(try await page.links.use(link, address: "::1", userAgent: "x"))
        try await page.add("ann")
        try await page.add("bob", .viewer, for: .only([fixture.connection.id]))
        let session = try #require(try await page.signIn("ann"))
        _ = try await page.authenticate("ann", "a wrong password here")
        let token = try await page.tokens.add(
            try PageName("zapier"), .read, for: fixture.connection, days: 3, by: PageFixture.doer
        ).token
        try await SavedQueryStore(page.warehouse, fixture.connection).save(
            try PageName("mine"), "select 1", replacing: false, by: PageFixture.doer)
        try await ConnectionGroupStore(page.warehouse).set(
            try PageName("North"), of: fixture.connection, by: PageFixture.doer)
        let hooks = WebhookSubscriptionStore(page.warehouse, fixture.connection)
        let hook = try await hooks.add(
            url: "https://example.org/hook?key=k3y", secret: "s1gning secret", events: [.runFinished],
            entity: "invoice", box: box, by: PageFixture.doer)
        #expect(try await hooks.secret(of: hook, box: box) == "s1gning secret")
        #expect(try await hooks.list().map(\.events) == [[.runFinished]])
        return [
            PageFixture.password, "a wrong password here", link, anonymous.token, anonymous.session.formSecret,
            session.token, session.session.formSecret, token, "s1gning secret",
        ]
    }

    @Test("No reader sees a row of them", .platform, arguments: Readers.Seen.allCases)
    func readers(seen: Readers.Seen) async throws {
        try await Readers.run { readers in
            try await withFolder { folder in _ = try await fill(readers.acme, folder) }
            let session = try await readers.session(seen)
            for table in Self.tables {
                let held = try await readers.acme.rows("select count(*) > 0 from inflow.\(table)")
                #expect(held == ["t"], "\(table) has nothing to hide: this test proves nothing for it")
                #expect(try await session.query("select * from inflow.\(table)").isEmpty, "\(table)")
            }
            await session.close()
        }
    }

    @Test("No password, token, link or secret of forms or webhooks is in any table", .warehouse)
    func secrets() async throws {
        let fixture = try await LoaderFixture()
        let secrets = try await withFolder { folder in try await fill(fixture, folder) }
        let names = try await fixture.rows(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'inflow'")
        #expect(Set(names).isSuperset(of: Self.tables.map { "inflow.\($0)" }))
        for name in names {
            let found = try await fixture.rows(
                """
                select count(*) from \(name) t, unnest($1::text[]) wanted
                where strpos(t::text, wanted) > 0 or strpos(to_jsonb(t)::text, wanted) > 0
                    or strpos(to_jsonb(t)::text, encode(convert_to(wanted, 'UTF8'), 'hex')) > 0
                """, .textArray(secrets))
            #expect(found == ["0"], "\(name) holds a secret")
        }
        let webhook = try await fixture.rows("select subject from inflow.audit where action = 'webhook_added'")
        #expect(webhook == ["https://example.org/hook"], "a key in the address is none of the log's business")
    }

    @Test("The audit log keeps two years, and ended sessions, links and counts go", .warehouse)
    func retention() async throws {
        let fixture = try await LoaderFixture()
        _ = try await withFolder { folder in try await fill(fixture, folder) }
        let counts = """
            select (select count(*) from inflow.audit), (select count(*) from inflow.page_session),
                (select count(*) from inflow.page_link), (select count(*) from inflow.sign_in_limit)
            """
        let before = try await fixture.rows(counts)
        #expect(try await Retention(fixture.warehouse, fixture.connection, batch: 2).run() == Retention.Outcome())
        #expect(try await fixture.rows(counts) == before, "nothing has expired")
        let all = try #require(Int(before[0].prefix { $0 != " " }))
        try await fixture.rows(
            "update inflow.audit set at = at - interval '730 days' where id = (select max(id) from inflow.audit)")
        try await fixture.rows(
            "update inflow.audit set at = at - interval '732 days' where id < (select max(id) from inflow.audit)")
        try await fixture.rows("update inflow.page_session set ends_at = now() - interval '1 second'")
        try await fixture.rows("update inflow.page_link set expires_at = now() - interval '1 second'")
        try await fixture.rows("update inflow.sign_in_limit set last_failed_at = now() - interval '26 hours'")
        let outcome = try await Retention(fixture.warehouse, fixture.connection, batch: 2).run()
        #expect(outcome.auditEntries == all - 1)
        #expect(try await fixture.rows(counts) == ["1 | 0 | 0 | 0"])
    }

    @Test("Entries are read by pages, since a moment, of a connection and of an action", .warehouse)
    func auditPages() async throws {
        let page = try PageFixture()
        for number in 0..<7 {
            try await page.audit.note(
                AuditEntry(
                    number < 3 ? .runStarted : .runCancelled, by: Doer(.token(4, name: "zapier"), from: "192.0.2.1"),
                    connection: number == 2 ? nil : "Acme", subject: "run \(number)", details: ["what": "\u{0}x"]))
        }
        let first = try await page.audit.list(limit: 4)
        #expect(first.map(\.subject) == ["run 6", "run 5", "run 4", "run 3"])
        let second = try await page.audit.list(before: first.last?.id, limit: 4)
        #expect(second.map(\.subject) == ["run 2", "run 1", "run 0"])
        #expect(second.first?.connection == nil && second.first?.details == ["what": "\u{FFFD}x"])
        #expect(try await page.audit.list(connection: "Acme", action: .runStarted, limit: 9).count == 2)
        #expect(try await page.audit.list(since: Date().addingTimeInterval(3_600), limit: 9).isEmpty)
        #expect(try await page.audit.list(since: Date().addingTimeInterval(-3_600), limit: 9).count == 7)
    }

    @Test("Every action has a word of its own that is read back", .warehouse)
    func actions() async throws {
        let page = try PageFixture()
        for action in AuditAction.allCases { try await page.audit.note(AuditEntry(action, by: PageFixture.doer)) }
        #expect(try await page.audit.list(limit: 999).map(\.action) == AuditAction.allCases.reversed())
    }

    @Test(
        "Saved queries are replaced only where asked, renamed and removed by number, of their own connection",
        .warehouse)
    func savedQueries() async throws {
        let (acme, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        let store = SavedQueryStore(acme.warehouse, acme.connection)
        let (mine, also, doer) = (try PageName("mine"), try PageName("also"), PageFixture.doer)
        let number = try await store.save(mine, "select 1 -- one\n", replacing: false, by: doer)
        let taken = await failure { try await store.save(mine, "select 0", replacing: false, by: doer) }
        #expect(taken?.code == .accountExists)
        #expect(try await store.list().map(\.query) == ["select 1 -- one\n"])
        #expect(
            try await store.save(mine, "select 2", replacing: true, by: Doer(.user(1, name: "ann"))) == number)
        try await store.save(also, "select 3", replacing: true, by: doer)
        let queries = try await store.list()
        try #require(queries.map(\.name) == ["also", "mine"])
        #expect(queries[1].query == "select 2" && queries[1].savedBy == "ann")
        let others = SavedQueryStore(other.warehouse, other.connection)
        #expect(try await others.list().isEmpty)
        // Another connection may use the name, and reaches no query of this one.
        try await others.save(mine, "select 4", replacing: false, by: doer)
        #expect(await failure { try await others.remove(number, by: doer) }?.code == .unknownAccount)
        #expect(await failure { try await others.rename(number, to: also, by: doer) }?.code == .unknownAccount)
        #expect(await failure { try await store.rename(number, to: also, by: doer) }?.code == .accountExists)
        try await store.rename(number, to: try PageName("ours"), by: doer)
        try await store.rename(number, to: try PageName("ours"), by: doer)
        try await store.remove(queries[0].id, by: doer)
        let left = try await store.list()
        #expect(left.map(\.name) == ["ours"] && left.map(\.savedBy) == ["ann"])
        let log = try await AuditLog(acme.warehouse).list(connection: acme.connection.name, limit: 99).reversed()
        #expect(
            log.map(\.action) == [
                .querySaved, .querySaved, .querySaved, .queryRenamed, .queryRenamed, .queryRemoved,
            ])
        #expect(Array(log)[3].details == ["before": "mine"])
    }

    @Test("A connection is put into a group, into another, and out of it; a new name changes nothing", .warehouse)
    func groups() async throws {
        let (acme, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        let groups = ConnectionGroupStore(acme.warehouse)
        let doer = PageFixture.doer
        try await groups.set(try PageName("North"), of: acme.connection, by: doer)
        try await groups.set(try PageName("South"), of: other.connection, by: doer)
        try await groups.set(try PageName("South"), of: acme.connection, by: doer)
        try await ConnectionStore(acme.warehouse).rename(acme.connection, to: "acme-nz")
        #expect(try await groups.labels() == [acme.connection.id: "South", other.connection.id: "South"])
        try await groups.set(nil, of: acme.connection, by: doer)
        #expect(try await groups.labels() == [other.connection.id: "South"])
        let entries = try await AuditLog(acme.warehouse).list(action: .connectionGrouped, limit: 9)
        #expect(entries.map { $0.details["group"] } == ["none", "South", "South", "North"])
    }

    @Test("A webhook's secret goes with a rotation of keys, and is not found for another connection", .warehouse)
    func webhooks() async throws {
        let (acme, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        for fixture in [acme, other] {
            try await fixture.rows(
                "delete from inflow.connection_secret where connection_id = $1", .int64(fixture.connection.id))
        }
        try await withFolder { folder in
            let box = try await SecretBox.open(folder + "/keys", for: acme.warehouse)
            let hooks = WebhookSubscriptionStore(acme.warehouse, acme.connection)
            let id = try await hooks.add(
                url: "https://example.org", secret: "s1gning", events: Set(WebhookEvent.allCases), entity: nil,
                box: box,
                by: PageFixture.doer)
            #expect(try await SecretRotation(acme.warehouse, keyFile: folder + "/keys").run().secrets == 1)
            let next = try await SecretBox.open(folder + "/keys", for: acme.warehouse)
            #expect(try await hooks.secret(of: id, box: next) == "s1gning")
            let others = WebhookSubscriptionStore(other.warehouse, other.connection)
            #expect(try await others.secret(of: id, box: next) == nil)
            let error = await failure { try await others.remove(id, by: PageFixture.doer) }
            #expect(error?.code == .unknownAccount)
            try await hooks.remove(id, by: PageFixture.doer)
            #expect(try await hooks.list().isEmpty)
        }
    }
}
