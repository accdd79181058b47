import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Retention", .warehouse)
struct RetentionTests {
    /// A connection with superseded answers, versions, rejections and drift, five of each.
    private func fixture(_ name: String = "Acme") async throws -> LoaderFixture {
        let fixture = try await LoaderFixture(name)
        for number in 0...5 {
            try await fixture.archive(.whole)
            try await fixture.load(Thing("a", name: "\(number)"), Thing("b\(number)", weight: number > 0 ? "?" : "1"))
        }
        for path in ["One", "Two", "Three", "Four", "Five"] {
            try await fixture.load(Thing("a", name: "5", more: "<\(path)>1</\(path)>"))
            try await fixture.load(Thing("a", name: "5"))
        }
        try await fixture.rows(
            "delete from inflow.history where id > (select min(id) + 4 from inflow.history where connection_id = $1) and connection_id = $1",
            .int64(fixture.connection.id))
        return fixture
    }

    private func age(_ fixture: LoaderFixture, by days: Int) async throws {
        for (table, column) in [
            ("archive", "superseded_at"), ("history", "valid_until"), ("rejection", "last_seen_at"),
            ("drift", "last_seen_at"),
        ] {
            try await fixture.rows("update inflow.\(table) set \(column) = \(column) - interval '\(days) days'")
        }
    }

    private func left(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows(
            """
            select (select count(*) from inflow.archive where connection_id = $1),
                (select count(*) from inflow.archive_piece where connection_id = $1),
                (select count(*) from inflow.history where connection_id = $1),
                (select count(*) from inflow.rejection where connection_id = $1),
                (select count(*) from inflow.drift where connection_id = $1)
            """, .int64(fixture.connection.id))
    }

    private func connection(_ fixture: LoaderFixture, _ archive: Int, _ history: Int, _ rejections: Int) -> Connection {
        var connection = fixture.connection
        (connection.settings.archiveDays, connection.settings.historyDays) = (archive, history)
        connection.settings.rejectionDays = rejections
        return connection
    }

    @Test(
        "What is older than its setting goes, whatever the size of a batch; the newest answer and younger ones stay",
        arguments: [1, 2, 1_000])
    func expired(_ batch: Int) async throws {
        let (acme, other) = (try await fixture(), try await fixture("Other"))
        try await age(acme, by: 10)
        let settings = connection(acme, 11, 11, 11)
        #expect(try await Retention(acme.warehouse, settings, batch: batch).run() == Retention.Outcome())
        #expect(try await left(acme) == ["6 | 6 | 5 | 5 | 5"])
        // All but one are closed: an open one stays, however old it is.
        try await acme.rows(
            """
            update inflow.rejection set status = 'closed', ended_at = last_seen_at
            where connection_id = $1 and id > (select min(id) from inflow.rejection where connection_id = $1) returning 1
            """, .int64(acme.connection.id))
        let outcome = try await Retention(acme.warehouse, connection(acme, 9, 9, 9), batch: batch).run()
        #expect([outcome.answers, outcome.versions, outcome.rejections] == [5, 5, 9])
        #expect(try await left(acme) == ["1 | 1 | 0 | 1 | 0"])
        #expect(try await acme.current() == ["whole", "whole"], "the newest of both connections")
        #expect(try await left(other) == ["6 | 6 | 5 | 5 | 5"])
    }

    @Test("Nought days are for ever; by default only superseded answers go, after 90 days")
    func standard() async throws {
        let fixture = try await fixture()
        try await age(fixture, by: 89)
        #expect(try await Retention(fixture.warehouse, fixture.connection).run() == Retention.Outcome())
        try await age(fixture, by: 4_000)
        #expect(try await Retention(fixture.warehouse, connection(fixture, 0, 0, 0)).run() == Retention.Outcome())
        #expect(try await Retention(fixture.warehouse, fixture.connection).run().answers == 5)
        #expect(try await left(fixture) == ["1 | 1 | 5 | 5 | 5"])
    }
}

