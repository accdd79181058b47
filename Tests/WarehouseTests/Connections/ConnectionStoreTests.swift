import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("ConnectionStore", .warehouse)
struct ConnectionStoreTests {
    private let platform = Platform(name: "workflowmax", schema: "wfm")
    private var settings: ConnectionSettings {
        var settings = LoaderFixture.settings
        settings.apiURL = "https://api.example.com"
        settings.timeZone = TimeZone(identifier: "Pacific/Auckland") ?? .gmt
        (settings.fiscalYearStart, settings.callsAtOnce, settings.callsPerMinute) = (4, 3, 30)
        (settings.callsPerDay, settings.firstByteSeconds, settings.jobStatusList) = (100, 20, true)
        (settings.windowMonths, settings.archive, settings.brakeRows) = (5, false, 9)
        settings.firstDate = LocalDate(daysSinceEpoch: 20_000)
        (settings.archive, settings.archiveDays, settings.historyDays, settings.rejectionDays) = (false, 30, 60, 7)
        (settings.readerSeconds, settings.readerSessions) = (60, 3)
        return settings
    }

    private func withStore<T>(_ body: (Warehouse, ConnectionStore, SecretBox) async throws -> T) async throws -> T {
        let warehouse = Warehouse(url: try TestDatabase.current.url)
        return try await withFolder { folder in
            try await body(
                warehouse, ConnectionStore(warehouse), try await SecretBox.open(folder + "/keys", for: warehouse))
        }
    }

    @Test("A connection is found again by its name, with all its settings and its secret")
    func addAndFind() async throws {
        try await withStore { _, store, box in
            let added = try await store.add("Acme", settings, platform: platform, clientSecret: "s3cret", box: box)
            #expect(try await store.find("Acme") == added)
            #expect(try await store.list().readable == [added])
            #expect(added.settings == settings)
            #expect(try await store.clientSecret(of: added, box: box) == "s3cret")
            let other = try await store.add("Abc", settings, platform: platform, clientSecret: "x", box: box)
            #expect(try await store.list().readable == [other, added])
        }
    }

    @Test("A name that is taken is refused and changes nothing")
    func exists() async throws {
        try await withStore { _, store, box in
            let added = try await store.add("Acme", settings, platform: platform, clientSecret: "s3cret", box: box)
            let error = await failure {
                try await store.add("Acme", LoaderFixture.settings, platform: platform, clientSecret: "other", box: box)
            }
            #expect(error?.code == .connectionExists)
            #expect(try await store.list().readable == [added])
            #expect(try await store.clientSecret(of: added, box: box) == "s3cret")
        }
    }

    @Test("A name that is not there is answered with those that are")
    func unknown() async throws {
        try await withStore { _, store, box in
            let none = await failure { try await store.find("Acme") }
            #expect(none?.code == .unknownConnection)
            #expect(none?.message.contains("There is no connection yet") == true)
            _ = try await store.add("Abc", settings, platform: platform, clientSecret: "x", box: box)
            _ = try await store.add("Beta", settings, platform: platform, clientSecret: "x", box: box)
            let error = await failure { try await store.find("Acme") }
            #expect(error?.message == "There is no connection \"Acme\". There are: \"Abc\", \"Beta\".")
        }
    }

    @Test("Changed settings and another secret are stored; other connections keep theirs")
    func update() async throws {
        try await withStore { _, store, box in
            var added = try await store.add(
                "Acme", LoaderFixture.settings, platform: platform, clientSecret: "old", box: box)
            let other = try await store.add(
                "Other", LoaderFixture.settings, platform: platform, clientSecret: "theirs", box: box)
            added.settings = settings
            try await store.update(added)
            try await store.setClientSecret("new", of: added, box: box)
            #expect(try await store.find("Acme") == added)
            #expect(try await store.clientSecret(of: added, box: box) == "new")
            #expect(try await store.find("Other") == other)
            #expect(try await store.clientSecret(of: other, box: box) == "theirs")
        }
    }

    @Test("A paused connection is so since it was paused first, until it is resumed")
    func pause() async throws {
        try await withStore { _, store, box in
            let added = try await store.add("Acme", settings, platform: platform, clientSecret: "s3cret", box: box)
            #expect(added.pausedAt == nil)
            try await store.pause(added)
            let paused = try await store.find("Acme")
            #expect(paused.pausedAt != nil)
            try await store.pause(paused)
            #expect(try await store.find("Acme") == paused)
            try await store.resume(paused)
            #expect(try await store.find("Acme") == added)
        }
    }

    @Test("A renamed connection keeps its number, settings and secret; a name that is taken is refused in words")
    func rename() async throws {
        try await withStore { _, store, box in
            let added = try await store.add("Acme", settings, platform: platform, clientSecret: "s3cret", box: box)
            let other = try await store.add("Other", settings, platform: platform, clientSecret: "x", box: box)
            let error = await failure { try await store.rename(added, to: "Other") }
            #expect(error?.code == .connectionExists)
            #expect(error?.message.hasPrefix("There is a connection \"Other\" already. Nothing was changed.") == true)
            try await store.rename(added, to: "Bolt")
            let renamed = try await store.find("Bolt")
            #expect(renamed.id == added.id && renamed.settings == added.settings)
            #expect(try await store.clientSecret(of: renamed, box: box) == "s3cret")
            #expect(try await store.list().readable == [renamed, other])
        }
    }

    @Test("The client secret cannot be read in the table")
    func unreadable() async throws {
        try await withStore { warehouse, store, box in
            _ = try await store.add("Acme", settings, platform: platform, clientSecret: "s3cret", box: box)
            let found = try await warehouse.withSession("test") { session throws(WarehouseError) in
                try await lifting("looking") { () async throws(PostgresError) in
                    try await session.query(
                        "select position('s3cret'::bytea in client_secret) from inflow.connection_secret")[
                            0, 0
                        ].int
                }
            }
            #expect(found == 0)
        }
    }

    @Test(
        "A removed connection takes its records with it unless they are to be kept; others keep theirs",
        arguments: [true, false])
    func remove(_ keepingData: Bool) async throws {
        let (acme, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        for fixture in [acme, other] {
            try await fixture.load(
                Thing("a", lines: [.init(uuid: "l")], tags: ["x"]), Thing("b", weight: "?", more: "<Odd>1</Odd>"))
            try await fixture.load(Thing("a", name: "Nail"))
        }
        let store = ConnectionStore(acme.warehouse)
        let removal = ConnectionRemoval(
            acme.warehouse, acme.connection, keepingData: keepingData, tables: ["t.thing", "t.line", "t.tag"], batch: 1)
        #expect(try await removal.run() == nil)
        let kept = try await acme.rows(
            """
            select c.id = $1, (select count(*) from t.thing where connection_id = c.id),
                (select count(*) from inflow.chunk where connection_id = c.id),
                (select count(*) from inflow.rejection where connection_id = c.id),
                (select count(*) from inflow.drift where connection_id = c.id),
                (select count(*) from inflow.history where connection_id = c.id),
                (select count(*) from inflow.run where connection_id = c.id)
            from (values ($1), ($2::bigint)) c (id)
            """, .int64(acme.connection.id), .int64(other.connection.id))
        #expect(
            kept == ["t | \(keepingData ? "1 | 1 | 1 | 1 | 1" : "0 | 0 | 0 | 0 | 0") | 0", "f | 1 | 1 | 1 | 1 | 1 | 1"])
        #expect(try await store.list().readable.map(\.name) == ["Other"])
    }
}
