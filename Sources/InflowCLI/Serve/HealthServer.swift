import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Warehouse

/// Serves over HTTP whether Inflow is alive (`/healthz`) and ready (`/readyz`), and its metrics (`/metrics`).
///
/// The pages show names of connections and numbers, never a record or a secret, and take no commands. The server
/// listens only on this machine unless `--address` says otherwise.
enum HealthServer {
    /// The server as a service.
    ///
    /// Port 0 takes any free one; `onReady` gets the port once the server listens. `fault` says why the daemon should be
    /// started anew; `nil` while it is well.
    static func application(
        wiring: Wiring, address: String = "127.0.0.1", port: Int,
        fault: @escaping @Sendable () -> String? = { nil },
        onReady: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let router = Router()
        router.get("healthz") { _, _ in
            fault().map { answer(.serviceUnavailable, "not well: \($0)\n") } ?? answer(.ok, "ok\n")
        }
        router.get("readyz") { _, _ in await readiness(wiring.warehouse) }
        router.get("metrics") { _, _ in await metrics(wiring.warehouse) }
        // The framework logs each start and stop, which does not help a reader of Inflow's log.
        var logger = wiring.logger
        logger.logLevel = max(logger.logLevel, .warning)
        return Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(address, port: port), serverName: "inflow"),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) }, logger: logger)
    }

    /// Whether the warehouse answers and has this Inflow's schema; the text names no address and no role.
    private static func readiness(_ warehouse: Warehouse) async -> Response {
        do throws(WarehouseError) {
            try await Migrator(warehouse).check()
            return answer(.ok, "ready\n")
        } catch {
            return answer(.serviceUnavailable, "not ready: \(error.message)\n")
        }
    }

    private static func metrics(_ warehouse: Warehouse) async -> Response {
        let now = Date()
        do throws(WarehouseError) {
            let facts = try await MetricsSnapshot.read(warehouse, now: now)
            return answer(.ok, Metrics.text(facts, now: now), type: "text/plain; version=0.0.4; charset=utf-8")
        } catch {
            return answer(.serviceUnavailable, "no metrics: \(error.message)\n")
        }
    }

    private static func answer(
        _ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
