import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ConnectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connection",
        abstract: "Organisations: add, list, show, set, test, authorise, pause, rename, remove; who may read.",
        subcommands: [
            Add.self, List.self, Show.self, Set.self, SetSecret.self, Test.self, Authorise.self, Pause.self,
            Resume.self, Rename.self,
            Credentials.self, Remove.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the connections.")

        @Flag(help: "One JSON document.") var json = false

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connections = try await ConnectionStore(wiring.warehouse).list()
                let tokens = try await TokenDocument.all(connections, wiring)
                if json {
                    return try Console.json(zip(connections, tokens).map { ConnectionDocument($0, tokens: $1) })
                }
                guard !connections.isEmpty else {
                    return Console.print("No connection yet. Add one with \"inflow connection add NAME …\".")
                }
                Console.table(
                    ["name", "account", "api", "zone", "state", "tokens"],
                    zip(connections, tokens).map {
                        [
                            $0.name, $0.settings.accountID, $0.settings.apiURL, $0.settings.timeZone.identifier,
                            $0.state, $1.short,
                        ]
                    })
                for token in tokens { if let warning = token.warning { Console.note(warning) } }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a connection's settings with unit and default.")

        @Argument(help: "The connection.") var name: String
        @Flag(help: "One JSON document.") var json = false

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let tokens = try await TokenDocument.all([connection], wiring)
                if json { return try Console.json(ConnectionDocument(connection, tokens: tokens.first)) }
                Console.table(
                    ["setting", "value", "default", "what it is"],
                    ConnectionSetting.all.map { [$0.key, $0.read(connection.settings), $0.standard, $0.summary] })
                Console.print("\nThe connection is \(connection.state).")
                for token in tokens {
                    Console.print("tokens: \(token.short)")
                    if let words = token.needsConsentBecause ?? token.warning { Console.note(words) }
                }
            }
        }
    }
}

/// A connection as a JSON document.
struct ConnectionDocument: Encodable {
    let name: String
    let settings: [String: String]
    let pausedAt: Date?
    let removalBeganAt: Date?
    let tokens: TokenDocument?

    init(_ connection: Connection, tokens: TokenDocument?) {
        self.tokens = tokens
        name = connection.name
        (pausedAt, removalBeganAt) = (connection.pausedAt, connection.removalBeganAt)
        settings = Dictionary(
            uniqueKeysWithValues: ConnectionSetting.all.map { ($0.key, $0.read(connection.settings)) })
    }
}
