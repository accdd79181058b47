import ArgumentParser
import Foundation
import Inflow
import Warehouse

extension ConnectionCommand {
    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rename a connection; its records, tokens and reader stay.")

        @Argument(help: "Name of the connection.") var name: String
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
}

/// Throws `UserError` for a name that a command line would take for an option or for nothing.
func checkConnectionName(_ name: String) throws {
    guard !name.isEmpty, !name.hasPrefix("-") else {
        throw UserError("A connection's name must not be empty nor begin with a dash.", exitCode: 64)
    }
}
