import CCurl

extension CurlError.Code {
    /// What libcurl's result means here.
    ///
    /// - Parameters:
    ///   - result: libcurl's number, not `CURLE_OK`.
    ///   - isConnecting: whether no connection was ready yet.
    ///   - isHeadComplete: whether the headers had come.
    ///   - isLengthAnnounced: whether the server announced the length of the body.
    ///   - isHeadTooLarge: whether we broke off because of too many headers.
    init(
        _ result: CURLcode, isConnecting: Bool, isHeadComplete: Bool, isLengthAnnounced: Bool,
        isHeadTooLarge: Bool
    ) {
        switch result {
        case CURLE_UNSUPPORTED_PROTOCOL where !isConnecting:
            // What answers does not speak HTTP.
            self = .other
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED:
            self = .badURL
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self = .dns
        case CURLE_COULDNT_CONNECT, CURLE_PROXY:
            self = .connect
        case CURLE_OPERATION_TIMEDOUT:
            self = isConnecting ? .timedOutConnecting : isHeadComplete ? .timedOutIdle : .timedOutFirstByte
        case CURLE_SSL_CONNECT_ERROR:
            // The number covers a connection that ended in the handshake and a handshake that cannot succeed; only
            // libcurl's words differ. What concerns trust has numbers of its own.
            self = .handshake
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
            self = .tls
        case CURLE_PARTIAL_FILE:
            self = isLengthAnnounced ? .bodyTooShort : .reset
        case CURLE_WRITE_ERROR where isHeadTooLarge, CURLE_RECV_ERROR where isHeadTooLarge:
            self = .tooLarge
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR:
            // Before a connection is ready this is the proxy's refusal.
            self = isConnecting ? .connect : .reset
        case CURLE_OUT_OF_MEMORY where !isConnecting && !isHeadComplete, CURLcode(100):
            // How libcurl before and after 8.6 refuses a header longer than its own limit.
            self = .tooLarge
        case CURLE_BAD_CONTENT_ENCODING:
            // A coding of the transfer that libcurl does not undo; those of the body are `BodyDecoder`'s.
            self = .badEncoding
        default:
            self = .other
        }
    }
}

extension CurlError {
    /// libcurl's number and words.
    ///
    /// Words that quote an address, which may be the proxy's with its password, are replaced by the general ones.
    static func detail(_ result: CURLcode, _ words: String) -> String {
        let isShown = !words.isEmpty && !words.contains("://")
        return "libcurl \(result.rawValue): \(isShown ? words : String(cString: curl_easy_strerror(result)))"
    }
}
