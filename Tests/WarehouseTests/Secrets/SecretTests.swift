import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Keys and secrets", .warehouse)
struct SecretTests {
    private func warehouse() throws -> Warehouse { Warehouse(url: try TestDatabase.current.url) }

    @Test("The first use makes the key file, readable by its owner only; the next use reads it")
    func made() async throws {
        let warehouse = try warehouse()
        try await withFolder { folder in
            let path = folder + "/new/keys"
            let box = try await SecretBox.open(path, for: warehouse)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/new") == ["keys"])
            let sealed = try box.seal("s3cret", "client secret", connection: 7)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let again = try await SecretBox.open(path, for: warehouse)
            #expect(try again.open(sealed, "client secret", connection: 7) == "s3cret")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
    }

    @Test("A sealed secret holds nothing readable, and is another one each time")
    func sealed() async throws {
        let warehouse = try warehouse()
        try await withFolder { folder in
            let box = try await SecretBox.open(folder + "/keys", for: warehouse)
            let one = try box.seal("s3cret", "client secret", connection: 7)
            #expect(one != (try box.seal("s3cret", "client secret", connection: 7)))
            #expect(!String(decoding: one, as: UTF8.self).contains("s3cret"))
        }
    }

    @Test("A secret opens only for the connection and purpose it was sealed for, and only unaltered")
    func bound() async throws {
        let warehouse = try warehouse()
        try await withFolder { folder in
            let box = try await SecretBox.open(folder + "/keys", for: warehouse)
            let sealed = try box.seal("s3cret", "access token", connection: 7)
            var altered = sealed
            altered[altered.count - 20] ^= 1
            for (bytes, purpose, connection) in [
                (sealed, "access token", Int64(8)), (sealed, "refresh token", 7), (altered, "access token", 7),
                ([], "access token", 7), ([200, 1, 2], "access token", 7),
                (Array(sealed.prefix(15)), "access token", 7),
            ] {
                let error = await failure { try box.open(bytes, purpose, connection: connection) }
                #expect(error?.code == .keyMissing)
            }
            #expect(try box.open(sealed, "access token", connection: 7) == "s3cret")
        }
    }

    @Test("Where the warehouse names a key this machine lacks, nothing is made and the error says what to do")
    func missing() async throws {
        let warehouse = try warehouse()
        try await withFolder { folder in
            _ = try await SecretBox.open(folder + "/keys", for: warehouse)
            let error = await failure { try await SecretBox.open(folder + "/other", for: warehouse) }
            #expect(error?.code == .keyMissing)
            #expect(
                error?.message.contains("Copy the key file from the machine that made it, or authorise again") == true)
            #expect(!FileManager.default.fileExists(atPath: folder + "/other"))
        }
    }

    @Test("A lost key is replaced when a person says so; what it sealed does not open any more")
    func replaced() async throws {
        let warehouse = try warehouse()
        try await withFolder { folder in
            let lost = try await SecretBox.open(folder + "/keys", for: warehouse)
            let sealed = try lost.seal("s3cret", "client secret", connection: 7)
            let box = try await SecretBox.open(folder + "/other", for: warehouse, replacingLostKey: true)
            let error = await failure { try box.open(sealed, "client secret", connection: 7) }
            #expect(error?.code == .keyMissing)
            let anew = try box.seal("new", "client secret", connection: 7)
            let next = try await SecretBox.open(folder + "/other", for: warehouse)
            #expect(try next.open(anew, "client secret", connection: 7) == "new")
            let names = try await LoaderFixture().rows(
                "select count(*), count(*) filter (where is_current) from inflow.secret_key")
            #expect(names == ["2 | 1"])
            let old = await failure { try await SecretBox.open(folder + "/keys", for: warehouse) }
            #expect(old?.code == .keyMissing, "the old file alone no longer serves")
        }
    }

    @Test("A key that is there is not given up, even when replacing a lost one is allowed")
    func notLost() async throws {
        let warehouse = try warehouse()
        try await withFolder { folder in
            let box = try await SecretBox.open(folder + "/keys", for: warehouse)
            let sealed = try box.seal("s3cret", "client secret", connection: 7)
            let again = try await SecretBox.open(folder + "/keys", for: warehouse, replacingLostKey: true)
            #expect(try again.open(sealed, "client secret", connection: 7) == "s3cret")
        }
    }

    @Test("First uses at once make one key")
    func atOnce() async throws {
        let warehouse = try warehouse()
        try await withFolder { folder in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 { group.addTask { _ = try await SecretBox.open(folder + "/keys", for: warehouse) } }
                try await group.waitForAll()
            }
            #expect(try KeyFile.read(folder + "/keys").keys.count == 1)
            #expect(try await LoaderFixture().rows("select count(*) from inflow.secret_key") == ["1"])
        }
    }
}

@Suite("KeyFile")
struct KeyFileTests {
    @Test(
        "A key file that is not one is refused by its line", arguments: ["nonsense", "key-1 c2hvcnQ=", "key-1 !!! x"])
    func badFile(_ line: String) async throws {
        try await withFolder { folder in
            try "# Keys\n\(line)\n".write(toFile: folder + "/keys", atomically: true, encoding: .utf8)
            let error = await failure { try KeyFile.read(folder + "/keys") }
            #expect(error?.code == .keyMissing)
            #expect(error?.message.contains("Line 2") == true)
        }
    }
}

