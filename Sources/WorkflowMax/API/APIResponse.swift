internal import Curl
internal import Inflow

/// An answer whose headers are in and good; the call is under way until `permit` is given back.
struct APIResponse: Sendable {
    let response: CurlResponse
    let permit: CallPermit
    /// When it was made, by the platform's own clock.
    var answeredAt: Instant? { response.headers["Date"].flatMap(RetryAfter.instant) }
}
