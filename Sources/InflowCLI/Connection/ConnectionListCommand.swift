import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ConnectionListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the connections.",
        discussion: examples("inflow connection list"))

    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let list = try await ConnectionStore(wiring.warehouse).list()
            let connections = list.readable
            for error in list.unreadable { Console.note(error.userMessage) }
            let tokens = try await TokenDocument.all(connections, wiring)
            if json {
                return try Console.json(zip(connections, tokens).map { ConnectionDocument($0, tokens: $1) })
            }
            guard !connections.isEmpty else {
                if !list.unreadable.isEmpty { return }
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
