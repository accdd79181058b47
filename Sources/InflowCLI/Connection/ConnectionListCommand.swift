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
            let groups = try await ConnectionGroupStore(wiring.warehouse).labels()
            if json {
                try Console.json(
                    zip(connections, tokens).map { ConnectionDocument($0, tokens: $1, group: groups[$0.id]) })
            } else if !connections.isEmpty {
                show(connections, tokens, groups)
            } else if list.unreadable.isEmpty {
                Console.print("No connection yet. Add one with \"inflow connection add NAME …\".")
            }
            guard !list.unreadable.isEmpty else { return }
            let count = list.unreadable.count
            // No error of its own: with --json the document of those that can be read is printed.
            Console.note(
                "\(count == 1 ? "1 connection is" : "\(count) connections are") not in the list, since Inflow cannot "
                    + "read what it is set to.")
            throw ExitCode(1)
        }
    }

    private func show(_ connections: [Connection], _ tokens: [TokenDocument], _ groups: [Int64: String]) {
        Console.table(
            ["name", "account", "api", "zone", "state", "tokens"] + (groups.isEmpty ? [] : ["group"]),
            zip(connections, tokens).map {
                [
                    $0.name, $0.settings.accountID, $0.settings.apiURL, $0.settings.timeZone.identifier,
                    $0.state, $1.short,
                ] + (groups.isEmpty ? [] : [groups[$0.id]?.harmless ?? ""])
            })
        for token in tokens { if let warning = token.warning { Console.note(warning) } }
    }
}
