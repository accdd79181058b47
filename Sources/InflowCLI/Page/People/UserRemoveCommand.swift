import ArgumentParser
import Inflow
import Warehouse

struct UserRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a user; what the audit log says of the user stays.",
        discussion: """
            Tokens of the API that the user made stay good; "inflow api-token list" shows them. The last admin of all \
            connections cannot be removed.
            """
                + "\n\n" + examples("inflow user remove bob"))

    @Argument(help: "Name of the account.") var name: String

    func run() async throws {
        try await reporting {
            try await UserAccess().store.remove(name, by: .command)
            Console.print("User \"\(name.harmless)\" removed; the user's sessions have ended.")
        }
    }
}
