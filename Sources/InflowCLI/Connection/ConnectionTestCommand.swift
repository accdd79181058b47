import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

struct ConnectionTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Test the authorisation with one small read.",
        discussion: examples("inflow connection test acme"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let source = try await wiring.source(connection)
            let organisation = try await interruptible { try await source.organisation() }
            Console.print("\"\(name)\" works: organisation \(organisation.id) answered.")
        }
    }
}
