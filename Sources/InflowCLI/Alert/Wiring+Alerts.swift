import Alerts
import Curl
import Foundation
import Inflow
import Logging
import Warehouse
import WorkflowMax

extension Wiring {
    /// Delivers what the outboxes hold.
    func alertSender() -> AlertSender {
        AlertSender(
            warehouse, transfer: transfer(),
            configuration: CurlConfiguration(environment: ProcessInfo.processInfo.environment), logger: logger
        ) { () async throws(WarehouseError) in
            try await SecretBox.open(settings.keyFile, for: warehouse)
        }
    }

    /// Opens and closes the incidents of a connection and writes the messages about them into the outbox.
    @discardableResult
    func review(_ connection: Connection) async throws(WarehouseError) -> IncidentReview {
        try await Incidents(warehouse, connection).review(entities: WorkflowMax.entities.map(\.name))
    }

    /// Reviews a connection after a run of it and delivers its messages, for some seconds at most.
    ///
    /// Whatever comes of it changes nothing about the run: it is only logged, and the outbox keeps what was not
    /// delivered.
    func tell(_ connection: Connection, seconds: Int = 20) async {
        do {
            try await interruptible {
                try await review(connection)
                _ = try await alertSender().deliver(connection, until: .now + .seconds(seconds))
            }
        } catch let error as WarehouseError {
            logger.warning("Nobody could be told of what is wrong with \"\(connection.name)\": \(error.message)")
        } catch {
            logger.warning("Nobody could be told of what is wrong with \"\(connection.name)\".")
        }
    }
}
