public import Foundation

/// The answer of a server: status and headers are in, the body is read through `body`.
///
/// When the answer and all copies of its body are released before the end, the transfer ends.
public struct CurlResponse: Sendable {
    /// The status, such as 200; redirections are not followed and are an answer like any other.
    public let status: Int
    /// The headers, among them `Date` and `Retry-After`.
    public let headers: CurlHeaders
    /// When the headers were complete, by the wall clock of this machine (to be compared with `Date`).
    public let headersAt: Date
    /// From the call of `send` to the complete headers.
    public let waited: Duration
    /// The body, to be read once.
    public let body: CurlBody

    /// Bytes so far; final when the body has been read to its end.
    public var traffic: CurlTraffic { body.traffic }
}

/// How many bytes an answer took.
public struct CurlTraffic: Sendable, Hashable {
    /// Bytes of status line and headers.
    public var headerBytes = 0
    /// Bytes of the body as they came over the wire, compressed if the server compressed them.
    public var wireBytes = 0
    /// Bytes of the body that the reader has received, decompressed.
    public var bodyBytes = 0

    /// Makes a count of nothing.
    public init() {}
}

/// What is known once the headers are complete.
struct ResponseHead: Sendable {
    var status = 0
    var headers = CurlHeaders()
    var headersAt = Date(timeIntervalSince1970: 0)
    var waited = Duration.zero
}
