import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("A refresh that goes wrong", .warehouse)
struct TokenRefreshTests {
    private let refused = SourceError(.consentNeeded, subject: "token", message: "Refused.")

    private func pair(_ number: Int) -> TokenPair {
        let issued = Date(timeIntervalSince1970: 1_790_000_000)
        return TokenPair(
            access: "access-\(number)", refresh: "refresh-\(number)", accessExpiresAt: issued.addingTimeInterval(1800),
            issuedAt: issued)
    }

    private func withStore<T>(_ body: (LoaderFixture, TokenStore) async throws -> T) async throws -> T {
        let fixture = try await LoaderFixture()
        return try await withFolder { folder in
            let box = try await SecretBox.open(folder + "/keys", for: fixture.warehouse)
            return try await body(fixture, TokenStore(fixture.warehouse, connection: fixture.connection, box: box))
        }
    }

    private func status(_ fixture: LoaderFixture) async throws -> TokenStatus {
        try await TokenStatus.of(fixture.connection, in: fixture.warehouse)
    }

    @Test("A pair whose commit fails is saved over another session")
    func commitFails() async throws {
        try await withStore { fixture, store in
            try await store.store(pair(1))
            // Fails at the commit of the lease's session, and there only.
            try await fixture.rows(
                """
                create function fails() returns trigger language plpgsql as $$
                begin
                    if current_setting('application_name') like 'inflow token refresh %' then raise 'no'; end if;
                    return null;
                end $$
                """)
            try await fixture.rows(
                """
                create constraint trigger fails after insert on inflow.token deferrable initially deferred
                for each row execute function fails()
                """)
            let renewed = pair(2)
            let found = try await store.replace(generation: 1) { _ in renewed }
            #expect(found == StoredToken(pair: renewed, generation: 2))
            #expect(try await store.current() == found)
            #expect(try await status(fixture).attempt == nil)
        }
    }

    @Test("A holder that lost its lease does not overwrite the pair that was stored meanwhile, and uses that")
    func overtaken() async throws {
        try await withStore { fixture, store in
            try await store.store(pair(1))
            let (other, late) = (pair(9), pair(2))
            let found = try await store.replace(generation: 1) { _ in
                _ = try? await fixture.rows(
                    """
                    select pg_terminate_backend(pid, 5000) from pg_stat_activity
                    where application_name like 'inflow token refresh %' and datname = current_database()
                    """)
                try? await store.store(other)
                return late
            }
            #expect(found == StoredToken(pair: other, generation: 2))
            #expect(try await store.current() == found)
        }
    }

    @Test("Where the newest refresh token is refused the one before is tried once, and what it brings is stored")
    func before() async throws {
        try await withStore { fixture, store in
            try await store.store(pair(1))
            try await store.store(pair(2))
            let (tried, renewed, refused) = (Tried(), pair(3), refused)
            let found = try await store.replace(generation: 2) { old throws(SourceError) in
                await tried.add(old.refresh)
                guard old.refresh == "refresh-1" else { throw refused }
                return renewed
            }
            #expect(await tried.tokens == ["refresh-2", "refresh-1"])
            #expect(found == StoredToken(pair: renewed, generation: 3))
            #expect(try await status(fixture).needsConsentAt == nil)
        }
    }

    @Test("Where both are refused a person is waited for, and nothing is sent until then")
    func paused() async throws {
        try await withStore { fixture, store in
            try await store.store(pair(1))
            try await store.store(pair(2))
            let (tried, refused) = (Tried(), refused)
            for _ in 0..<3 {
                let error = await #expect(throws: SourceError.self) {
                    try await store.replace(generation: 2) { old throws(SourceError) in
                        await tried.add(old.refresh)
                        throw refused
                    }
                }
                #expect(error?.code == .consentNeeded && error?.message == "Refused.")
            }
            #expect(await tried.tokens == ["refresh-2", "refresh-1"])
            let paused = try await status(fixture)
            #expect(paused.needsConsentAt != nil && paused.consentReason == "Refused." && paused.attempt == nil)

            let anew = pair(3)
            try await store.store(anew)
            #expect(try await status(fixture).needsConsentAt == nil)
            let next = pair(4)
            #expect(try await store.replace(generation: 3) { _ in next }.generation == 4)
        }
    }

    @Test("A pair that another process stored while the refresh token was refused is used, and no consent is needed")
    func savedMeanwhile() async throws {
        try await withStore { fixture, store in
            try await store.store(pair(1))
            let (other, refused) = (pair(2), refused)
            let found = try await store.replace(generation: 1) { _ throws(SourceError) in
                // As a process saves that lost its lease.
                let table = store.table
                _ = try? await fixture.warehouse.withSession("token save") { session throws(WarehouseError) in
                    try await table.storeNext(other, generation: 2, session)
                }
                throw refused
            }
            #expect(found == StoredToken(pair: other, generation: 2))
            #expect(try await status(fixture).needsConsentAt == nil)
        }
    }

    @Test("A refresh without an answer is recorded, and named when the refresh token is refused later")
    func story() async throws {
        try await withStore { fixture, store in
            try await store.store(pair(1))
            let refused = refused
            await #expect(throws: SourceError.self) {
                try await store.replace(generation: 1) { _ throws(SourceError) in
                    throw SourceError(.cutOff, subject: "token", message: "Lost.")
                }
            }
            #expect(try await status(fixture).attempt?.generation == 1)
            let error = await #expect(throws: SourceError.self) {
                try await store.replace(generation: 1) { _ throws(SourceError) in throw refused }
            }
            #expect(error?.message.contains("\(ProcessIdentity.current) began a refresh at ") == true)
            #expect(error?.message.contains("got no answer. Refused.") == true)
        }
    }

    @Test("An exchange that was answered with something else leaves no attempt behind")
    func answered() async throws {
        try await withStore { fixture, store in
            try await store.store(pair(1))
            await #expect(throws: SourceError.self) {
                try await store.replace(generation: 1) { _ throws(SourceError) in
                    throw SourceError(.credentialsRefused, subject: "token", message: "No.")
                }
            }
            let status = try await status(fixture)
            #expect(status.attempt == nil && status.needsConsentAt == nil)
        }
    }

    @Test("While a refresh waits for its answer, others see who does it and since when")
    func underWay() async throws {
        try await withStore { fixture, store in
            try await store.store(pair(1))
            let renewed = pair(2)
            _ = try await store.replace(generation: 1) { _ in
                let attempt = try? await status(fixture).attempt
                #expect(attempt?.holder == ProcessIdentity.current && attempt?.generation == 1)
                return renewed
            }
            #expect(try await fixture.rows("select count(*) from inflow.token_attempt") == ["0"])
        }
    }
}