@Suite("TokenStore", .warehouse)
struct TokenTests {
    private func pair(_ number: Int) -> TokenPair {
        let issued = Date(timeIntervalSince1970: 1_790_000_000)
        return TokenPair(
            access: "access-s3cret-\(number)", refresh: "refresh-s3cret-\(number)",
            accessExpiresAt: issued.addingTimeInterval(1800), issuedAt: issued)
    }

    private func withStore<T>(_ body: (LoaderFixture, TokenStore, SecretBox) async throws -> T) async throws -> T {
        let fixture = try await LoaderFixture()
        return try await withFolder { folder in
            let box = try await SecretBox.open(folder + "/keys", for: fixture.warehouse)
            return try await body(fixture, TokenStore(fixture.warehouse, connection: fixture.connection, box: box), box)
        }
    }

    @Test("What is stored is read back; before that there is nothing")
    func stored() async throws {
        try await withStore { _, store, _ in
            #expect(try await store.current() == nil)
            try await store.store(pair(1))
            #expect(try await store.current() == StoredToken(pair: pair(1), generation: 1))
            try await store.store(pair(2))
            #expect(try await store.current() == StoredToken(pair: pair(2), generation: 2))
        }
    }

    @Test("Twenty refreshes at once spend one refresh token, and all get the new pair")
    func atOnce() async throws {
        try await withStore { _, store, _ in
            try await store.store(pair(1))
            let spent = Spent()
            let renewed = pair(2)
            let found = try await withThrowingTaskGroup(of: StoredToken.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await store.replace(generation: 1) { old in
                            await spent.add(old.refresh)
                            return renewed
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(await spent.tokens == ["refresh-s3cret-1"])
            #expect(found == Array(repeating: StoredToken(pair: renewed, generation: 2), count: 20))
            #expect(try await store.current() == found.first)
        }
    }

    @Test("A pair is committed before it is handed out: others see it when replace returns")
    func committed() async throws {
        try await withStore { fixture, store, _ in
            try await store.store(pair(1))
            let renewed = pair(2)
            _ = try await store.replace(generation: 1) { _ in renewed }
            #expect(try await fixture.rows("select generation from inflow.token order by 1") == ["1", "2"])
            let third = pair(3)
            _ = try await store.replace(generation: 2) { _ in third }
            #expect(
                try await fixture.rows("select generation from inflow.token order by 1") == ["2", "3"],
                "the newest and the one before")
        }
    }

    @Test("An exchange that fails stores nothing, and lets the next one try")
    func failed() async throws {
        try await withStore { _, store, _ in
            try await store.store(pair(1))
            let error = await #expect(throws: SourceError.self) {
                try await store.replace(generation: 1) { _ throws(SourceError) in
                    throw SourceError(.platformDown, subject: "token", message: "Down.")
                }
            }
            #expect(error?.code == .platformDown)
            #expect(try await store.current()?.generation == 1)
            let renewed = pair(2)
            #expect(try await store.replace(generation: 1) { _ in renewed }.generation == 2)
        }
    }

    @Test("Without tokens nothing is exchanged, and the error says what to do")
    func never() async throws {
        try await withStore { _, store, _ in
            let error = await #expect(throws: SourceError.self) {
                try await store.replace(generation: 1) { pair in
                    Issue.record("nothing to exchange")
                    return pair
                }
            }
            #expect(error?.code == .consentNeeded)
            #expect(error?.message.contains("inflow connection authorise Acme") == true)
        }
    }

    @Test("A holder whose lease was lost while it exchanged still stores the pair it was given")
    func lostSession() async throws {
        try await withStore { fixture, store, _ in
            try await store.store(pair(1))
            let renewed = pair(2)
            let found = try await store.replace(generation: 1) { _ in
                let killed = try? await fixture.rows(
                    """
                    select pg_terminate_backend(pid, 5000) from pg_stat_activity
                    where application_name like 'inflow token refresh %' and datname = current_database()
                    """)
                #expect(killed == ["t"])
                return renewed
            }
            #expect(found == StoredToken(pair: renewed, generation: 2))
            #expect(try await store.current() == found)
        }
    }

    @Test("No token can be read in the table, and one copied to another connection does not open")
    func unreadable() async throws {
        try await withStore { fixture, store, box in
            try await store.store(pair(1))
            let plain = try await fixture.rows(
                """
                select count(*), count(*) filter (where position('s3cret'::bytea in access || refresh) > 0)
                from inflow.token
                """)
            #expect(plain == ["1 | 0"])
            let other = try await LoaderFixture("Other")
            try await fixture.rows(
                """
                insert into inflow.token (
                    connection_id, generation, access, refresh, issued_at, access_expires_at, refresh_issued_at)
                select $1, generation, access, refresh, issued_at, access_expires_at, refresh_issued_at
                from inflow.token
                """, .int64(other.connection.id))
            let stolen = TokenStore(other.warehouse, connection: other.connection, box: box)
            let error = await #expect(throws: SourceError.self) { try await stolen.current() }
            #expect(error?.code == .tokenStore)
            #expect(try await store.current()?.pair == pair(1))
        }
    }
}

/// Refresh tokens that were given to an exchange.
private actor Spent {
    private(set) var tokens: [String] = []

    func add(_ token: String) { tokens.append(token) }
}
