internal import Curl
internal import Foundation
internal import Inflow
internal import Records

/// An answer that is not 2xx: its status, what its body says, and when to come back.
struct ErrorResponse: Sendable {
    let status: Int
    /// `ErrorDescription`, or the first 200 characters of the body.
    let detail: String
    /// Whether the body's own `Status` is ERROR.
    let saysError: Bool
    /// Seconds the platform wants to be left alone, where it said so.
    let retryAfter: Int?
    /// `X-Rate-Limit-Problem`: `minute`, `day`, `concurrent`.
    let problem: String?

    private static let longestBody = 64 << 10

    /// Reads a refusal's short body; what cannot be read counts as empty, since the status says enough.
    init(_ response: CurlResponse, hiding secrets: [String]) async {
        let sent = (try? await response.body.collect(atMost: ErrorResponse.longestBody)) ?? []
        let body = TextDecoder.decoded(sent, charset: response.headers.charset)
        let (said, saysError) = ErrorResponse.description(in: body)
        status = response.status
        detail = ErrorResponse.hide(secrets, in: said)
        self.saysError = saysError
        retryAfter = RetryAfter.seconds(in: response.headers, at: response.headersAt)
        problem = response.headers["X-Rate-Limit-Problem"]?.lowercased()
    }

    /// What a body says in words, and whether it is the platform's own error.
    static func description(in body: [UInt8]) -> (text: String, saysError: Bool) {
        var parser = XMLRecordParser(items: [], vocabulary: [])
        do throws(ParseError) {
            try parser.feed(body)
            _ = try parser.finish()
        } catch {
            if error.code == .platformError { return (String(error.detail.prefix(1_000)), true) }
        }
        let text = String(decoding: body.prefix(4_096), as: UTF8.self)
        return (String(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(200)), false)
    }

    /// The text without secrets that a badly set up proxy may have written into its answer.
    static func hide(_ secrets: [String], in text: String) -> String {
        secrets.reduce(text) { $1.isEmpty ? $0 : $0.replacing($1, with: "…") }
    }

    /// Whether the day's calls are spent, or the wait is too long to sit out.
    var isForTheDay: Bool { problem == "day" || (retryAfter ?? 0) > RetryAfter.patience }

    /// The refusal in Inflow's words.
    func error(subject: String) -> SourceError {
        let (code, message): (SourceError.Code, String) =
            switch status {
            case 401:
                (
                    .unauthorised,
                    "WorkflowMax does not accept a token that was refreshed a moment ago (401). No data was changed. "
                        + "Authorise the connection again."
                )
            case 403:
                (
                    .forbidden,
                    "WorkflowMax refuses access (403). No data was changed. Look at the setting account-id, and "
                        + "whether the person who authorised may see these records."
                )
            case 404, 410: (.notFound, "WorkflowMax does not know the requested record or list (\(status)).")
            case 429 where isForTheDay:
                (
                    .dayLimitReached,
                    "WorkflowMax accepts no more calls today (429). The tables keep what Inflow has read."
                )
            case 429:
                (
                    .rateLimited,
                    "WorkflowMax keeps refusing calls, although Inflow waited as long as WorkflowMax asked (429)."
                )
            case 500... where saysError:
                (.platformError, "WorkflowMax answered with an error of its own (\(status)). No data was changed.")
            case 408, 500...:
                (.platformDown, "WorkflowMax is not working (\(status)). No data was changed; Inflow tries again.")
            case 300..<400:
                (
                    .badConfiguration,
                    "WorkflowMax sends Inflow to another address (\(status)), which it does not follow. "
                        + "Look at the setting api-url."
                )
            default:
                (
                    .badRequest,
                    "WorkflowMax does not understand the request (\(status)). No data was changed. Asking again does "
                        + "not help: send this message to the person who looks after Inflow."
                )
            }
        return SourceError(
            code, subject: subject, message: message, detail: detail, status: status, retryAfter: retryAfter)
    }
}
