/// One HTTP request: address, method, headers, body and how long it may take.
public struct CurlRequest: Sendable {
    /// The HTTP method.
    public enum Method: String, Sendable {
        /// Reads; `body` is not sent.
        case get = "GET"
        /// Sends `body`, always over a new connection (see `Transfer`).
        case post = "POST"
    }

    /// One header as it is sent.
    public typealias Header = (name: String, value: String)

    /// Absolute address, `https://…`, or `http://…` to this machine itself; without user and password.
    public var url: String
    /// The method, `get` by default.
    public var method: Method
    /// Headers in the order they are sent.
    ///
    /// A `post` without `Content-Type` is sent without one.
    public var headers: [Header]
    /// The body of a `post`; `nil` and `[]` are both sent as an empty body.
    public var body: [UInt8]?
    /// How long the parts of the transfer may take.
    public var limits: CurlLimits

    /// Makes a request; nothing is checked before it is sent.
    public init(
        url: String, method: Method = .get, headers: [Header] = [], body: [UInt8]? = nil, limits: CurlLimits = .standard
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        self.limits = limits
    }

    /// Throws `bad_url`, `refused_plain_http` or `bad_header` if it could not be sent as it is; sends nothing.
    public func check() throws(CurlError) {
        try checkHeaders(shownURL: try Address(url).shown)
    }
}

/// How long each part of one transfer may take before Inflow ends it.
public struct CurlLimits: Sendable, Hashable {
    /// From the start to a ready connection: name look-up, TCP, proxy and TLS.
    ///
    /// Thirty seconds by default.
    public var connect: Duration
    /// From the sending of the request to the end of the answer's headers.
    ///
    /// Three minutes by default.
    public var firstByte: Duration
    /// Between two arrivals of body bytes, not counting time in which the reader was not ready.
    ///
    /// A minute by default.
    public var idle: Duration
    /// From the start to the last byte, whatever happens.
    ///
    /// Two hours by default.
    public var total: Duration

    /// Makes limits; each has the standard value unless given.
    public init(
        connect: Duration = .seconds(30), firstByte: Duration = .seconds(180), idle: Duration = .seconds(60),
        total: Duration = .seconds(7_200)
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.total = total
    }

    /// Limits for answers that may be large and slow: 30 s, 180 s, 60 s, 2 h.
    public static let standard = CurlLimits()
}
