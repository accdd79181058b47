import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("One-time links", .warehouse)
struct OneTimeLinkTests {
    @Test("A link opens one session, which may do everything, and no second one")
    func once() async throws {
        let page = try PageFixture()
        let link = try #require(try await page.links.make())
        let begun = try #require(try await page.links.use(link, address: "127.0.0.1", userAgent: "x"))
        let session = try #require(try await page.sessions.session(begun.token))
        #expect(session.access == .everything && session.userName == nil && session == begun.session)
        #expect(session.actor == .link(session: session.id) && begun.token != link)
        #expect(try await page.links.use(link, address: "127.0.0.1", userAgent: "x") == nil)
        #expect(try await page.links.use("made-up", address: "127.0.0.1", userAgent: "x") == nil)
        #expect(try await page.sessions.session(link) == nil, "the link itself is no session")
        let entries = try await page.audit.list(limit: 9)
        #expect(entries.map(\.action) == [.linkUsed] && entries.first?.doer == Doer(session.actor, from: "127.0.0.1"))
    }

    @Test("Of browsers that use a link in the same moment one gets in")
    func atOnce() async throws {
        let page = try PageFixture()
        for _ in 0..<5 {
            let link = try #require(try await page.links.make())
            let begun = try await withThrowingTaskGroup(of: NewPageSession?.self) { group in
                for _ in 0..<8 { group.addTask { try await page.links.use(link, address: "::1", userAgent: "x") } }
                return try await group.reduce(into: 0) { $0 += $1 == nil ? 0 : 1 }
            }
            #expect(begun == 1)
        }
        #expect(try await page.rows("select count(*) from inflow.page_session") == ["5"])
    }

    @Test("A link is good until its time")
    func expired() async throws {
        let page = try PageFixture()
        let link = try #require(try await page.links.make(for: 3_600))
        try await page.rows("update inflow.page_link set expires_at = expires_at - interval '1 hour'")
        #expect(try await page.links.use(link, address: "::1", userAgent: "x") == nil)
    }

    @Test("Once there is a user no link is made or used, and the session of one has ended")
    func userExists() async throws {
        let page = try PageFixture()
        let (used, unused) = (try #require(try await page.links.make()), try #require(try await page.links.make()))
        let session = try #require(try await page.links.use(used, address: "::1", userAgent: "x"))
        #expect(try await page.sessions.session(session.token) != nil)
        try await page.add("ann")
        #expect(try await page.links.use(unused, address: "::1", userAgent: "x") == nil)
        #expect(try await page.sessions.session(session.token) == nil)
        #expect(try await page.links.make() == nil)
        #expect(try await page.rows("select count(*) from inflow.page_link where used_at is null") == ["1"])
    }

    @Test("A link that is used while the first user is being added leaves nobody inside")
    func whileAdding() async throws {
        let page = try PageFixture()
        let link = try #require(try await page.links.make())
        let session = try await page.warehouse.session("test")
        try await session.execute("begin")
        try await session.execute(
            """
            insert into inflow.page_user (name, folded_name, password_hash, role, has_all_connections)
            values ('ann', 'ann', '', 'admin', true)
            """)
        let begun = try #require(try await page.links.use(link, address: "::1", userAgent: "x"), "it sees no user yet")
        try await session.execute("commit")
        await session.close()
        #expect(try await page.sessions.session(begun.token) == nil)
    }

    @Test("A link's session ends by its two ends as any other")
    func life() async throws {
        let page = try PageFixture()
        for column in ["used_at", "ends_at"] {
            let link = try #require(try await page.links.make())
            let begun = try #require(try await page.links.use(link, address: "::1", userAgent: "x"))
            #expect(try await page.sessions.session(begun.token) != nil)
            try await page.rows("update inflow.page_session set \(column) = \(column) - interval '8 days'")
            #expect(try await page.sessions.session(begun.token) == nil, "\(column)")
        }
    }
}
