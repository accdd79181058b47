import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// `inflow token`: when tokens end, and refreshing them now.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "A connection's tokens: when they end, refresh them now.",
        subcommands: [Show.self, Refresh.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say when the tokens end; never the tokens.")

        @Argument(help: "The connection.") var name: String
        @Flag(help: "One JSON document.") var json = false

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let status = try await TokenStatus.of(connection, in: wiring.warehouse)
                let document = TokenDocument(connection, status, now: Date())
                if json { return try Console.json(document) }
                document.show()
            }
        }
    }

    struct Refresh: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refresh the tokens now.",
            discussion: "Several at once, on any machines, that saw the same generation share one refresh.")

        @Argument(help: "The connection.") var name: String
        @Flag(help: "One JSON document.") var json = false
        @Option(help: ArgumentHelp("Only if this generation is in force still.", visibility: .hidden))
        var past: Int64?
        @Option(help: ArgumentHelp("So many refreshes at once, each with a store of its own.", visibility: .hidden))
        var times = 1

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let before = try await TokenStatus.of(connection, in: wiring.warehouse)
                // Without tokens the store says what to do.
                let seen = past ?? before.stored?.generation ?? 0
                let times = max(1, times)
                _ = try await interruptible {
                    try await withThrowingTaskGroup(of: Int64.self) { group in
                        for _ in 0..<times {
                            group.addTask { try await wiring.source(connection).refreshTokens(past: seen) }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                }
                let after = try await TokenStatus.of(connection, in: wiring.warehouse)
                let document = TokenDocument(connection, after, now: Date())
                if json { return try Console.json(document) }
                document.show()
            }
        }
    }
}

/// What is known of a connection's tokens, for a person or a program; never the tokens.
struct TokenDocument: Encodable {
    /// A refresh that stored nothing.
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

    init(_ connection: Connection, _ status: TokenStatus, now: Instant) {
        self.connection = connection.name
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
            status.needsConsentAt == nil ? status.life(connection)?.warning(at: now, connection: connection.name) : nil
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
            "good until \(refreshExpiresAt.formatted(.iso8601.year().month().day()))\(warning == nil ? "" : ", soon")"
    }

    /// Prints it.
    func show() {
        func line(_ what: String, _ time: Instant?) -> [[String]] {
            time.map { [[what, $0.formatted(.iso8601)]] } ?? []
        }
        Console.print("\"\(connection)\": \(state)\(generation.map { ", generation \($0)" } ?? "")")
        let rows =
            line("stored", storedAt) + line("access token ends", accessExpiresAt)
            + line("refresh token issued", refreshIssuedAt) + line("refresh token dies if idle", refreshExpiresAt)
            + line("needs consent since", needsConsentAt)
        if !rows.isEmpty { Console.table(["what", "when"], rows) }
        if let needsConsentBecause { Console.print(needsConsentBecause) }
        if let attempt = unfinishedRefresh {
            Console.print(
                "A refresh of generation \(attempt.generation) by \(attempt.holder), begun "
                    + "\(attempt.beganAt.formatted(.iso8601)), has not ended.")
        }
        if state == "never authorised" { Console.print(ConsentWords.remedy(connection)) }
        if let warning { Console.note(warning) }
    }
}
