import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ConnectionSetSecretCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-secret",
        abstract: "Store a new client secret, after a change or after the loss of the key file.",
        discussion: examples(
            "inflow connection set-secret acme --client-secret-file secret.txt"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Option(help: "File with the OAuth client secret.") var clientSecretFile: String

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            let connection = try await store.find(name)
            let secret = try readSecret(clientSecretFile, "client secret")
            let box = try await wiring.secretBox(replacingLostKey: true)
            try await store.setClientSecret(secret, of: connection, box: box)
            try await wiring.audit(.clientSecretChanged, by: .command, connection)
            Console.print("Inflow stored the client secret of \"\(name)\", encrypted. Delete the file.")
        }
    }
}
