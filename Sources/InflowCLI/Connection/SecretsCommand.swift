import ArgumentParser
import Inflow
import Warehouse

/// `inflow secrets`: the key that encrypts tokens and client secrets.
struct SecretsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "Rotate the key that encrypts tokens and client secrets.",
        subcommands: [Rotate.self])

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a new key and encrypt all secrets with it.",
            discussion: "Earlier keys stay in the key file, for older backups of the database."
                + "\n\n" + examples("inflow secrets rotate"))

        @Flag(help: "Print one JSON document.") var json = false

        private struct Document: Encodable {
            let key: String
            let secrets: Int
            let keyFile: String
            let machines: [String]
        }

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let path = wiring.settings.keyFile
                let outcome = try await SecretRotation(wiring.warehouse, keyFile: path).run()
                try await wiring.audit(.secretsRotated, by: .command, subject: outcome.key)
                if json {
                    return try Console.json(
                        Document(
                            key: outcome.key, secrets: outcome.secrets, keyFile: path, machines: outcome.machines))
                }
                Console.print(
                    "Inflow encrypted \(outcome.secrets) secrets with the new key \"\(outcome.key)\". The key file "
                        + "\"\(path)\" on this machine holds it. Renew the copy in your backup.")
                if !outcome.machines.isEmpty {
                    Console.print(
                        "Copy the key file to the other machines that used this warehouse in the last 90 days; "
                            + "without it Inflow cannot work there: \(outcome.machines.joined(separator: ", ")).")
                }
            }
        }
    }
}
