import Foundation
import Inflow
import Warehouse

/// When a connection's tokens were stored and expire, for a person or a program; never the tokens themselves.
struct TokenDocument: Encodable {
    /// A refresh that began and has stored no tokens yet.
    struct Attempt: Encodable {
        let generation: Int64
        let holder: String
        let beganAt: Instant
    }

    let connection: String
    let state: String
    let generation: Int64?
    let storedAt: Instant?
    let accessExpiresAt: Instant?
    let refreshIssuedAt: Instant?
    let refreshExpiresAt: Instant?
    let needsConsentAt: Instant?
    let needsConsentBecause: String?
    let unfinishedRefresh: Attempt?
    let warning: String?
    /// The zone of the connection, in which the text shows instants.
    private let zone: TimeZone

    private enum CodingKeys: String, CodingKey {
        case connection, state, generation, storedAt, accessExpiresAt, refreshIssuedAt, refreshExpiresAt
        case needsConsentAt, needsConsentBecause, unfinishedRefresh, warning
    }

    init(_ connection: Connection, _ status: TokenStatus, now: Instant) {
        self.connection = connection.name
        zone = connection.settings.timeZone
        state =
            status.needsConsentAt != nil ? "needs consent" : status.stored == nil ? "never authorised" : "authorised"
        generation = status.stored?.generation
        storedAt = status.stored?.storedAt
        accessExpiresAt = status.stored?.accessExpiresAt
        refreshIssuedAt = status.stored?.refreshIssuedAt
        refreshExpiresAt = status.life(connection)?.endsAt
        needsConsentAt = status.needsConsentAt
        needsConsentBecause = status.consentReason
        unfinishedRefresh = status.attempt.map {
            Attempt(generation: $0.generation, holder: $0.holder, beganAt: $0.beganAt)
        }
        warning =
            status.needsConsentAt == nil
            ? status.life(connection)?.warning(at: now, connection: connection.name, in: connection.settings.timeZone)
            : nil
    }

    /// The documents of connections, in their order.
    static func all(_ connections: [Connection], _ wiring: Wiring) async throws -> [TokenDocument] {
        var documents: [TokenDocument] = []
        for connection in connections {
            let status = try await TokenStatus.of(connection, in: wiring.warehouse)
            documents.append(TokenDocument(connection, status, now: Date()))
        }
        return documents
    }

    /// The state in a few words, for a list.
    var short: String {
        guard state == "authorised", let refreshExpiresAt else { return state }
        return
            "good until \(LocalDate(refreshExpiresAt, in: zone))\(warning == nil ? "" : ", soon")"
    }

    /// Prints the document as text.
    func show() {
        func line(_ what: String, _ time: Instant?) -> [[String]] {
            time.map { [[what, $0.text(in: zone)]] } ?? []
        }
        Console.print("\"\(connection)\": \(state)\(generation.map { ", generation \($0)" } ?? "")")
        let rows =
            line("stored", storedAt) + line("access token expires", accessExpiresAt)
            + line("refresh token issued", refreshIssuedAt) + line("refresh token expires if unused", refreshExpiresAt)
            + line("needs consent since", needsConsentAt)
        if !rows.isEmpty { Console.table(["what", "when"], rows) }
        if let needsConsentBecause { Console.print(needsConsentBecause) }
        if let attempt = unfinishedRefresh {
            Console.print(
                "A refresh of generation \(attempt.generation) by \(attempt.holder) began at "
                    + "\(attempt.beganAt.text(in: zone)) and has not ended.")
        }
        if state == "never authorised" { Console.print(ConsentWords.remedy(connection)) }
        if let warning { Console.note(warning) }
    }
}
