import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ConnectionShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a connection's settings with units and defaults.",
        discussion: examples("inflow connection show acme"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let tokens = try await TokenDocument.all([connection], wiring)
            let group = try await ConnectionGroupStore(wiring.warehouse).labels()[connection.id]
            if json { return try Console.json(ConnectionDocument(connection, tokens: tokens.first, group: group)) }
            Console.table(
                ["setting", "value", "default", "what it is"],
                ConnectionSetting.all.map { [$0.name, $0.print(connection.settings), $0.defaultText, $0.help] })
            Console.print("\nThe connection is \(connection.state).")
            if let group { Console.print("group: \(group.harmless)") }
            for token in tokens {
                Console.print("tokens: \(token.short)")
                if let words = token.needsConsentBecause ?? token.warning { Console.note(words) }
            }
        }
    }
}
