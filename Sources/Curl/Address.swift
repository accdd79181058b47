import CCurl

/// An address that Inflow may send to, read by the same parser that libcurl connects with.
struct Address {
    /// The address as libcurl takes it.
    let text: String
    /// Scheme, host, port and path: what may be shown.
    let shown: String
    /// Whether the request goes over plain http, to this machine.
    let isPlain: Bool

    /// Reads an address; throws `bad_url` or `refused_plain_http`.
    init(_ text: String) throws(CurlError) {
        guard let parts = AddressParts(text) else { throw CurlError(.badURL, url: "unreadable address") }
        shown = parts.shown
        guard parts.scheme == "https" || parts.scheme == "http" else {
            throw CurlError(.badURL, detail: "scheme \(parts.scheme)", url: shown)
        }
        guard !parts.hasUser else {
            throw CurlError(.badURL, detail: "an address may not hold a user or a password", url: shown)
        }
        isPlain = parts.scheme == "http"
        if isPlain, !Address.isLoopback(parts.host) { throw CurlError(.refusedPlainHTTP, url: shown) }
        self.text = text
    }

    /// Whether a host is this machine itself: `localhost`, 127.0.0.0/8 or `[::1]`, as written, with no look-up.
    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// The parts of an address of any scheme, read by the same parser that libcurl connects with.
struct AddressParts {
    /// The scheme in lower case, such as `https`.
    let scheme: String
    /// A name or a number; IPv6 in brackets.
    let host: String
    /// Whether the address holds a user or a password.
    let hasUser: Bool
    /// Scheme, host, port and path: what may be shown.
    let shown: String

    /// The parts; `nil` where it cannot be read or has no host.
    init?(_ text: String) {
        guard !text.utf8.contains(0), let parsed = curl_url() else { return nil }
        defer { curl_url_cleanup(parsed) }
        func part(_ what: CURLUPart) -> String? {
            var found: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parsed, what, &found, 0) == CURLUE_OK, let found else { return nil }
            defer { curl_free(found) }
            return String(cString: found)
        }
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME)
        guard curl_url_set(parsed, CURLUPART_URL, text, flags) == CURLUE_OK,
            let scheme = part(CURLUPART_SCHEME)?.lowercased(), let host = part(CURLUPART_HOST), !host.isEmpty
        else { return nil }
        self.scheme = scheme
        self.host = host
        hasUser = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil
        let port = part(CURLUPART_PORT).map { ":" + $0 } ?? ""
        shown = "\(scheme)://\(host)\(port)\(part(CURLUPART_PATH) ?? "/")"
    }
}