@Suite("Removing a connection", .warehouse)
struct RemovalTests {
    /// Tables that hold something of a connection, by the catalogue: later ones are among them by themselves.
    private func tables(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows(
            """
            select format('%I.%I', n.nspname, c.relname)
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'connection_id' and not a.attisdropped
            where c.relkind in ('r', 'p') and n.nspname in ('inflow', 't')
            order by 1
            """)
    }

    /// Puts a row of no meaning into a table, for one that nothing here fills otherwise.
    private func fill(_ table: String, _ fixture: LoaderFixture) async throws {
        let columns = try await fixture.rows(
            """
            select quote_ident(attname) || '=' || case
                when attname = 'connection_id' then '\(fixture.connection.id)'
                when attname = 'run_id' then '\(fixture.run)'
                when attname = 'status' and '\(table)' = 'inflow.parent_read' then '''read'''
                when attname = 'kind' and '\(table)' = 'inflow.request' then '''targeted'''
                when attname = 'status' then '''held'''
                when attname = 'value_type' then '''text'''
                when attname = 'channel' then '''email'''
                when attname = 'event' then '''opened'''
                when attname = 'kind' and '\(table)' = 'inflow.summary' then '''digest'''
                when attname = 'kind' then '''rejections'''
                when attname = 'format' then '''csv'''
                when attname = 'scope' then '''read'''
                when attname = 'events' then '''{run_finished}'''
                when attname = 'recipients' then '''{a@example.org}'''
                when attname = 'message_id' then '\(fixture.connection.id)::text'
                when typcategory = 'N' then '1'
                when typcategory = 'D' then '''2026-01-01'''
                when typcategory = 'B' then 'false'
                when typname in ('json', 'jsonb') then '''{}'''
                when typcategory = 'A' then '''{}'''
                else '''x\(fixture.connection.id)''' end
            from pg_attribute a
            join pg_type t on t.oid = atttypid
            where attrelid = '\(table)'::regclass and attnum > 0 and not attisdropped and (attnotnull or attname = 'connection_id')
                and not atthasdef and attidentity = ''
            """
        ).map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init) }
        try await fixture.rows(
            "insert into \(table) (\(columns.map { $0[0] }.joined(separator: ", "))) "
                + "values (\(columns.map { $0[1] }.joined(separator: ", ")))")
    }

    @Test("No table keeps a row of a removed connection, and every row of another one stays")
    func nothingLeft() async throws {
        let (acme, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        // The one whose role is for both.
        try await PageFixture().add("ann")
        var held: [String: String] = [:]
        for fixture in [acme, other] {
            try await fixture.load(archiving: Thing("a", lines: [.init(uuid: "l")], tags: ["x"]))
            try await fixture.load(Thing("a", name: "Nail", more: "<Odd>1</Odd>"), Thing("b", weight: "?"))
            for table in try await tables(fixture) {
                let count = "select count(*) from \(table) where connection_id = $1"
                if try await fixture.rows(count, .int64(fixture.connection.id)) == ["0"] {
                    try await fill(table, fixture)
                }
                held[table] = try await fixture.rows(count, .int64(fixture.connection.id))[0]
                #expect(held[table] != "0", "\(table) has nothing to remove: this test proves nothing for it")
            }
        }
        #expect(held.keys.contains("inflow.archive_piece") && held.keys.contains("inflow.token"))
        _ = try await ConnectionRemoval(
            acme.warehouse, acme.connection, keepingData: false, tables: ["t.thing", "t.line", "t.tag"]
        ).run()
        for (table, count) in held {
            let left = "select count(*) from \(table) where connection_id = $1"
            #expect(try await acme.rows(left, .int64(acme.connection.id)) == ["0"], "\(table)")
            #expect(try await acme.rows(left, .int64(other.connection.id)) == [count], "\(table)")
        }
    }

    @Test("The archive goes also where the records are kept: nothing could read it any more")
    func keepingData() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(archiving: Thing("a"))
        _ = try await ConnectionRemoval(
            fixture.warehouse, fixture.connection, keepingData: true, tables: ["t.thing", "t.line", "t.tag"]
        ).run()
        #expect(
            try await fixture.rows("select 1 from inflow.archive union all select 1 from inflow.archive_piece") == [])
        #expect(try await fixture.things().count == 1)
    }
}
