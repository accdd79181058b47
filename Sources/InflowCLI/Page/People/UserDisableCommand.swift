import ArgumentParser
import Inflow
import Warehouse

struct UserDisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Keep a user out until you enable it again; ends the user's sessions.",
        discussion: examples("inflow user disable bob"))

    @Argument(help: "Name of the account.") var name: String

    func run() async throws {
        try await reporting {
            let user = try await UserAccess().store.disable(name, by: .command)
            Console.print(
                "User \"\(user.name)\" may not enter any more. \"inflow user enable \(user.name.shellWord)\" undoes that."
            )
        }
    }
}
