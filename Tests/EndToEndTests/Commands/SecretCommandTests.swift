import Curl
import Foundation
import Postgres
import Sandbox
import TestSupport
import Testing
import Warehouse

@Suite("Keys on the command line", .database(.warehouse), .timeLimit(.minutes(5)))
struct SecretCommandTests {
    private struct Rotated: Decodable {
        let key: String
        let secrets: Int
        let machines: [String]
    }

    @Test(
        "A rotation names the machines whose key file must be renewed; an old file no longer serves, the new one does")
    func rotate() async throws {
        try await InflowFixture.run { fixture in
            let old = try Data(contentsOf: URL(fileURLWithPath: fixture.keyFile))
            _ = try await fixture.query(
                """
                insert into inflow.run (connection_id, trigger, scope, status, holder)
                select id, 'manual', 'Sync All', 'green', 'reports-2, process 7' from inflow.connection
                """)
            let rotated = try await fixture.inflow("secrets", "rotate", "--json").json(Rotated.self)
            #expect(rotated.secrets == 3 && rotated.machines == ["reports-2"], "a client secret and two tokens")
            #expect(try await fixture.inflow("sync", "acme", "task").code == 0)

            let elsewhere = try fixture.file("elsewhere.key", String(decoding: old, as: UTF8.self))
            let stale = try await fixture.inflow(
                "sync", "acme", "task", environment: ["INFLOW_SECRET_KEY_FILE": elsewhere])
            #expect(stale.code == 1 && stale.error.contains("\"\(rotated.key)\""), "\(stale)")
            #expect(stale.error.contains("Copy the key file"), "\(stale)")
            let attributes = try FileManager.default.attributesOfItem(atPath: fixture.keyFile)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("A lost key costs the client secret and one consent, and no record")
    func lostKey() async throws {
        try await InflowFixture.run { fixture in
            #expect(try await fixture.inflow("sync", "acme", "task").code == 0)
            let rows = try await fixture.count("wfm.task")
            try FileManager.default.removeItem(atPath: fixture.keyFile)
            let lost = try await fixture.inflow("sync", "acme", "task")
            #expect(lost.code == 1 && lost.error.contains("No record is lost"), "\(lost)")
            let secret = try fixture.file("secret.txt", fixture.sandbox.configuration.clientSecret)
            let set = try await fixture.inflow("connection", "set-secret", "acme", "--client-secret-file", secret)
            #expect(set.code == 0, "\(set)")

            let browser = ConsentBrowser()
            let consent = try fixture.start(["authorise", "acme", "--no-browser", "--port", "0"])
            let address = try await browser.consent(to: try await browser.address(printedBy: consent))
            #expect(try await browser.get(address).status == 200)
            let ending = await consent.ending()
            #expect(ending.code == 0, "\(ending)")
            #expect(try await fixture.inflow("sync", "acme", "task").code == 0)
            #expect(try await fixture.count("wfm.task") == rows)
        }
    }
}
