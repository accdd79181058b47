import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

extension ConnectionCommand {
    struct Authorise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a connection new tokens from a refresh token.")

        @Argument(help: "The connection.") var name: String
        @Option(help: "File with a refresh token; it is spent at once.") var refreshTokenFile: String
        @Option(help: "File with the client secret, where it changed or the key file was lost.")
        var clientSecretFile: String?

        func run() async throws {
            try await reporting {
                let wiring = try await Wiring.ready()
                let store = ConnectionStore(wiring.warehouse)
                let connection = try await store.find(name)
                let refresh = try readSecret(refreshTokenFile, "refresh token")
                // With the client secret at hand everything the lost key held can be entered again.
                let box = try await wiring.secretBox(replacingLostKey: clientSecretFile != nil)
                if let clientSecretFile {
                    try await store.setClientSecret(
                        try readSecret(clientSecretFile, "client secret"), of: connection, box: box)
                }
                try await spend(refresh, refreshTokenFile, connection, wiring, box)
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prove that the authorisation works, by one small read.")

        @Argument(help: "The connection.") var name: String

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
}

/// Exchanges a refresh token for a pair of tokens and stores it.
func spend(
    _ refresh: String, _ file: String, _ connection: Connection, _ wiring: Wiring, _ box: SecretBox
) async throws {
    let authorisation = Authorisation(
        connection: connection, credentials: try await wiring.credentials(connection, box),
        transfer: wiring.transfer(), now: { Date() })
    let pair = try await authorisation.exchange(refreshToken: refresh)
    try await TokenStore(wiring.warehouse, connection: connection, box: box).store(pair)
    if connection.settings.accountID.isEmpty {
        var connection = connection
        let organisations = Authorisation.organisationIDs(in: pair.access)
        if organisations.count == 1 {
            connection.settings.accountID = organisations[0]
            try await ConnectionStore(wiring.warehouse).update(connection)
        } else {
            Console.note(
                "Say which organisation it is: \"inflow connection set \(connection.name) account-id=ID\", one of "
                    + organisations.map { "\"\($0)\"" }.joined(separator: ", ") + ".")
        }
    }
    Console.print(
        "Authorised. The refresh token in \"\(file)\" is now spent: Inflow keeps its successor, encrypted. Delete the file."
    )
}
