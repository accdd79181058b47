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
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            let connection = try await store.find(name)
            try await store.rename(connection, to: newName)
            try await wiring.audit(.connectionRenamed, by: .command, connection, subject: newName)
            // Its schema of own fields goes by its name.
            _ = try await CustomFieldViews(wiring.warehouse, try await store.find(newName)).refresh()
            Console.print("\"\(name)\" is now \"\(newName)\".")
        }
    }
}
