internal import Curl
internal import Inflow

/// An answer whose headers are in and whose status is good.
///
/// The call is in flight until `permit` is given back.
struct APIResponse: Sendable {
    let response: CurlResponse
    let permit: CallPermit
    /// When the platform made the answer, by the `Date` header.
    var answeredAt: Instant? { response.headers["Date"].flatMap(HTTPDate.moment) }
}
