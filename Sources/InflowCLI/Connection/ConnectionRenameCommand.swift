import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ConnectionRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Rename a connection; its records, tokens and reader stay.",
        discussion: examples("inflow connection rename acme acme-nz"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "The new name.") var newName: String

    func run() async throws {
        try await reporting {
            try checkConnectionName(newName)
            let store = ConnectionStore(try await Wiring.ready().warehouse)
            try await store.rename(try await store.find(name), to: newName)
            Console.print("\"\(name)\" is now \"\(newName)\".")
        }
    }
}
