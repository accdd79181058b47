public import Foundation

/// One message to people or programs about a connection: incidents of one kind that began or ended, or a test.
///
/// A pure value. Its texts say what happened, what Inflow did and what the person can do, with the exact commands. They
/// never hold a secret.
public struct AlertNotice: Sendable, Hashable {
    /// Why Inflow sends a message.
    public enum Event: String, Sendable, Hashable, CaseIterable {
        /// Incidents began since the last review.
        case opened
        /// Incidents ended since the last review.
        case closed
        /// A person tries whether messages arrive.
        case test
    }

    /// Why Inflow sends this message.
    public let event: Event
    /// The name of the connection; empty for a test of what all connections share.
    public let connection: String
    /// The kind of all its incidents; `nil` for a test.
    public let kind: IncidentKind?
    /// The incidents; none for a test.
    public let incidents: [Incident]
    /// When Inflow wrote it, UTC.
    public let madeAt: Instant
    /// The zone of the connection, whose clock the text shows.
    public let zone: TimeZone

    /// A notice about incidents of one kind.
    public init(
        _ event: Event, _ kind: IncidentKind, _ incidents: [Incident], connection: String, zone: TimeZone = .gmt,
        at moment: Instant
    ) {
        self.event = event
        self.zone = zone
        self.connection = connection
        self.kind = kind
        self.incidents = incidents
        madeAt = moment
    }

    /// A test of a connection's channels; `nil` for the mail server of all connections.
    public init(testOf connection: String?, zone: TimeZone = .gmt, at moment: Instant) {
        event = .test
        self.zone = zone
        self.connection = connection ?? ""
        kind = nil
        incidents = []
        madeAt = moment
    }

    /// The notice as a JSON document for a webhook; `delivery` lets the receiver drop a repeated message.
    public func webhookBody(delivery: String) -> String {
        let document = WebhookDocument(
            delivery: delivery, event: event.rawValue, connection: connection, kind: kind?.rawValue,
            incidents: incidents.map { .init(subject: $0.subject, detail: $0.detail, run: $0.run) }, subject: subject,
            text: text, madeAt: madeAt)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // Strings, numbers and a date always encode.
        return (try? encoder.encode(document)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

/// The JSON document that a webhook receives.
private struct WebhookDocument: Encodable {
    struct Item: Encodable {
        let subject: String
        let detail: String
        let run: Int64?
    }

    let delivery: String
    let event: String
    let connection: String
    let kind: String?
    let incidents: [Item]
    let subject: String
    let text: String
    let madeAt: Instant
}
