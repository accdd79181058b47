/// Why a source could not answer.
public struct SourceError: Error, Sendable {
    /// Stable codes; `RecoveryPolicy` decides on them without a default.
    public enum Code: String, Sendable, CaseIterable {
        /// The address could not be resolved, or no server answered there.
        case unreachable
        /// The server's certificate could not be verified, or TLS failed otherwise.
        case tls
        /// No answer, or no further bytes, in time.
        case timedOut = "timed_out"
        /// The connection ended in mid-answer, or the body was shorter than announced.
        case cutOff = "cut_off"
        /// 5xx, 408, or an HTML page where records were expected.
        case platformDown = "platform_down"
        /// 429 with a wait short enough to sit out, which did not help.
        case rateLimited = "rate_limited"
        /// 429 for the day, or our own day's budget is spent.
        case dayLimitReached = "day_limit_reached"
        /// What is left of the day's budget is kept for more urgent work.
        case reserveKept = "reserve_kept"
        /// The ledger of calls failed.
        case quotaStore = "quota_store"
        /// 400: a parameter is missing or not understood.
        case badRequest = "bad_request"
        /// 401 with a token that was refreshed a moment ago.
        case unauthorised
        /// 403: wrong or missing account header, or the user lacks the privilege.
        case forbidden
        /// 404: no such path or record.
        case notFound = "not_found"
        /// `Status` ERROR, whatever the HTTP status.
        case platformError = "platform_error"
        /// The body is not what the platform's answers are: empty, truncated, not XML, a second root.
        case malformedAnswer = "malformed_answer"
        /// The body is in a character set that this machine does not know.
        case unknownEncoding = "unknown_encoding"
        /// The counters the platform gave do not agree with what it sent.
        case countersDisagree = "counters_disagree"
        /// `invalid_grant`: only a new consent repairs it.
        case consentNeeded = "consent_needed"
        /// The client's credentials are wrong (`invalid_client`).
        case credentialsRefused = "credentials_refused"
        /// The token store failed.
        case tokenStore = "token_store"
        /// The archive's bytes are missing or damaged, or could not be made.
        case archive
        /// The setting cannot be used: a URL that is not one, plain HTTP to another machine.
        case badConfiguration = "bad_configuration"
        /// The task was cancelled.
        case cancelled
    }

    /// The kind of failure, on which recovery decides.
    public var code: Code
    /// What it happened to: endpoint and chunk, never a token.
    public var subject: String
    /// What happened, in words that hold no value from outside.
    public var message: String
    /// What the platform or the system said; may hold values of records.
    public var detail: String
    /// HTTP status, where there was one.
    public var status: Int?
    /// Calls and bytes spent on the failed answer that no batch has reported.
    public var traffic = Traffic()
    /// Seconds from the answer after which the platform accepts calls again; `nil` where it did not say.
    public var retryAfter: Int?
    /// How often the failed call was made, repetitions of that one call included.
    public var tries = 1
    /// Whether an answer arrived whose body could not be read.
    public var isBodyUnreadable = false
    /// Whether that body began as an answer does and broke inside: if it is the answer for one day, a record of the day
    /// may be to blame, and the day is rejected.
    ///
    /// A body that is empty, or not an answer at all, is a failed reading instead.
    public var breaksInside = false

    /// An error from its parts, whose texts are made harmless (`String.harmless`): they may come from outside.
    public init(
        _ code: Code, subject: String, message: String, detail: String = "", status: Int? = nil, retryAfter: Int? = nil
    ) {
        self.code = code
        self.subject = subject.harmless
        self.message = message.harmless
        self.detail = detail.harmless
        self.status = status
        self.retryAfter = retryAfter
    }
}

extension SourceError: CustomStringConvertible, CustomDebugStringConvertible {
    /// What happened, to what; without values.
    public var description: String { "\(message) (\(subject))" }
    /// The description with the detail; may hold values of records.
    public var debugDescription: String { detail.isEmpty ? description : "\(description): \(detail)" }
}