@Suite("Rotation of the key", .warehouse)
struct SecretRotationTests {
    @Test("All secrets open with the new key alone, and boxes that were open before read them too")
    func rotates() async throws {
        let fixture = try await LoaderFixture()
        try await withFolder { folder in
            let path = folder + "/keys"
            let before = try await SecretBox.open(path, for: fixture.warehouse)
            let connections = ConnectionStore(fixture.warehouse)
            try await connections.setClientSecret("s3cret", of: fixture.connection, box: before)
            let issued = Date(timeIntervalSince1970: 1_790_000_000)
            let pair = TokenPair(access: "one", refresh: "two", accessExpiresAt: issued, issuedAt: issued)
            try await TokenStore(fixture.warehouse, connection: fixture.connection, box: before).store(pair)

            let outcome = try await SecretRotation(fixture.warehouse, keyFile: path).run()
            #expect(outcome.secrets == 3 && outcome.machines == [])
            let file = try KeyFile.read(path)
            #expect(file.keys.count == 2 && file.current?.name == outcome.key)
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            try (String(try #require(lines.last)) + "\n").write(
                toFile: folder + "/new", atomically: true, encoding: .utf8)
            let after = try await SecretBox.open(folder + "/new", for: fixture.warehouse)
            for box in [before, after] {
                #expect(try await connections.clientSecret(of: fixture.connection, box: box) == "s3cret")
                let store = TokenStore(fixture.warehouse, connection: fixture.connection, box: box)
                #expect(try await store.current()?.pair == pair)
            }
        }
    }

    @Test("A secret that cannot be opened stops the rotation, and nothing is changed")
    func allOrNothing() async throws {
        let fixture = try await LoaderFixture()
        try await withFolder { folder in
            let path = folder + "/keys"
            let box = try await SecretBox.open(path, for: fixture.warehouse)
            try await ConnectionStore(fixture.warehouse).setClientSecret("s3cret", of: fixture.connection, box: box)
            let other = try await LoaderFixture("Other")
            try await fixture.rows(
                "update inflow.connection_secret set client_secret = '\\x0102' where connection_id = $1",
                .int64(other.connection.id))
            let before = try await fixture.rows("select id, is_current from inflow.secret_key")
            let error = await failure { try await SecretRotation(fixture.warehouse, keyFile: path).run() }
            #expect(error?.code == .keyMissing)
            #expect(try await fixture.rows("select id, is_current from inflow.secret_key") == before)
            let next = try await SecretBox.open(path, for: fixture.warehouse)
            let secret = try await ConnectionStore(fixture.warehouse).clientSecret(of: fixture.connection, box: next)
            #expect(secret == "s3cret")
        }
    }

    @Test("Every column whose comment says that it is encrypted goes with a rotation")
    func complete() async throws {
        let rows = try await LoaderFixture().rows(
            """
            select n.nspname || '.' || c.relname || '.' || a.attname
            from pg_description d
            join pg_class c on c.oid = d.objoid
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid
            where c.relkind <> 'v' and d.objsubid > 0 and d.description ilike '%encrypted%' and a.atttypid = 'bytea'::regtype
            order by 1
            """)
        #expect(rows == Set(SecretColumn.all.map { "\($0.table).\($0.column)" }).sorted())
        #expect(rows.count >= 3)
    }
}

/// Refresh tokens that were given to an exchange.
private actor Tried {
    private(set) var tokens: [String] = []

    func add(_ token: String) { tokens.append(token) }
}
