import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "List elements that WorkflowMax sends and Inflow does not know.",
        discussion: "No run fails because of them. Inflow keeps their values in the column extra of the table."
            + "\n\n" + examples("inflow drift acme"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let drift = try await DataFindings(wiring.warehouse, connection).drift()
            if json { return try Console.json(drift) }
            guard !drift.isEmpty else {
                return Console.print("Inflow knows every element that \"\(name)\" has sent.")
            }
            Console.table(
                ["table", "element", "first seen", "last seen", "example"],
                drift.map { one in
                    [
                        one.table, one.path, one.firstSeenAt.text(in: connection.settings.timeZone),
                        one.lastSeenAt.text(in: connection.settings.timeZone),
                        one.example.prefix(40).map { $0.isNewline ? " " : String($0) }.joined(),
                    ]
                })
        }
    }
}
