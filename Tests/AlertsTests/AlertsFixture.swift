import Alerts
import Curl
import Foundation
import Inflow
import Logging
import Postgres
import TestSupport
import Testing
import Warehouse
import WorkflowMax

/// A warehouse with one connection whose last run failed, and a sender of its messages.
struct AlertsFixture {
    let warehouse: Warehouse
    let connection: Connection
    let box: SecretBox
    private let transfer: Transfer
    private let folder: URL
    /// The time that webhooks are signed at.
    let signedAt = Date(timeIntervalSince1970: 1_800_000_000)

    /// Runs a test with channels that are on and one message in the outbox for each.
    static func run(
        _ channels: [(channel: AlertChannel, secret: String?)], _ body: (AlertsFixture) async throws -> Void
    ) async throws {
        let fixture = try await AlertsFixture()
        let result: Result<Void, any Error>
        do {
            try await AlertChannels(fixture.warehouse, connection: fixture.connection.id)
                .set(channels, box: fixture.box)
            try await fixture.failRun()
            result = .success(try await body(fixture))
        } catch {
            result = .failure(error)
        }
        await fixture.transfer.shutdown()
        try? FileManager.default.removeItem(at: fixture.folder)
        try result.get()
    }

    private init() async throws {
        warehouse = Warehouse(url: try TestDatabase.current.url)
        folder = FileManager.default.temporaryDirectory.appending(path: "inflow-alerts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        box = try await SecretBox.open(folder.appending(path: "secret.key").path, for: warehouse)
        let settings = ConnectionSettings(
            accountID: "a", clientID: "c", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 18_262))
        connection = try await ConnectionStore(warehouse).add(
            "acme", settings, platform: WorkflowMax.platform, clientSecret: "", box: box)
        transfer = Transfer()
    }

    private func failRun() async throws {
        let log = RunLog(warehouse)
        let run = try await log.begin(connection, trigger: .manual, scope: "Sync All", entities: ["staff"]).run
        try await log.endEntities(run, [.init("staff", status: .failed, note: nil, error: "Status 503.")])
        try await log.end(run, outcome: .failed, error: "staff: Status 503.")
        _ = try await Incidents(warehouse, connection).review(entities: ["staff"])
    }

    /// Delivers what is due.
    func deliver(
        configuration: CurlConfiguration = CurlConfiguration(), missingKey: WarehouseError? = nil
    ) async throws -> AlertSender.Round {
        try await sender(configuration, missingKey).deliver(connection, until: .now + .seconds(60))
    }

    /// Sends the test message over each channel.
    func test() async throws -> [AlertSender.Outcome] {
        try await sender(CurlConfiguration(), nil).test(connection).map(\.outcome)
    }

    private func sender(
        _ configuration: CurlConfiguration, _ missingKey: WarehouseError?
    ) -> AlertSender {
        var logger = Logger(label: "alerts tests")
        logger.logLevel = .critical
        let (own, signedAt) = (self.box, signedAt)
        return AlertSender(
            warehouse, transfer: transfer, configuration: configuration, logger: logger, now: { signedAt }
        ) { () async throws(WarehouseError) in
            if let missingKey { throw missingKey }
            return own
        }
    }

    /// The first column of a query's rows, as text.
    func column(_ sql: String) async throws -> [String] {
        try await PostgresConnection.rows(at: try TestDatabase.current.url, sql).map { $0[0].string ?? "" }
    }

    /// What became of each message: sent, waiting for its next try, or given up.
    func outbox() async throws -> [String] {
        try await column(
            """
            select channel || ' ' || case when sent_at is not null then 'sent'
                when given_up_at is not null then 'given up' else 'waiting' end
            from inflow.outbox order by id
            """)
    }

    /// Makes what waits due now.
    func makeDue() async throws {
        _ = try await column("update inflow.outbox set next_attempt_at = now() returning id::text")
    }
}
