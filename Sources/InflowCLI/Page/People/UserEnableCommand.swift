import ArgumentParser
import Inflow
import Warehouse

struct UserEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Let a user enter again: one who was disabled, or locked out by failed sign-ins.",
        discussion: examples("inflow user enable bob"))

    @Argument(help: "Name of the account.") var name: String

    func run() async throws {
        try await reporting {
            let user = try await UserAccess().store.enable(name, by: .command)
            Console.print("User \"\(user.name)\" may enter.")
        }
    }
}
