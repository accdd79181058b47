internal import Curl
internal import Inflow
internal import Records

extension SourceError {
    /// What a fault of the connection means for the reading of a subject.
    init(_ error: CurlError, subject: String) {
        let (code, message): (SourceError.Code, String) =
            switch error.code {
            case .dns, .connect, .other:
                (.unreachable, "Inflow could not reach WorkflowMax. Nothing was changed; Inflow tries again.")
            case .tls:
                (
                    .tls,
                    "The certificate of WorkflowMax is not trusted. Check this machine's certificates and its "
                        + "proxy."
                )
            case .handshake:
                (
                    .unreachable,
                    "The TLS handshake with WorkflowMax failed. Nothing was changed; Inflow "
                        + "tries again. If the error stays, check the proxy and the settings api-url and token-url."
                )
            case .timedOutConnecting, .timedOutFirstByte, .timedOutIdle, .timedOutTotal:
                (.timedOut, "WorkflowMax took too long to answer. Nothing was changed; Inflow tries again.")
            case .reset, .bodyTooShort:
                (.cutOff, "The answer of WorkflowMax broke off. Inflow keeps none of it and tries again.")
            case .refusedPlainHTTP, .badURL:
                (.badConfiguration, "Inflow cannot use the address. Look at the settings api-url and token-url.")
            case .badHeader:
                (.badConfiguration, "Inflow cannot send a header. Look at the setting account-id.")
            case .badEncoding:
                (
                    .malformedAnswer,
                    "The answer of WorkflowMax could not be decompressed. Inflow keeps none of it and tries again."
                )
            case .tooLarge:
                (
                    .malformedAnswer,
                    "The answer of WorkflowMax is larger than Inflow takes: \(error.detail). Inflow keeps none of it."
                )
            case .readTwice:
                (.malformedAnswer, "Inflow could not read the answer of WorkflowMax. Inflow keeps none of it.")
            case .cancelled:
                (.cancelled, SourceError.cancelled(subject: subject).message)
            }
        self.init(code, subject: subject, message: message, detail: error.debugDescription)
    }

    /// What an unreadable answer means for the reading of a subject.
    init(_ error: ParseError, subject: String, status: Int) {
        let (code, message): (SourceError.Code, String) =
            switch error.code {
            case .html:
                (
                    .platformDown,
                    "WorkflowMax answered with a web page instead of records. Nothing was changed; "
                        + "Inflow tries again."
                )
            case .platformError:
                (.platformError, "WorkflowMax answered with an error of its own. Inflow keeps none of the answer.")
            case .unsupportedEncoding:
                (
                    .unknownEncoding,
                    "The answer of WorkflowMax is in a character set that this machine does not know. Inflow keeps none "
                        + "of it. Asking again does not help: send this message to the person who looks after Inflow."
                )
            case .unprovenEmpty, .unreadableCounter, .empty, .truncated, .secondRoot, .notXML, .notJSON, .notWellFormed,
                .unexpectedRoot, .tooDeep,
                .tooLong, .tooManyElements, .documentType, .outOfMemory:
                (
                    .malformedAnswer,
                    "Inflow could not read the answer of WorkflowMax: \(error.message). Inflow keeps none of it."
                )
            }
        let detail = error.code == .platformError ? error.detail : error.debugDescription
        self.init(code, subject: subject, message: message, detail: detail, status: status)
        isBodyUnreadable = code == .malformedAnswer
        breaksInside = error.code.isInsideTheBody
    }

    /// The platform's counters and its rows contradict each other.
    init(_ disagreement: Paginator.Disagreement, subject: String) {
        self.init(
            .countersDisagree, subject: subject,
            message: "The counters of WorkflowMax do not agree with the records it sent. Inflow keeps none of "
                + "them and asks again.",
            detail: disagreement.detail)
    }

    /// The answer to a read by key that this error is, where it is one that holds no record; `nil` for a failed call.
    ///
    /// An error of the platform's own, or a 404, 410 or 400; not a web page, which means a wrong address. Which form the
    /// platform uses for a record that it does not know is open (reference §10), so none is singled out here:
    /// `KeyProof` compares.
    func denial(of key: String) -> KeyDenial? {
        let start = detail.drop { $0.isWhitespace }.lowercased()
        guard !start.hasPrefix("<html"), !start.hasPrefix("<!doctype") else { return nil }
        switch code {
        case .notFound, .badRequest, .platformError:
            guard (status ?? 200) < 500 else { return nil }
            return KeyDenial(status: status, words: detail, key: key)
        case .unreachable, .tls, .timedOut, .cutOff, .platformDown, .rateLimited, .dayLimitReached, .reserveKept,
            .quotaStore, .unauthorised, .forbidden, .malformedAnswer, .unknownEncoding, .countersDisagree,
            .consentNeeded,
            .credentialsRefused, .tokenStore, .archive, .badConfiguration, .cancelled:
            return nil
        }
    }
}

extension ParseError.Code {
    /// Whether the body began as an answer and broke inside, so that one record of it may be to blame.
    ///
    /// A body that is empty, in another form or encoding, or of another root is no answer at all: it says nothing about
    /// the records of its days.
    fileprivate var isInsideTheBody: Bool {
        switch self {
        case .truncated, .secondRoot, .notWellFormed, .tooDeep, .tooLong, .tooManyElements: true
        case .empty, .html, .notXML, .notJSON, .unexpectedRoot, .unprovenEmpty, .unreadableCounter, .platformError,
            .documentType, .unsupportedEncoding, .outOfMemory:
            false
        }
    }
}
