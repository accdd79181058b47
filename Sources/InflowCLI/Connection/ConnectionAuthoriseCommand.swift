import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

struct ConnectionAuthoriseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorise",
        abstract: "Store new tokens for a connection from a refresh token.",
        discussion: examples(
            "inflow connection authorise acme --refresh-token-file token.txt"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Option(help: "File with a refresh token; Inflow exchanges it at once, and it is then spent.")
    var refreshTokenFile: String
    @Option(help: "File with the client secret, if it changed or the key file is lost.")
    var clientSecretFile: String?

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            let connection = try await store.find(name)
            let refresh = try readSecret(refreshTokenFile, "refresh token")
            // A new key may replace a lost one only when the client secret, which the old key held, is given again.
            let box = try await wiring.secretBox(replacingLostKey: clientSecretFile != nil)
            let newSecret = try clientSecretFile.map { try readSecret($0, "client secret") }
            try await spend(refresh, refreshTokenFile, connection, wiring, box, newSecret: newSecret)
        }
    }
}

/// Exchanges a refresh token for a new pair of tokens and stores the pair, with a new client secret where there is one.
func spend(
    _ refresh: String, _ file: String, _ connection: Connection, _ wiring: Wiring, _ box: SecretBox,
    newSecret: String? = nil
) async throws {
    var credentials = ClientCredentials(id: connection.settings.clientID, secret: newSecret ?? "")
    if newSecret == nil { credentials = try await wiring.credentials(connection, box) }
    let authorisation = Authorisation(
        connection: connection, credentials: credentials, transfer: wiring.transfer(), now: { Date() })
    let pair = try await authorisation.exchange(refreshToken: refresh)
    if let newSecret {
        try await ConnectionStore(wiring.warehouse).setClientSecret(newSecret, of: connection, box: box)
    }
    try await TokenStore(wiring.warehouse, connection: connection, box: box).store(pair)
    if connection.settings.accountID.isEmpty {
        var connection = connection
        let organisations = Authorisation.organisations(in: pair.access).map(\.id)
        if organisations.count == 1 {
            connection.settings.accountID = organisations[0]
            try await ConnectionStore(wiring.warehouse).update(connection)
        } else {
            Console.note(
                "Choose the organisation: \"inflow connection set \(connection.name.shellWord) account-id=ID\", "
                    + "with one of "
                    + organisations.map { "\"\($0)\"" }.joined(separator: ", ") + ".")
        }
    }
    try await wiring.audit(.connectionAuthorised, by: .command, connection)
    Console.print(
        "Authorised. The refresh token in \"\(file)\" is now spent; Inflow stored its successor, encrypted. "
            + "Delete the file."
    )
}
