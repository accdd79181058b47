import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("A connection stays one organisation", .warehouse)
struct OtherOrganisationTests {
    private func account(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows("select account_id from inflow.connection where id = $1", .int64(fixture.connection.id))
    }

    @Test("A connection that holds records, or that a run reads, cannot be given another organisation")
    func refused() async throws {
        let fixture = try await LoaderFixture()
        let store = ConnectionStore(fixture.warehouse)
        var changed = fixture.connection
        changed.settings.accountID = "b"
        // Its run is under way and has read nothing.
        let running = await failure { try await store.update(changed) }
        #expect(running?.code == .otherOrganisation)
        try await fixture.load(Thing("a"))
        try await RunLog(fixture.warehouse).end(fixture.run, outcome: .green, error: nil)
        let held = await failure { try await store.update(changed) }
        #expect(held?.code == .otherOrganisation)
        #expect(held?.message.contains("holds records of organisation \"a\"") == true)
        #expect(held?.message.contains("inflow connection add NAME --account-id b") == true)
        #expect(try await account(fixture) == ["a"])
    }

    @Test("The same organisation in other letters, and every other setting, can be changed on a loaded connection")
    func allowed() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"))
        var changed = fixture.connection
        changed.settings.accountID = "A"
        changed.settings.callsPerDay = 7
        try await ConnectionStore(fixture.warehouse).update(changed)
        #expect(try await account(fixture) == ["A"])
    }

    @Test(
        "A connection that has read nothing can be corrected, and a run that knew the old organisation does not begin")
    func corrected() async throws {
        let fixture = try await LoaderFixture()
        try await RunLog(fixture.warehouse).end(fixture.run, outcome: .failed, error: "403")
        var changed = fixture.connection
        changed.settings.accountID = "b"
        try await ConnectionStore(fixture.warehouse).update(changed)
        #expect(try await account(fixture) == ["b"])
        let late = await failure {
            try await RunLog(fixture.warehouse).begin(fixture.connection, trigger: .manual, scope: "", entities: [])
        }
        #expect(late?.code == .unknownConnection)
    }
}
