import ConnectionPage
import Foundation
import Warehouse

/// Says over HTTP whether Inflow is alive (`/healthz`) and ready (`/readyz`), and its metrics (`/metrics`).
///
/// They show names of connections and numbers, never a record or a secret, take no commands and need no session.
enum HealthRoutes {
    /// The routes; `fault` says why the daemon should be started anew, `nil` while it is well.
    static func all(
        wiring: Wiring, fault: @escaping @Sendable () -> String? = { nil }
    ) -> [ConnectionPage.OpenRoute] {
        let plain = "text/plain; charset=utf-8"
        return [
            .init("healthz") { fault().map { (503, plain, "not well: \($0)\n") } ?? (200, plain, "ok\n") },
            .init("readyz") { await readiness(wiring.warehouse) },
            .init("metrics") { await metrics(wiring.warehouse) },
        ]
    }

    /// Whether the warehouse answers and has this Inflow's schema; the text names no address and no role.
    private static func readiness(_ warehouse: Warehouse) async -> (status: Int, type: String, text: String) {
        let type = "text/plain; charset=utf-8"
        do throws(WarehouseError) {
            try await Migrator(warehouse).check()
            return (200, type, "ready\n")
        } catch {
            return (503, type, "not ready: \(error.message)\n")
        }
    }

    private static func metrics(_ warehouse: Warehouse) async -> (status: Int, type: String, text: String) {
        let now = Date()
        do throws(WarehouseError) {
            let facts = try await MetricsSnapshot.read(warehouse, now: now)
            return (200, "text/plain; version=0.0.4; charset=utf-8", Metrics.text(facts, now: now))
        } catch {
            return (503, "text/plain; charset=utf-8", "no metrics: \(error.message)\n")
        }
    }
}
