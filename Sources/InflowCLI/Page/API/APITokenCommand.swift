import ArgumentParser
import Foundation
import Inflow
import Warehouse

/// `inflow api-token`: the tokens by which programs use the API of the page.
struct APITokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-token",
        abstract: "Make, list and revoke the tokens by which programs use the API.",
        subcommands: [APITokenAddCommand.self, APITokenListCommand.self, APITokenRevokeCommand.self])
}

struct APITokenAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a token, which is shown once and stored as a hash only.",
        discussion: """
            A token of scope read sees everything but secrets; one of scope operate also starts and cancels runs, decides \
            about deletions and rejections, and changes schedules. No token can administer.
            """
                + "\n\n"
                + examples(
                    "inflow api-token add zapier --scope operate --connection acme --expires 365",
                    "inflow api-token add dashboard --scope read"))

    @Argument(help: "What to call it.") var name: String
    @Option(help: "read or operate.") var scope: APIScope
    @Option(help: "The one connection it is for; without it, all.", completion: .connections) var connection: String?
    @Option(help: "Days that it is good, from 1 to 3650; without it, until you revoke it.") var expires: Int?
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let name = try pageName(name)
            guard expires.map({ 1...3_650 ~= $0 }) ?? true else {
                throw UserError("--expires is a number of days from 1 to 3650. Nothing was changed.", exitCode: 64)
            }
            let warehouse = try await Wiring.ready().warehouse
            var only: Connection?
            if let connection { only = try await ConnectionStore(warehouse).find(connection) }
            let (token, _) = try await APITokenStore(warehouse).add(
                name, scope, for: only, days: expires, by: .command)
            if json {
                return try Console.json(
                    NewTokenDocument(name: name.text, scope: scope, connection: OrNull(only?.name), token: token))
            }
            Console.print(token)
            Console.note(
                "Inflow shows the token only now and stores its hash. Send it as \"Authorization: Bearer TOKEN\".")
        }
    }
}

/// A token that was just made, as a JSON document.
private struct NewTokenDocument: Encodable {
    let name: String
    let scope: APIScope
    let connection: OrNull<String>
    let token: String
}

struct APITokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tokens, those that are no longer good included; times are UTC.",
        discussion: examples("inflow api-token list"))

    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let tokens = try await APITokenStore(try await Wiring.ready().warehouse).list()
            if json { return try Console.json(tokens.map { TokenListDocument($0) }) }
            guard !tokens.isEmpty else {
                return Console.print("There is no token yet. Make one: \"inflow api-token add NAME --scope read\".")
            }
            Console.table(
                ["name", "scope", "connection", "made", "by", "last used", "state"],
                tokens.map {
                    [
                        $0.name, $0.scope.rawValue, $0.connection ?? "all", $0.createdAt.text(in: .gmt),
                        $0.createdBy.harmless, $0.usedAt?.text(in: .gmt) ?? "never", state($0),
                    ]
                })
        }
    }

    private func state(_ token: APIToken) -> String {
        if let at = token.revokedAt { return "revoked \(at.text(in: .gmt))" }
        guard let end = token.expiresAt else { return "good" }
        return end > Date() ? "good until \(end.text(in: .gmt))" : "expired \(end.text(in: .gmt))"
    }
}

/// A token as a JSON document; without the token.
private struct TokenListDocument: Encodable {
    let name: String
    let scope: APIScope
    let connection: OrNull<String>
    let createdAt: Date
    let createdBy: String
    let expiresAt, usedAt, revokedAt: OrNull<Date>

    init(_ token: APIToken) {
        (name, scope, connection) = (token.name, token.scope, OrNull(token.connection))
        (createdAt, createdBy) = (token.createdAt, token.createdBy)
        (expiresAt, usedAt, revokedAt) = (OrNull(token.expiresAt), OrNull(token.usedAt), OrNull(token.revokedAt))
    }
}

struct APITokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a token: from now on no request with it is answered.",
        discussion: examples("inflow api-token revoke zapier"))

    @Argument(help: "Name of the token.") var name: String

    func run() async throws {
        try await reporting {
            try await APITokenStore(try await Wiring.ready().warehouse).revoke(name, by: .command)
            Console.print("Token \"\(name.harmless)\" is revoked.")
        }
    }
}
