import Curl
import Foundation
import Postgres
import Sandbox
import TestSupport
import Testing
import Warehouse

@Suite("Keys on the command line", .database(.warehouse), .timeLimit(.minutes(2)))
struct SecretCommandTests {
    private struct Rotated: Decodable {
        let key: String
        let secrets: Int
        let machines: [String]
    }

    @Test(
        "A rotation names the machines whose key file must be renewed; an old file no longer serves, the new one does")
    func rotate() async throws {
        try await Rig.run { rig in
            let old = try Data(contentsOf: URL(fileURLWithPath: rig.keyFile))
            _ = try await rig.query(
                """
                insert into inflow.run (connection_id, trigger, scope, status, holder)
                select id, 'manual', 'Sync All', 'green', 'reports-2, process 7' from inflow.connection
                """)
            let rotated = try await rig.inflow("secrets", "rotate", "--json").json(Rotated.self)
            #expect(rotated.secrets == 3 && rotated.machines == ["reports-2"], "a client secret and two tokens")
            #expect(try await rig.inflow("sync", "acme", "task").code == 0)

            let elsewhere = try rig.file("elsewhere.key", String(decoding: old, as: UTF8.self))
            let stale = try await rig.inflow("sync", "acme", "task", environment: ["INFLOW_SECRET_KEY_FILE": elsewhere])
            #expect(stale.code == 1 && stale.error.contains("\"\(rotated.key)\""), "\(stale)")
            #expect(stale.error.contains("Copy the key file"), "\(stale)")
            let attributes = try FileManager.default.attributesOfItem(atPath: rig.keyFile)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("A lost key costs the client secret and one consent, and no record")
    func lostKey() async throws {
        try await Rig.run { rig in
            #expect(try await rig.inflow("sync", "acme", "task").code == 0)
            let rows = try await rig.count("wfm.task")
            try FileManager.default.removeItem(atPath: rig.keyFile)
            let lost = try await rig.inflow("sync", "acme", "task")
            #expect(lost.code == 1 && lost.error.contains("No record is lost"), "\(lost)")
            let secret = try rig.file("secret.txt", rig.sandbox.configuration.clientSecret)
            let set = try await rig.inflow("connection", "set-secret", "acme", "--client-secret-file", secret)
            #expect(set.code == 0, "\(set)")

            let browser = ConsentBrowser()
            let consent = try rig.start(["authorise", "acme", "--no-browser", "--port", "0"])
            let address = try await browser.consent(to: try await browser.address(printedBy: consent))
            #expect(try await browser.get(address).status == 200)
            let ending = await consent.ending()
            #expect(ending.code == 0, "\(ending)")
            #expect(try await rig.inflow("sync", "acme", "task").code == 0)
            #expect(try await rig.count("wfm.task") == rows)
        }
    }
}
