internal import Inflow

/// One read of the platform, ready to be sent.
struct APIRequest: Sendable, Hashable {
    let endpoint: Endpoint
    var query: [RequestURL.Parameter] = []
    /// The identifier that fills `{key}`; `nil` for a list.
    var key: String?
    /// What it reads, for messages.
    let subject: String
}
