import Alerts
import Curl
import Foundation
import Inflow
import Logging
import Synchronization
import TestSupport
import Testing
import WorkflowMax

@testable import InflowCLI
@testable import Warehouse

@Suite("Alerts while the warehouse is away")
struct OutageAlertTests {
    @Test(
        "After ten minutes one message goes to each receiver as last known, and one when it answers again",
        .database(.warehouse))
    func told() async throws {
        let warehouse = Warehouse(url: try TestDatabase.current.url)
        let folder = FileManager.default.temporaryDirectory.path + "/inflow-outage-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let keyFile = "\(folder)/secret.key"
        let box = try await SecretBox.open(keyFile, for: warehouse)
        let listener = try WebhookListener(statuses: [500])
        defer { listener.stop() }
        var settings = ConnectionSettings(
            accountID: UUID().uuidString, clientID: "c", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 0))
        for name in ["acme", "other"] {
            settings.accountID = UUID().uuidString
            let connection = try await ConnectionStore(warehouse).add(
                name, settings, platform: WorkflowMax.platform, clientSecret: "s", box: box)
            try await AlertChannels(warehouse, connection: connection.id).set(
                [(AlertChannel(.webhook, url: listener.url), "k")], box: box)
        }
        let kept = KeptChannels(folder: folder, keyFile: keyFile)
        try await kept.keep(warehouse) { box }

        let time = Mutex(ContinuousClock.now)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let outage = WarehouseOutage(logger: logger, now: { time.withLock { $0 } })
        let away = Warehouse(url: "postgresql://127.0.0.1:1/nowhere")
        let sender = AlertSender(
            away, transfer: Transfer(configuration: CurlConfiguration()), configuration: CurlConfiguration(),
            logger: logger
        ) { () async throws(WarehouseError) in throw WarehouseError(.unreachable, message: "away") }
        let alert = OutageAlert(
            channels: kept, health: DaemonHealth(outage: outage, isStoppedByPerson: { false }), sender: sender,
            logger: logger, mark: "\(folder)/warehouse-away")
        var reached: Set<KeptChannels.Entry> = []
        await alert.look(&reached)
        #expect(listener.posts.isEmpty)
        time.withLock { $0 = $0 + .seconds(601) }
        // The receiver fails the first time; the next look sends again.
        await alert.look(&reached)
        await alert.look(&reached)
        await alert.look(&reached)
        #expect(listener.posts.count == 2)
        let first = String(decoding: try #require(listener.posts.last).body, as: UTF8.self)
        #expect(first.contains("\"event\":\"opened\"") && first.contains("warehouse_away"), "\(first)")
        outage.end()
        var fresh: Set<KeptChannels.Entry> = []
        await alert.look(&fresh)
        await alert.look(&fresh)
        #expect(listener.posts.count == 3)
        let last = String(decoding: try #require(listener.posts.last).body, as: UTF8.self)
        #expect(last.contains("\"event\":\"closed\""), "\(last)")
    }
}
