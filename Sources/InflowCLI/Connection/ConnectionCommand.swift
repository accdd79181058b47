import ArgumentParser
import Foundation
import Inflow
import Warehouse

/// `inflow connection`: the organisations that Inflow reads, their settings, their tokens and their readers.
///
/// A connection is one organisation at the platform, with the OAuth application that reads it. The subcommands follow
/// its life: `add`, then an authorisation (`inflow authorise` in a browser, or `connection authorise` from a refresh
/// token), `test`, `set` and `pause` in daily use, and `remove` at the end. Each subcommand has a file of its own, as
/// an extension.
///
/// Secrets never come from the command line, where other users of the machine could see them, but from the first line
/// of a file. Inflow encrypts them with the key file before it stores them, and no command prints them again.
struct ConnectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connection",
        abstract: "Add, change, test and remove connections to organisations, and their readers.",
        subcommands: [
            Add.self, List.self, Show.self, Set.self, SetSecret.self, Test.self, Authorise.self, Pause.self,
            Resume.self, Rename.self,
            Credentials.self, Remove.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the connections.")

        @Flag(help: "Print one JSON document.") var json = false

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
        static let configuration = CommandConfiguration(
            abstract: "Show a connection's settings with units and defaults.")

        @Argument(help: "Name of the connection.") var name: String
        @Flag(help: "Print one JSON document.") var json = false

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let tokens = try await TokenDocument.all([connection], wiring)
                if json { return try Console.json(ConnectionDocument(connection, tokens: tokens.first)) }
                Console.table(
                    ["setting", "value", "default", "what it is"],
                    ConnectionSetting.all.map { [$0.name, $0.print(connection.settings), $0.defaultText, $0.help] })
                Console.print("\nThe connection is \(connection.state).")
                for token in tokens {
                    Console.print("tokens: \(token.short)")
                    if let words = token.needsConsentBecause ?? token.warning { Console.note(words) }
                }
            }
        }
    }
}

/// A connection with its settings, as a JSON document; without secrets.
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
            uniqueKeysWithValues: ConnectionSetting.all.map { ($0.name, $0.print(connection.settings)) })
    }
}
