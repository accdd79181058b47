import Foundation
import Logging
import Testing

@testable import InflowCLI

@Suite("Signs of life for systemd")
struct SystemdWatchdogTests {
    private func health(stoppedByPerson: Bool = false) -> DaemonHealth {
        DaemonHealth(
            outage: WarehouseOutage(logger: Logger(label: "test")), isStoppedByPerson: { stoppedByPerson })
    }

    @Test("Without a socket and a limit there is no watchdog")
    func none() {
        #expect(SystemdWatchdog(environment: [:], health: health()) == nil)
        #expect(SystemdWatchdog(environment: ["NOTIFY_SOCKET": "/run/x"], health: health()) == nil)
        #expect(
            SystemdWatchdog(environment: ["NOTIFY_SOCKET": "", "WATCHDOG_USEC": "1"], health: health()) == nil)
    }

    @Test("With both it sends its sign to the socket")
    func sends() async throws {
        let path = "/tmp/inflow-watchdog-\(UUID().uuidString.prefix(8))"
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer {
            close(file)
            unlink(path)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        let watchdog = try #require(
            SystemdWatchdog(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000"], health: health()))
        let running = Task { try await watchdog.run() }
        let received = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var bytes = [UInt8](repeating: 0, count: 64)
                let count = recv(file, &bytes, bytes.count, 0)
                continuation.resume(returning: Array(bytes.prefix(max(0, count))))
            }
        }
        #expect(String(decoding: received, as: UTF8.self) == "WATCHDOG=1")
        running.cancel()
        _ = await running.result
    }
}
