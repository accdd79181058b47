import ArgumentParser
import Inflow
import Warehouse

/// `inflow secrets`: the key that tokens and client secrets are encrypted with.
struct SecretsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "The key that tokens and secrets are encrypted with.",
        subcommands: [Rotate.self])

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new key and encrypt all secrets anew.",
            discussion: "Earlier keys stay in the key file, for backups of the database that were made before.")

        @Flag(help: "One JSON document.") var json = false

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
                if json {
                    return try Console.json(
                        Document(
                            key: outcome.key, secrets: outcome.secrets, keyFile: path, machines: outcome.machines))
                }
                Console.print(
                    "New key \"\(outcome.key)\": \(outcome.secrets) secrets encrypted anew. The key file \"\(path)\" of this "
                        + "machine has it; renew its copy in your backup.")
                if !outcome.machines.isEmpty {
                    Console.print(
                        "Copy the key file to the other machines that used this warehouse in the last 90 days, or Inflow "
                            + "cannot work there: \(outcome.machines.joined(separator: ", ")).")
                }
            }
        }
    }
}
