import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Elements the platform sends and Inflow does not know; they fail nothing.",
        discussion: "Their values are in the column extra of the table named.")

    @Argument(help: "The connection.") var name: String
    @Flag(help: "One JSON document.") var json = false

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
                ["table", "element", "first seen (UTC)", "last seen (UTC)", "example"],
                drift.map { one in
                    [
                        one.table, one.path, one.firstSeenAt.formatted(.iso8601), one.lastSeenAt.formatted(.iso8601),
                        one.example.prefix(40).map { $0.isNewline ? " " : String($0) }.joined(),
                    ]
                })
        }
    }
}
