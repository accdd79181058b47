import Alerts
import Curl
import Foundation
import Inflow
import Logging
import Warehouse
import WorkflowMax

extension Wiring {
    /// The sender of the messages that wait in the outboxes.
    func alertSender() -> AlertSender {
        AlertSender(
            warehouse, transfer: transfer(),
            configuration: CurlConfiguration(environment: ProcessInfo.processInfo.environment), logger: logger
        ) { () async throws(WarehouseError) in
            try await SecretBox.open(settings.keyFile, for: warehouse)
        }
    }

    /// The alert channels as this machine knew them last.
    var keptChannels: KeptChannels { KeptChannels(folder: settings.home, keyFile: settings.keyFile) }

    /// Opens and closes the incidents of a connection and writes the messages about them into the outbox, and with them
    /// the digest, the mails of runs that went well, the reports that are due and the events of webhooks.
    @discardableResult
    func review(_ connection: Connection) async throws(WarehouseError) -> IncidentReview {
        // Values take days to complete, and the status says how far they are: only a list can be stale.
        let review = try await Incidents(warehouse, connection).review(
            entities: WorkflowMax.entities.filter { !$0.isPerParent }.map(\.name), known: WorkflowMax.entities)
        for kind in try await Summaries(warehouse, connection, known: WorkflowMax.entities).write() {
            logger.info("Wrote a mail about \"\(connection.name)\": \(kind.rawValue)")
        }
        await writeReports(connection)
        try await WebhookEvents(warehouse, connection).write()
        return review
    }

    /// Writes the mails of reports that are due.
    ///
    /// A report that cannot be written now holds no alert back: Inflow logs why, and tries again at the next review.
    private func writeReports(_ connection: Connection) async {
        do throws(WarehouseError) {
            let count = try await ReportMailWriter(wiring: self, connection: connection).writeDue()
            if count > 0 { logger.info("Wrote \(count) mails of reports of \"\(connection.name)\"") }
        } catch {
            let whose = "\"\(connection.name)\""
            logger.warning("Inflow could not write the mails of reports of \(whose) and tries again: \(error.message)")
        }
    }

    /// Reviews a connection after a run and delivers its messages, for at most some seconds.
    ///
    /// A failure never changes the run: Inflow logs it, and the outbox keeps what it could not deliver.
    func sendAlerts(_ connection: Connection, seconds: Int = 20) async {
        do {
            try await review(connection)
            _ = try await alertSender().deliver(connection, until: .now + .seconds(seconds))
        } catch {
            logger.warning(
                "Inflow could not send the alerts of \"\(connection.name)\" and tries again later: \(error.message)")
        }
    }
}
