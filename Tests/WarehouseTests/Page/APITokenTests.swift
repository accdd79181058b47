import Inflow
import TestSupport
import Testing

@testable import Warehouse

@Suite("Tokens of the API", .warehouse)
struct APITokenTests {
    private func add(
        _ page: PageFixture, _ name: String, _ scope: APIScope = .read, for connection: Connection? = nil,
        days: Int? = nil
    ) async throws -> String {
        try await page.tokens.add(try PageName(name), scope, for: connection, days: days, by: PageFixture.doer)
            .token
    }

    @Test("A token is good for its scope and connection, and is kept as a hash")
    func used() async throws {
        let page = try PageFixture()
        let acme = try await LoaderFixture()
        let all = try await add(page, "dashboard")
        let one = try await add(page, "zapier", .operate, for: acme.connection, days: 30)
        #expect(all.hasPrefix("inflow_") && all.count == 50)
        let dashboard = try #require(try await page.tokens.token(all))
        #expect(dashboard.access == PageAccess(.read, .all) && dashboard.expiresAt == nil)
        let zapier = try #require(try await page.tokens.token(one))
        #expect(zapier.access == PageAccess(.operate, .only([acme.connection.id])) && zapier.connection == "Acme")
        #expect(zapier.actor == .token(zapier.id, name: "zapier") && zapier.createdBy == "root on here")
        #expect(try await page.tokens.list().map(\.name) == ["dashboard", "zapier"])
        for text in ["", "inflow_", String(all.dropFirst(7)), all + "a", all.uppercased(), "\u{0}"] {
            #expect(try await page.tokens.token(text) == nil, "\(text)")
        }
        let entries = try await page.audit.list(limit: 9)
        #expect(entries.map(\.action) == [.tokenAdded, .tokenAdded])
        #expect(entries.first?.connection == "Acme" && entries.first?.details == ["scope": "operate", "days": "30"])
    }

    @Test("A token ends at its time, when it is revoked, and with its connection")
    func ended() async throws {
        let page = try PageFixture()
        let acme = try await LoaderFixture()
        let old = try await add(page, "old", days: 1)
        try await page.rows("update inflow.api_token set expires_at = expires_at - interval '1 day'")
        #expect(try await page.tokens.token(old) == nil)
        let revoked = try await add(page, "zapier")
        let again = await failure { try await add(page, "zapier") }
        #expect(again?.code == .accountExists)
        try await page.tokens.revoke("zapier", by: PageFixture.doer)
        #expect(try await page.tokens.token(revoked) == nil)
        let twice = await failure { try await page.tokens.revoke("zapier", by: PageFixture.doer) }
        #expect(twice?.code == .unknownAccount)
        let renewed = try await add(page, "zapier", for: acme.connection)
        #expect(try await page.tokens.token(renewed) != nil)
        _ = try await ConnectionRemoval(
            acme.warehouse, acme.connection, keepingData: false, tables: ["t.thing", "t.line", "t.tag"]
        ).run()
        #expect(try await page.tokens.token(renewed) == nil, "it does not become one for all connections")
        #expect(try await page.tokens.list().map(\.name) == ["old", "zapier"])
    }

    @Test("That a token is used is written once a minute at most")
    func noted() async throws {
        let page = try PageFixture()
        let token = try await add(page, "dashboard")
        let version = "select xmin::text, used_at is not null from inflow.api_token"
        _ = try await page.tokens.token(token)
        let used = try await page.rows(version)
        #expect(used.first?.hasSuffix("t") == true)
        _ = try await page.tokens.token(token)
        #expect(try await page.rows(version) == used)
        try await page.rows("update inflow.api_token set used_at = used_at - interval '61 seconds'")
        let moved = try await page.rows(version)
        _ = try await page.tokens.token(token)
        #expect(try await page.rows(version) != moved)
    }

    @Test("Tokens that are not good are counted by address, apart from sign-ins; a good one is taken at any time")
    func counted() async throws {
        let page = try PageFixture()
        let good = try await add(page, "dashboard")
        for _ in 1...SignInCount.Kind.address.limit {
            #expect(try await page.tokens.authenticate("inflow_old", from: "192.0.2.7") == .refused)
        }
        guard case .locked = try await page.tokens.authenticate("", from: "192.0.2.7") else {
            Issue.record("the address is not locked")
            return
        }
        guard case .fits(let token) = try await page.tokens.authenticate(good, from: "192.0.2.7") else {
            Issue.record("a good token is refused")
            return
        }
        #expect(token.name == "dashboard")
        #expect(try await page.tokens.authenticate("inflow_old", from: "192.0.2.8") == .refused)
        // People behind the address can still sign in.
        guard case .refused = try await page.users.authenticate(name: "ann", password: "x", from: "192.0.2.7") else {
            Issue.record("people are locked out")
            return
        }
        let entries = try await page.audit.list(action: .signInFailed, limit: 99)
        #expect(entries.count == SignInCount.Kind.address.limit + 2)
        #expect(entries.allSatisfy { !$0.details.description.contains("inflow_") })
    }
}
