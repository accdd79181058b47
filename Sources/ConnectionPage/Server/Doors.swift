/// By which names browsers reach the server, and what stands between.
public struct Doors: Sendable, Hashable {
    /// The names that a request's `Host` may have, without port, in small letters.
    ///
    /// Any other name is refused: it may be one of a page elsewhere that was made to lead here (rebinding).
    public let hosts: Set<String>
    /// Whether browsers speak TLS with the server or with the proxy before it, so that cookies are for TLS only.
    public let isSecure: Bool
    /// The addresses of proxies whose `X-Forwarded-…` count; no other's does.
    public let proxies: Set<String>

    /// Names, whether TLS is spoken, and proxies.
    public init(hosts: Set<String>, isSecure: Bool, proxies: Set<String> = []) {
        (self.hosts, self.isSecure, self.proxies) = (Set(hosts.map { $0.lowercased() }), isSecure, proxies)
    }

    /// The names of this machine for itself.
    public static let loopback = Doors(hosts: ["127.0.0.1", "localhost", "[::1]"], isSecure: false)

    /// Whether a `Host` header names one of the hosts, with whatever port.
    func admits(_ host: String?) -> Bool {
        guard let host else { return false }
        return hosts.contains(Doors.withoutPort(host.lowercased()))
    }

    private static func withoutPort(_ host: String) -> String {
        guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]"),
            host[host.index(after: colon)...].allSatisfy(\.isNumber)
        else { return host }
        return String(host[..<colon])
    }
}
