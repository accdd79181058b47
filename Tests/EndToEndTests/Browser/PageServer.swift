import Foundation
import Inflow
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

extension InflowFixture {
    /// A Sync All as it would be planned now.
    func syncAllPlan() async throws -> RunPlan {
        .syncAll(
            WorkflowMax.entities, connection.settings, state: try await SyncStateStore(warehouse, connection).read(),
            now: Date())
    }

    /// Starts a daemon with the page, and returns it with the address of its one-time link.
    func page(
        port: Int = 0, _ environment: [String: String] = [:]
    ) async throws -> (daemon: InflowProcess, link: String, address: String) {
        let daemon = try start(
            ["serve", "--port", "\(port)", "--workers", "2"],
            ["INFLOW_WORKER_PATIENCE": "3", "INFLOW_LOG_LEVEL": "notice"].merging(environment) { $1 })
        #expect(await daemon.error.contains("Open http"), "\(daemon.error.soFar)")
        let line = daemon.error.soFar.split(separator: "\n").first { $0.contains("Open http") } ?? ""
        let link = String(line.split(separator: " ").first { $0.hasPrefix("http") } ?? "")
        let address = link.components(separatedBy: "/enter").first ?? ""
        return (daemon, link, address)
    }
}
