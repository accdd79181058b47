import Foundation

/// The TCP port of a lasting cluster, kept in the file `port` beside the data, so that what people wrote into their
/// reports stays true from start to start.
struct ClusterPort {
    /// The port of a cluster that never chose one: it names the socket's file only.
    static let unchosen = 5432
    /// Below the ports that the kernel gives to outgoing connections.
    private static let first = 20_000
    private static let count = 10_000

    let clusterFolder: String

    private var file: String { "\(clusterFolder)/port" }

    /// The port of the last start.
    var noted: Int {
        let text = try? String(contentsOfFile: file, encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? Self.unchosen
    }

    /// Chooses the port for a start and notes it; only for use while no server of the cluster runs.
    ///
    /// It is the one of the last start unless something else listens there now. The first is derived from the folder's
    /// path, so that two clusters of one machine seldom meet.
    func settle(_ account: ServerAccount) throws(PostgresError) -> Int {
        let before = noted
        if before != Self.unchosen, Self.isFree(before) { return before }
        let hash = clusterFolder.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        let start = Int(hash % UInt64(Self.count))
        let candidates = (0..<100).map { Self.first + (start + $0) % Self.count }
        guard let port = candidates.first(where: { Self.isFree($0) }) else {
            throw PostgresError(
                .clusterFailed, detail: "No TCP port from \(candidates[0]) on is free on 127.0.0.1 for the server.")
        }
        do { try "\(port)\n".write(toFile: file, atomically: true, encoding: .utf8) } catch {
            throw PostgresError(.clusterFailed, detail: "\"\(file)\" cannot be written: \(error.localizedDescription)")
        }
        try account.own(file, mode: 0o600)
        return port
    }

    /// Whether a server could listen on the port of 127.0.0.1 now.
    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // As PostgreSQL does it: connections that have just ended are not in the way.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
