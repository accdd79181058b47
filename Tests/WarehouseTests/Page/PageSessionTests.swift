import Foundation
import Inflow
import Postgres
import SQLFiles
import TestSupport
import Testing

@testable import Warehouse

@Suite("Sessions of the page", .warehouse)
struct PageSessionTests {
    @Test("A session is found by its token, with who it is and what the user may do")
    func found() async throws {
        let page = try PageFixture()
        let acme = try await LoaderFixture()
        try await page.add("ann")
        try await page.add("Bob", .operates, for: .only([acme.connection.id]))
        let begun = try #require(try await page.signIn("bob"))
        let session = try #require(try await page.sessions.session(begun.token))
        #expect(session == begun.session)
        #expect(session.formSecret != begun.token && session.formSecret.count == 43)
        #expect(session.userName == "Bob" && session.access == PageAccess(.operates, .only([acme.connection.id])))
        #expect(session.actor == .user(try await page.users.find("bob").id, name: "Bob"))
        #expect(session.endsAt.timeIntervalSince(session.createdAt) == 604_800)
        #expect(try await page.users.find("bob").signedInAt != nil)
        let ann = try #require(try await page.signIn("ann"))
        #expect(try await page.sessions.session(ann.token)?.access == .everything)
        let entry = try #require(try await page.audit.list(action: .signedIn, limit: 9).last)
        #expect(entry.subject == "Bob" && entry.doer == Doer(session.actor, from: "192.0.2.1"))
    }

