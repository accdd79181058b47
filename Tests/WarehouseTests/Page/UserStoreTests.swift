import Inflow
import TestSupport
import Testing

@testable import Warehouse

@Suite("Users of the page", .warehouse)
struct UserStoreTests {
    @Test("A user is added, listed and found without regard to case")
    func added() async throws {
        let page = try PageFixture()
        #expect(try await !page.users.isAnyThere())
        let ann = try await page.add("Ann")
        #expect(try await page.users.isAnyThere())
        #expect(try await page.users.find("aNN ") == ann)
        #expect(ann.role == .admin && ann.scope == .all && ann.disabledAt == nil && ann.signedInAt == nil)
        let error = await failure { try await page.add("ANN", .viewer) }
        #expect(error?.code == .accountExists && error?.message.contains("inflow user password ANN") == true)
        let unknown = await failure { try await page.users.find("bob\u{0}") }
        #expect(unknown?.code == .unknownAccount)
        #expect(try await page.users.list() == [ann])
    }

    @Test("A role for some connections has these, loses one that is removed, and never becomes one for all")
    func scopes() async throws {
        let page = try PageFixture()
        let (acme, other) = (try await LoaderFixture(), try await LoaderFixture("Other, and so on"))
        try await page.add("ann")
        let bob = try await page.add(
            "bob", .operates, for: .only([acme.connection.id, other.connection.id]))
        #expect(bob.connections == ["Acme", "Other, and so on"])
        #expect(bob.access.may(.operate, on: acme.connection.id) && !bob.access.mayEverywhere(.view))
        for fixture in [acme, other] {
            _ = try await ConnectionRemoval(
                fixture.warehouse, fixture.connection, keepingData: false, tables: ["t.thing", "t.line", "t.tag"]
            ).run()
        }
        let left = try await page.users.find("bob")
        #expect(left.scope == .only([]) && left.connections.isEmpty)
        #expect(!left.access.may(.view, on: acme.connection.id))
        let changed = try await page.users.setRole(.admin, for: .all, of: "bob", by: PageFixture.doer)
        #expect(changed.role == .admin && changed.scope == .all)
    }

    @Test("The first user must be an admin of all connections")
    func firstUser() async throws {
        let page = try PageFixture()
        let acme = try await LoaderFixture()
        for role in [PageRole.viewer, .operates] {
            let error = await failure { try await page.add("ann", role) }
            #expect(error?.code == .lastAdmin)
        }
        let scoped = await failure { try await page.add("ann", .admin, for: .only([acme.connection.id])) }
        #expect(scoped?.code == .lastAdmin)
        #expect(try await page.users.list().isEmpty)
        #expect(try await page.audit.list(limit: 9).isEmpty, "nothing was changed")
    }

    @Test("The last admin of all connections who may enter is not removed, disabled or demoted; the error says how to")
    func lastAdmin() async throws {
        let page = try PageFixture()
        let acme = try await LoaderFixture()
        try await page.add("ann")
        try await page.add("bob", .viewer)
        try await page.add("eve", .admin)
        try await page.users.disable("eve", by: PageFixture.doer)
        let scope = PageScope.only([acme.connection.id])
        let attempts: [@Sendable () async throws -> Void] = [
            { try await page.users.remove("ann", by: PageFixture.doer) },
            { try await page.users.disable("ann", by: PageFixture.doer) },
            { try await page.users.setRole(.operates, for: .all, of: "ann", by: PageFixture.doer) },
            { try await page.users.setRole(.admin, for: scope, of: "ann", by: PageFixture.doer) },
        ]
        let before = try await page.rows("select * from inflow.page_user order by id")
        let noted = try await page.audit.list(limit: 99).count
        for attempt in attempts {
            let error = await failure { try await attempt() }
            #expect(error?.code == .lastAdmin)
            #expect(error?.message.contains("inflow user add NAME --role admin") == true)
        }
        #expect(try await page.rows("select * from inflow.page_user order by id") == before)
        #expect(try await page.audit.list(limit: 99).count == noted, "what was not done is not in the log")
        try await page.users.enable("eve", by: PageFixture.doer)
        try await page.users.remove("ann", by: PageFixture.doer)
    }

    @Test("Of two admins who remove each other in the same moment one stays")
    func mutualRemoval() async throws {
        let page = try PageFixture()
        for _ in 0..<5 {
            for name in ["ann", "bob"] where try await !page.users.list().contains(where: { $0.name == name }) {
                try await page.add(name)
            }
            await withTaskGroup(of: Void.self) { group in
                for name in ["ann", "bob"] {
                    group.addTask { _ = await failure { try await page.users.remove(name, by: PageFixture.doer) } }
                }
            }
            #expect(try await page.users.list().count == 1)
        }
    }

    @Test("Each change is in the audit log with who made it, and no password is")
    func audited() async throws {
        let page = try PageFixture()
        let acme = try await LoaderFixture()
        try await page.add("ann")
        try await page.add("bob", .viewer, for: .only([acme.connection.id]))
        let by = Doer(.user(1, name: "ann"), from: "192.0.2.7")
        try await page.users.setRole(.operates, for: .all, of: "BOB", by: by)
        try await page.users.setPassword(
            try NewPassword("another horse here", of: try PageName("bob")), of: "bob", by: by)
        try await page.users.disable("bob", by: by)
        try await page.users.enable("bob", by: by)
        try await page.users.remove("bob", by: by)
        let entries = try await page.audit.list(limit: 99)
        #expect(
            entries.map(\.action) == [
                .userRemoved, .userEnabled, .userDisabled, .userPasswordChanged, .userRoleChanged, .userAdded,
                .userAdded,
            ])
        #expect(entries.prefix(5).allSatisfy { $0.doer == by && $0.subject == "bob" })
        #expect(
            entries.suffix(2).map(\.details) == [
                ["role": "viewer", "connections": "Acme"], ["role": "admin", "connections": "all"],
            ])
        #expect(entries.last?.doer == PageFixture.doer)
        for row in try await page.rows("select audit::text from inflow.audit") { #expect(!row.contains("horse")) }
    }
}
