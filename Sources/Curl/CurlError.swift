/// Why a request failed, or its answer did not arrive whole.
///
/// A status such as 404 is not an error here but an answer. An error keeps neither headers nor the query of the
/// address, since they carry tokens; `description` also leaves out `detail`.
public struct CurlError: Error, Sendable, Hashable {
    /// What went wrong; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// The look-up of the name of the server or of the proxy failed.
        case dns
        /// The connection failed, or the proxy refused it.
        case connect
        /// The server's certificate or name is not trusted, or this machine cannot set up TLS.
        case tls
        /// The TLS handshake failed: the connection ended in it, or the two sides do not agree.
        ///
        /// The fault may pass, so a caller may try again.
        case handshake
        /// No connection within `CurlLimits.connect`.
        case timedOutConnecting = "timed_out_connecting"
        /// No answer within `CurlLimits.firstByte`.
        case timedOutFirstByte = "timed_out_first_byte"
        /// No body bytes within `CurlLimits.idle`.
        case timedOutIdle = "timed_out_idle"
        /// Not done within `CurlLimits.total`.
        case timedOutTotal = "timed_out_total"
        /// The connection ended before the headers or in the middle of the body.
        case reset
        /// The connection ended before the announced number of body bytes had come.
        case bodyTooShort = "body_too_short"
        /// The body could not be decompressed.
        case badEncoding = "bad_encoding"
        /// Inflow sends plain http to this machine only.
        case refusedPlainHTTP = "refused_plain_http"
        /// The address is not a usable http or https address.
        case badURL = "bad_url"
        /// A header of the request holds characters that headers may not hold.
        case badHeader = "bad_header"
        /// The body, or the headers, of the answer are larger than is allowed.
        case tooLarge = "too_large"
        /// The task was cancelled, the reader dropped the body, or the engine was shut down.
        case cancelled
        /// The body is being read by two readers at once.
        case readTwice = "read_twice"
        /// Anything else; `detail` holds the number that libcurl gave.
        case other
    }

    /// What went wrong; stable.
    public var code: Code
    /// What happened, in fixed words fit to be shown.
    public var message: String { code.message }
    /// What varies, for the log of the owner: libcurl's own words and numbers, limits, sizes.
    public var detail: String
    /// The address without user, query and fragment.
    public var url: String

    /// Makes an error; `url` must already be without user, query and fragment.
    public init(_ code: Code, detail: String = "", url: String = "") {
        self.code = code
        self.detail = detail
        self.url = url
    }
}

extension CurlError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Code, fixed message and address, fit to be shown to a person.
    public var description: String {
        url.isEmpty ? "\(code.rawValue): \(message)" : "\(code.rawValue): \(message) (\(url))"
    }

    /// The description and the detail.
    public var debugDescription: String {
        detail.isEmpty ? description : "\(description) [\(detail)]"
    }
}

extension CurlError.Code {
    /// The fixed words of this code.
    var message: String {
        switch self {
        case .dns: "The look-up of the server's name failed."
        case .connect: "The connection to the server failed."
        case .tls: "The server's certificate is not trusted."
        case .handshake: "The TLS handshake failed."
        case .timedOutConnecting: "The connection was not ready in time."
        case .timedOutFirstByte: "The server took too long to begin its answer."
        case .timedOutIdle: "The server stopped sending in the middle of its answer."
        case .timedOutTotal: "The whole answer took too long."
        case .reset: "The connection broke off before the answer was complete."
        case .bodyTooShort: "The answer is shorter than the server announced."
        case .badEncoding: "The decompression of the answer failed."
        case .refusedPlainHTTP: "Plain http to another machine is not allowed."
        case .badURL: "The address is not a usable https address."
        case .badHeader: "A header of the request holds characters that are not allowed."
        case .tooLarge: "The answer is larger than is allowed."
        case .cancelled: "The request was cancelled."
        case .readTwice: "The answer is being read by two readers at once."
        case .other: "The request failed."
        }
    }
}
