import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Warehouse

/// Says over HTTP whether Inflow is alive (`/healthz`), ready (`/readyz`), and what it has done (`/metrics`).
///
/// It tells names of connections and numbers, and no record and no secret; it takes no command. It listens on this machine
/// only unless it is told otherwise.
enum HealthServer {
    /// The server, to be run by itself or among other services.
    ///
    /// Port 0 is any free one; `onReady` is told the port once it listens.
    static func application(
        wiring: Wiring, address: String = "127.0.0.1", port: Int,
        onReady: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let router = Router()
        router.get("healthz") { _, _ in answer(.ok, "ok\n") }
        router.get("readyz") { _, _ in await readiness(wiring.warehouse) }
        router.get("metrics") { _, _ in await metrics(wiring.warehouse) }
        // What the framework says of each start and stop is of no use to whoever reads Inflow's log.
        var logger = wiring.logger
        logger.logLevel = max(logger.logLevel, .warning)
        return Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(address, port: port), serverName: "inflow"),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) }, logger: logger)
    }

    /// Whether the warehouse can be reached and has this Inflow's schema; the words name no address and no role.
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
