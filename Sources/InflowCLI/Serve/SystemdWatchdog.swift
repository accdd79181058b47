import Foundation
import ServiceLifecycle

/// Tells systemd that the daemon is well, as `WatchdogSec=` of its unit wants; silent while it is not.
///
/// systemd then ends the daemon and starts it anew. Protocol: sd_notify(3), a datagram to the socket that
/// `NOTIFY_SOCKET` names; a leading `@` stands for the abstract namespace.
struct SystemdWatchdog: Service {
    private let socketPath: String
    private let every: Duration
    private let health: DaemonHealth

    /// The watchdog that the environment asks for; `nil` where it asks for none.
    init?(environment: [String: String], health: DaemonHealth) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"),
            let limit = environment["WATCHDOG_USEC"].flatMap({ Int($0) }), limit > 0
        else { return nil }
        socketPath = path
        every = .microseconds(max(1_000, limit / 3))
        self.health = health
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if health.fault == nil { send("WATCHDOG=1") }
                guard (try? await Task.sleep(for: every)) != nil else { return }
            }
        }
    }

    private func send(_ text: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(socketPath.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { return }
        defer { close(file) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let message = Array(text.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                // A message that systemd does not take is one sign of life less; the next one follows.
                _ = sendto(file, message, message.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
