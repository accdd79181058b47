import Foundation
import Inflow
import TestSupport
import Testing

@testable import Warehouse

@Suite("Time zones of this machine and of the database", .warehouse)
struct ZoneCheckTests {
    private func refusal(of zone: String) async throws -> WarehouseError? {
        let zone = try #require(TimeZone(identifier: zone))
        let warehouse = Warehouse(url: try TestDatabase.current.url)
        return await failure { try await ZoneCheck(warehouse).check(zone, of: "Acme") }
    }

    @Test(
        "Names of the IANA list are taken",
        arguments: ["Pacific/Auckland", "UTC", "GMT", "Etc/UTC", "America/St_Johns"])
    func taken(zone: String) async throws {
        #expect(try await refusal(of: zone) == nil)
    }

    @Test(
        "A name that the database does not know, or reads the other way round, is refused in words",
        arguments: ["GMT+13", "GMT-05:30", "GMT+0100"])
    func refused(zone: String) async throws {
        let error = try await refusal(of: zone)
        #expect(error?.code == .unusableZone)
        #expect(error?.message.contains("such as Pacific/Auckland") == true)
    }

    @Test("A connection is neither added nor changed with such a zone; another setting of an old one can be changed")
    func connections() async throws {
        let warehouse = Warehouse(url: try TestDatabase.current.url)
        try await withFolder { folder in
            let store = ConnectionStore(warehouse)
            let box = try await SecretBox.open(folder + "/keys", for: warehouse)
            var settings = LoaderFixture.settings
            settings.timeZone = try #require(TimeZone(identifier: "GMT+13"))
            let platform = Platform(name: "workflowmax", schema: "wfm")
            let added = await failure {
                try await store.add("Acme", settings, platform: platform, clientSecret: "", box: box)
            }
            #expect(added?.code == .unusableZone)
            var acme = try await store.add(
                "Acme", LoaderFixture.settings, platform: platform, clientSecret: "", box: box)
            acme.settings.timeZone = settings.timeZone
            let changed = await failure { [acme] in try await store.update(acme) }
            #expect(changed?.code == .unusableZone)
            #expect(try await store.find("Acme").settings.timeZone == LoaderFixture.settings.timeZone)
        }
    }
}