    @Test("Every sign-in makes a token of its own and ends the one that the browser had: none can be fixed")
    func fixation() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        let planted = "a-token-that-an-attacker-knows"
        let first = try #require(try await page.signIn("ann", replacing: planted))
        #expect(first.token != planted)
        #expect(try await page.sessions.session(planted) == nil)
        let second = try #require(try await page.signIn("ann", replacing: first.token))
        #expect(second.token != first.token && second.session.formSecret != first.session.formSecret)
        #expect(try await page.sessions.session(first.token) == nil, "the one before has ended")
        let beside = try #require(try await page.signIn("ann"))
        #expect(try await page.sessions.session(second.token) != nil, "another browser's has not")
        #expect(try await page.sessions.session(beside.token) != nil)
        // What the warehouse has of a token is no token.
        for hash in try await page.rows("select encode(token_hash, 'hex') from inflow.page_session") {
            #expect(try await page.sessions.session(hash) == nil)
        }
        for text in ["", "\u{0}", String(repeating: "a", count: 100_000), String(first.token.dropLast())] {
            #expect(try await page.sessions.session(text) == nil)
        }
    }

    @Test("A link's session is nobody's to take over by signing in: the sign-in ends it")
    func linkThenSignIn() async throws {
        let page = try PageFixture()
        let link = try #require(try await page.links.make())
        let anonymous = try #require(try await page.links.use(link, address: "::1", userAgent: "x"))
        try await page.add("ann")
        let session = try #require(try await page.signIn("ann", replacing: anonymous.token))
        #expect(session.token != anonymous.token)
        #expect(try await page.sessions.session(anonymous.token) == nil)
    }

    @Test("A session ends after 12 hours without a request, and a late request does not bring it back")
    func idle() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        let token = try #require(try await page.signIn("ann")).token
        try await page.rows("update inflow.page_session set used_at = used_at - interval '11 hours 59 minutes'")
        #expect(try await page.sessions.session(token) != nil)
        let used = "select now() - used_at < interval '30 minutes' from inflow.page_session"
        #expect(try await page.rows(used) == ["t"], "the request was noted")
        try await page.rows("update inflow.page_session set used_at = used_at - interval '12 hours'")
        #expect(try await page.sessions.session(token) == nil)
        #expect(try await page.rows(used) == ["f"])
        #expect(try await page.sessions.session(token) == nil)
    }

    @Test("A session ends after seven days however much it is used")
    func absolute() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        let token = try #require(try await page.signIn("ann")).token
        try await page.rows("update inflow.page_session set ends_at = ends_at - interval '6 days 23 hours 59 minutes'")
        #expect(try await page.sessions.session(token) != nil)
        try await page.rows("update inflow.page_session set ends_at = ends_at - interval '1 minute'")
        #expect(try await page.sessions.session(token) == nil)
    }

    @Test("The SQL and the rule agree on both ends of a session's life", arguments: [-2.0, -1, 1, 2])
    func rule(seconds: Double) async throws {
        let page = try PageFixture()
        try await page.add("ann")
        let life = SessionLife(idle: 600, absolute: 3_600)
        let store = PageSessionStore(page.warehouse, life: life)
        for column in ["used_at", "ends_at"] {
            guard case .fits(let user) = try await page.authenticate("ann") else { return }
            let begun = try #require(try await store.begin(for: user, address: "", userAgent: ""))
            // `seconds` before or after the end; half a minute away, so that the test may take its time.
            let moment = column == "used_at" ? seconds * 30 - 600 : seconds * 30
            try await page.rows(
                "update inflow.page_session set \(column) = now() + make_interval(secs => $2) where id = $1",
                [.int64(begun.session.id), .double(moment)])
            let (usedAt, endsAt) = column == "used_at" ? (moment, 3_600) : (0, moment)
            let now = Date()
            let holds = life.holds(
                usedAt: now.addingTimeInterval(usedAt), endsAt: now.addingTimeInterval(endsAt), at: now)
            #expect(try await (store.session(begun.token) != nil) == holds, "\(column)")
            #expect(holds == (seconds > 0))
        }
    }

    @Test("That a session is used is written once a minute at most, also by requests at the same moment")
    func noted() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        let token = try #require(try await page.signIn("ann")).token
        let version = "select xmin::text from inflow.page_session"
        let before = try await page.rows(version)
        for _ in 0..<3 { _ = try await page.sessions.session(token) }
        #expect(try await page.rows(version) == before)
        try await page.rows("update inflow.page_session set used_at = used_at - interval '61 seconds'")
        let moved = try await page.rows(version)
        try await withThrowingTaskGroup(of: PageSession?.self) { group in
            for _ in 0..<8 { group.addTask { try await page.sessions.session(token) } }
            for try await session in group { #expect(session != nil) }
        }
        let written = try await page.rows(version)
        #expect(written != moved)
        _ = try await page.sessions.session(token)
        #expect(try await page.rows(version) == written)
    }

    @Test("Pages share a session of the pool; where the server ends it, the next request opens another")
    func restarted() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        let token = try #require(try await page.signIn("ann")).token
        let pool = SessionPool(most: 2)
        let sessions = PageSessionStore(page.warehouse.pooled(pool))
        for _ in 0..<3 { #expect(try await sessions.session(token) != nil) }
        for _ in 0..<2 {
            let ended = try await page.rows(
                """
                select pg_terminate_backend(pid, 10000) from pg_stat_activity
                where datname = current_database() and application_name like 'inflow page%'
                """)
            #expect(ended == ["t"], "one session is shared")
            #expect(try await sessions.session(token) != nil)
        }
        await pool.close()
    }

    @Test("Finding a session is one look at an index, however many there are")
    func indexed() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        try await page.rows(
            """
            insert into inflow.page_session (token_hash, user_id, epoch, ends_at, address, user_agent)
            select sha256(n::text::bytea), u.id, u.epoch, now() + interval '1 day', '', ''
            from generate_series(1, 20000) n, inflow.page_user u
            """)
        try await page.rows("analyze inflow.page_session")
        let plan = try await page.rows(
            "explain " + Statements.pageSessionFind, [.bytes(PageToken.hash("x")), .double(600)])
        #expect(plan.contains { $0.contains("Index Scan using page_session_token_hash_key") }, "\(plan)")
        #expect(!plan.contains { $0.contains("Seq Scan on page_session") }, "\(plan)")
    }

    @Test("Another password, another role, disabling and removing end all sessions of the user, and of no other")
    func ended() async throws {
        let page = try PageFixture()
        for name in ["ann", "bob"] { try await page.add(name) }
        let ann = try #require(try await page.signIn("ann")).token
        let new = try NewPassword("another horse here", of: try PageName("bob"))
        let changes: [@Sendable () async throws -> Void] = [
            { try await page.users.setRole(.admin, for: .all, of: "bob", by: PageFixture.doer) },
            { try await page.users.disable("bob", by: PageFixture.doer) },
            { try await page.sessions.endAll(of: try await page.users.find("bob"), by: PageFixture.doer) },
            { try await page.users.setPassword(new, of: "bob", by: PageFixture.doer) },
            { try await page.users.remove("bob", by: PageFixture.doer) },
        ]
        for (place, change) in changes.enumerated() {
            let password = place == 4 ? "another horse here" : PageFixture.password
            guard case .fits(let user) = try await page.authenticate("bob", password) else {
                Issue.record("bob cannot sign in before change \(place)")
                return
            }
            let sessions = [
                try await page.sessions.begin(for: user, address: "", userAgent: ""),
                try await page.sessions.begin(for: user, address: "", userAgent: ""),
            ].compactMap(\.self)
            #expect(sessions.count == 2)
            try await change()
            for session in sessions { #expect(try await page.sessions.session(session.token) == nil, "\(place)") }
            // A sign-in whose password was compared before the change comes to nothing.
            let late = try await page.sessions.begin(for: user, address: "", userAgent: "")
            #expect(late == nil, "\(place)")
            if place == 1 { try await page.users.enable("bob", by: PageFixture.doer) }
        }
        #expect(try await page.sessions.session(ann) != nil)
        #expect(try await page.rows("select count(*) from inflow.page_session") == ["1"])
    }

    @Test("A session that was not deleted with the change is still none: the epoch decides")
    func epoch() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        let token = try #require(try await page.signIn("ann")).token
        try await page.rows("update inflow.page_user set epoch = epoch + 1")
        #expect(try await page.sessions.session(token) == nil)
    }

    @Test("Signing out ends one session, once")
    func signedOut() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        let (one, other) = (try #require(try await page.signIn("ann")), try #require(try await page.signIn("ann")))
        for _ in 0..<2 { try await page.sessions.end(one.session, from: "192.0.2.1") }
        #expect(try await page.sessions.session(one.token) == nil)
        #expect(try await page.sessions.session(other.token) != nil)
        #expect(try await page.audit.list(action: .signedOut, limit: 9).map(\.subject) == ["ann"])
    }

    @Test("What a browser calls itself is cut, and characters that a terminal acts on are not kept")
    func userAgent() async throws {
        let page = try PageFixture()
        try await page.add("ann")
        guard case .fits(let user) = try await page.authenticate("ann") else { return }
        let name = "A\u{0}\u{1B}[31m" + String(repeating: "é", count: 500)
        _ = try await page.sessions.begin(for: user, address: "x\u{0}", userAgent: name)
        #expect(
            try await page.rows("select length(user_agent), address from inflow.page_session") == ["200 | x\u{FFFD}"])
    }
}
