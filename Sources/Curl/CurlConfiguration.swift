/// How an engine reaches the outside: proxy, trusted certificates and the name it gives itself.
///
/// There is no way to turn the verification of certificates off.
public struct CurlConfiguration: Sendable, Hashable {
    /// Proxy for https, such as `http://proxy.example:3128`; `nil` for none.
    ///
    /// Plain http goes to this machine only and never through a proxy. May hold a password; never printed.
    public var proxy: String?
    /// Hosts reached without the proxy, separated by commas; `*` for all.
    public var noProxy: String?
    /// File of trusted certificates (PEM); `nil` for the system's.
    public var certificateFile: String?
    /// Folder of trusted certificates (PEM, hashed names); `nil` for the system's.
    public var certificateFolder: String?
    /// The value of the `User-Agent` header.
    public var userAgent: String

    /// Makes a configuration from plain values, reading no environment.
    public init(
        proxy: String? = nil, noProxy: String? = nil, certificateFile: String? = nil, certificateFolder: String? = nil,
        userAgent: String = "inflow"
    ) {
        self.proxy = proxy
        self.noProxy = noProxy
        self.certificateFile = certificateFile
        self.certificateFolder = certificateFolder
        self.userAgent = userAgent
    }

    /// Reads the variables that curl, OpenSSL and others have made customary; empty ones count as absent.
    ///
    /// Proxy: `https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY`, the first that is set; exceptions: `no_proxy`,
    /// `NO_PROXY`. Certificates: file `CURL_CA_BUNDLE`, else `SSL_CERT_FILE`; folder `SSL_CERT_DIR`. `http_proxy` has
    /// no use here, since plain http goes to this machine only.
    public init(environment: [String: String], userAgent: String = "inflow") {
        func first(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        self.init(
            proxy: first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
            noProxy: first("no_proxy", "NO_PROXY"),
            certificateFile: first("CURL_CA_BUNDLE", "SSL_CERT_FILE"),
            certificateFolder: first("SSL_CERT_DIR"),
            userAgent: userAgent)
    }
}

extension CurlConfiguration: CustomStringConvertible {
    /// What is set, without the proxy's address, which may hold a password.
    public var description: String {
        "proxy \(proxy == nil ? "none" : "set"), certificates \(certificateFile ?? certificateFolder ?? "of the system")"
    }
}
